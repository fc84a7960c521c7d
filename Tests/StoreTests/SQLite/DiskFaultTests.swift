import Foundation
import GRDB
import Model
import TestSupport
import Testing

@testable import Storage

@Suite struct DiskFaultTests {
  private static func tasks(_ count: Int, _ prefix: String) -> [NewTask] {
    (0..<count).map { NewTask(ref: TaskRef(source: "s", id: "\(prefix)-\($0)")) }
  }

  /// A file that may not grow beyond some pages answers as a full disk does.
  @Test func aFullFileIsAClearErrorAndLosesNothing() async throws {
    try await Folder.use { folder in
      let store = try SQLiteStore.open(path: folder.path("state.db"), role: .daemon, time: ManualTime())
      _ = try await store.register(Self.tasks(10, "before"), mark: nil)
      try await store.transactions.write { try $0.execute(sql: "PRAGMA max_page_count = 40") }
      let errors = await withTaskGroup(of: StoreError?.self) { group in
        for number in 0..<5 {
          group.addTask {
            do throws(StoreError) {
              _ = try await store.register(Self.tasks(2000, "full\(number)"), mark: nil)
              return nil
            } catch {
              return error
            }
          }
        }
        return await group.reduce(into: []) { $0.append($1) }
      }
      for error in errors {
        #expect(error?.kind == .unwritable)
        #expect(
          error?.message.contains(folder.path("state.db")) == true && error?.message.contains("full") == true)
      }
      #expect(try await store.tasks(TaskQuery()).count == 10)
      try await store.transactions.write { try $0.execute(sql: "PRAGMA max_page_count = 1000000") }
      _ = try await store.register(Self.tasks(2000, "after"), mark: nil)
      #expect(try await store.tasks(TaskQuery(limit: 5000)).count == 2010)
      try await store.close()
    }
  }

  /// A real file system that is full, where this user may make one.
  @Test func aFullDiskIsAClearErrorAndLosesNothing() async throws {
    try await Folder.use { folder in
      let disk = folder.path("disk")
      try FileManager.default.createDirectory(atPath: disk, withIntermediateDirectories: false)
      guard geteuid() == 0, try FileLock.run("mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", disk) else {
        return
      }
      defer { _ = try? FileLock.run("umount", disk) }
      let ballast = disk + "/ballast"
      let store = try SQLiteStore.open(path: disk + "/state.db", role: .daemon, time: ManualTime())
      _ = try await store.register(Self.tasks(10, "before"), mark: nil)
      _ = try? Data(count: 2 << 20).write(to: URL(fileURLWithPath: ballast))
      let filler = open(ballast, O_WRONLY | O_CREAT | O_APPEND, 0o600)
      let block = [UInt8](repeating: 1, count: 4096)
      while write(filler, block, block.count) > 0 {}
      close(filler)
      var written = 10
      var failure: StoreError?
      for number in 0..<50 {
        do throws(StoreError) {
          written += try await store.register(Self.tasks(100, "full\(number)"), mark: nil).count
        } catch {
          failure = error
          break
        }
      }
      let error = try #require(failure)
      #expect(error.kind == .unwritable && error.message.contains(disk + "/state.db"), "\(error)")
      #expect(try await store.tasks(TaskQuery(limit: 9999)).count == written)
      try FileManager.default.removeItem(atPath: ballast)
      _ = try await store.register(Self.tasks(100, "after"), mark: nil)
      #expect(try await store.tasks(TaskQuery(limit: 9999)).count == written + 100)
      try await store.close()
    }
  }

  @Test func aReadOnlyConnectionSaysSo() async throws {
    try await Folder.use { folder in
      let store = try SQLiteStore.open(path: folder.path("state.db"), role: .daemon, time: ManualTime())
      try await store.transactions.write { try $0.execute(sql: "PRAGMA query_only = 1") }
      let error = await #expect(throws: StoreError.self) {
        _ = try await store.register(Self.tasks(1, "a"), mark: nil)
      }
      #expect(error?.kind == .unwritable && error?.message.contains(folder.path("state.db")) == true)
      try await store.close()
    }
  }
}
