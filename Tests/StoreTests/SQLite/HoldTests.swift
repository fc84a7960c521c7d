import Foundation
import Model
import Storage
import TestSupport
import Testing

@Suite struct HoldTests {
  @Test func aSecondDaemonIsToldWhoHoldsTheFile() async throws {
    try await Folder.use { folder in
      let path = folder.path("state.db")
      #expect(SQLiteStore.holder(of: path) == nil)
      let first = try SQLiteStore.open(path: path, role: .daemon, time: ManualTime())
      let link = folder.path("link.db")
      try FileManager.default.createSymbolicLink(atPath: link, withDestinationPath: "state.db")
      for other in [
        path, link,
        folder.root + "/./../" + URL(fileURLWithPath: folder.root).lastPathComponent + "/state.db",
      ] {
        let error = #expect(throws: StoreError.self) {
          _ = try SQLiteStore.open(path: other, role: .daemon, time: ManualTime())
        }
        #expect(error?.kind == .held)
        let message = error?.message ?? ""
        #expect(
          message.contains("process \(getpid())") && message.contains("2026-01-01T00:00:00Z"), "\(message)")
        let holder = try #require(SQLiteStore.holder(of: other))
        #expect(holder.pid == getpid() && holder.host?.isEmpty == false)
        #expect(holder.since == Timestamp(milliseconds: 1_767_225_600_000))
      }
      // A guest comes and goes beside it.
      let guest = try SQLiteStore.open(path: link, role: .guest, time: ManualTime())
      _ = try await guest.register([NewTask(ref: TaskRef(source: "s", id: "a"))], mark: nil)
      try await guest.close()
      #expect(try await first.signals() == [.tasksAdded])
      try await first.close()
      #expect(SQLiteStore.holder(of: path) == nil)
      try await SQLiteStore.open(path: path, role: .daemon, time: ManualTime()).close()
    }
  }

  @Test func whoAsksDisturbsNobody() async throws {
    try await Folder.use { folder in
      let path = folder.path("state.db")
      let asking = Task {
        while !Task.isCancelled {
          _ = SQLiteStore.holder(of: path)
          await Task.yield()
        }
      }
      for _ in 0..<30 {
        let store = try SQLiteStore.open(path: path, role: .daemon, time: ManualTime())
        #expect(SQLiteStore.holder(of: path)?.pid == getpid())
        try await store.close()
      }
      asking.cancel()
      await asking.value
    }
  }

  @Test func aStoreThatIsForgottenLetsGo() async throws {
    try await Folder.use { folder in
      let path = folder.path("state.db")
      do { _ = try SQLiteStore.open(path: path, role: .daemon, time: ManualTime()) }
      try await SQLiteStore.open(path: path, role: .daemon, time: ManualTime()).close()
    }
  }

  @Test func whatALastHolderLeftWrittenHoldsNothing() async throws {
    try await Folder.use { folder in
      let path = folder.path("state.db")
      try Data("1\n1700000000000\nelsewhere\n".utf8).write(to: URL(fileURLWithPath: path + ".lock"))
      #expect(SQLiteStore.holder(of: path) == nil)
      let store = try SQLiteStore.open(path: path, role: .daemon, time: ManualTime())
      #expect(SQLiteStore.holder(of: path)?.pid == getpid())
      try await store.close()
    }
  }
}
