import Foundation
import GRDB
import Model
import TestSupport
import Testing

@testable import Storage

@Suite struct TransactionTests {
  private func open(_ folder: Folder, _ time: ManualTime = ManualTime()) throws -> SQLiteStore {
    try SQLiteStore.open(path: folder.path("state.db"), role: .daemon, time: time)
  }

  @Test func concurrentWritesShareTransactions() async throws {
    try await Folder.use { folder in
      let store = try open(folder)
      let bench = Bench(store: store, time: ManualTime(), openAgain: nil)
      let tasks = (0..<1000).map { NewTask(ref: TaskRef(source: "s", id: "\($0)")) }
      let records = try await store.register(tasks, mark: nil).compactMap { answer -> TaskRecord? in
        if case .added(let record) = answer { record } else { nil }
      }
      var before = store.commits
      try await withThrowingTaskGroup(of: Void.self) { group in
        for record in records {
          group.addTask { try await bench.advance(record, to: .succeeded, hooks: ["h"]) }
        }
        try await group.waitForAll()
      }
      #expect(store.commits - before <= 100)
      before = store.commits
      let claim = try await bench.claim("h", limit: .max)
      #expect(claim.deliveries.count == 1000)
      try await withThrowingTaskGroup(of: Void.self) { group in
        for delivery in claim.deliveries {
          group.addTask { try await bench.settle(delivery, "h", .delivered) }
        }
        try await group.waitForAll()
      }
      #expect(store.commits - before <= 100)
      #expect(try await store.deliveries(DeliverySelection(states: [.delivered])).count == 1000)
      try await store.close()
    }
  }

  @Test func oneThatFailsFailsAlone() async throws {
    try await Folder.use { folder in
      let store = try open(folder)
      let results = await withTaskGroup(of: (Int, Result<Int, StoreError>).self) { group in
        for index in 0..<200 {
          group.addTask {
            do throws(StoreError) {
              return (
                index,
                .success(
                  try await store.transactions.write { db in
                    // A source that this operation names anew, so that its number is rolled back.
                    _ = try store.rows.names.makeRow(of: "s\(index)", .source, db)
                    _ = try store.rows.names.makeRow(of: "s\(index)", .source, db)
                    if index % 7 == 3 { try db.run("INSERT INTO mark (name, value) VALUES ('x', NULL)") }
                    return index
                  })
              )
            } catch {
              return (index, .failure(error))
            }
          }
        }
        return await group.reduce(into: [:]) { $0[$1.0] = $1.1 }
      }
      for index in 0..<200 {
        switch results[index]! {
        case .success(let value): #expect(value == index && index % 7 != 3)
        case .failure(let error): #expect(index % 7 == 3 && error.kind == .fault)
        }
      }
      let names = try await store.transactions.read(.slow) {
        try $0.all("SELECT name FROM source") { $0.text(0) }
      }
      #expect(Set(names) == Set((0..<200).filter { $0 % 7 != 3 }.map { "s\($0)" }))
      // Numbers that were rolled back are not remembered.
      for index in [3, 10] {
        _ = try await store.register([NewTask(ref: TaskRef(source: "s\(index)", id: "a"))], mark: nil)
      }
      #expect(try await store.tasks(TaskQuery()).map(\.ref.source) == ["s3", "s10"])
      try await store.close()
    }
  }

  @Test func aCallerThatIsCancelledHasWritten() async throws {
    try await Folder.use { folder in
      let store = try open(folder)
      let writing = Task {
        withUnsafeCurrentTask { $0?.cancel() }
        _ = try await store.register([NewTask(ref: TaskRef(source: "s", id: "a"))], mark: nil)
        return try await store.tasks(TaskQuery()).count
      }
      #expect(try await writing.value == 1)
      try await store.close()
    }
  }

  @Test func closingWritesWhatIsOnItsWay() async throws {
    try await Folder.use { folder in
      let store = try open(folder)
      let answered = await withTaskGroup(of: String?.self) { group in
        for index in 0..<300 {
          group.addTask {
            let task = NewTask(ref: TaskRef(source: "s", id: "\(index)"))
            return (try? await store.register([task], mark: nil)) == nil ? nil : task.ref.id
          }
        }
        group.addTask {
          try? await store.close()
          return nil
        }
        return await group.reduce(into: Set()) { if let id = $1 { $0.insert(id) } }
      }
      // What was answered is there, and nothing of what was refused.
      let again = try open(folder)
      #expect(Set(try await again.tasks(TaskQuery()).map(\.ref.id)) == answered)
      try await again.close()
    }
  }

  @Test func theJournalStaysSmall() async throws {
    try await Folder.use { folder in
      let store = try open(folder)
      let path = folder.path("state.db-wal")
      let body = [UInt8](repeating: 0x20, count: 64 * 1024)
      var largest = 0
      for index in 0..<60 {
        let added = try await store.register([NewTask(ref: TaskRef(source: "s", id: "\(index)"))], mark: nil)
        guard case .added(var record) = added[0] else { continue }
        record.sequence = 20
        let events = (1...20).map {
          BoundEvent(
            Event(
              type: .progress, source: "s", taskID: "\(index)", sequence: $0,
              timestamp: Timestamp(milliseconds: 1), task: body), hooks: ["h"])
        }
        try await store.commit([.task(record, events)])
        _ = try await store.deliveries(DeliverySelection(limit: 10))
        let size = try FileManager.default.attributesOfItem(atPath: path)[.size] as? Int
        largest = max(largest, size ?? 0)
      }
      // 75 MiB were written.
      #expect(largest > 1 << 20 && largest < 32 << 20)
      try await store.close()
    }
  }

  @Test func aGuestGetsItsTurnBesideABusyDaemon() async throws {
    try await Folder.use { folder in
      let store = try open(folder)
      let guest = try SQLiteStore.open(path: folder.path("state.db"), role: .guest, time: ManualTime())
      let busy = (0..<8).map { number in
        Task {
          while !Task.isCancelled { try await store.setHookState(HookState(paused: "x"), of: "h\(number)") }
        }
      }
      // One that got no turn within the busy timeout would throw.
      for index in 0..<20 {
        _ = try await guest.register([NewTask(ref: TaskRef(source: "s", id: "\(index)"))], mark: nil)
      }
      for task in busy { task.cancel() }
      for task in busy { try await task.value }
      #expect(try await store.tasks(TaskQuery()).count == 20)
      try await guest.close()
      try await store.close()
    }
  }
}
