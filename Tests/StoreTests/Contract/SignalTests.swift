import Model
import Testing

@Suite struct SignalTests {
  @Test(arguments: Backing.allCases)
  func aDaemonIsNotToldItsOwnDoings(backing: Backing) async throws {
    try await backing.use { bench in
      let record = try await bench.register("a")
      try await bench.advance(record, to: .failed, hooks: ["h"])
      _ = try await bench.register("a", again: true)
      _ = try await bench.store.remove([record.ref])
      _ = try await bench.store.replay(DeliverySelection(), now: bench.time.now, dryRun: false)
      try await bench.store.setHookState(HookState(paused: "410"), of: "h")
      _ = try await bench.store.resume(hook: "h")
      #expect(try await bench.store.signals() == [])
    }
  }

  @Test(arguments: Backing.shared)
  func eachWishOfAGuestIsToldOnce(backing: Backing) async throws {
    try await backing.use { bench in
      let a = try await bench.register("a")
      let ended = try await bench.register("ended")
      try await bench.advance(ended, to: .failed, hooks: ["h"])
      try await bench.settle(bench.claim("h").deliveries[0], "h", .dead)
      try await bench.store.setHookState(HookState(paused: "410"), of: "h")
      #expect(try await bench.store.signals() == [])

      let guest = try await bench.guest()
      #expect(try await guest.signals() == [])
      let new = TaskRef(source: "runway", id: "new")
      _ = try await guest.register([NewTask(ref: new), NewTask(ref: a.ref)], mark: nil)
      _ = try await guest.register([NewTask(ref: ended.ref, again: true)], mark: nil)
      #expect(try await guest.remove([a.ref]) == [a.ref])
      _ = try await guest.replay(DeliverySelection(), now: bench.time.now, dryRun: true)
      _ = try await guest.replay(DeliverySelection(), now: bench.time.now, dryRun: false)
      #expect(try await guest.resume(hook: "h"))

      let again = try await bench.store.tasks(TaskQuery(id: "ended"))[0]
      #expect(again.ending == nil && again.sequence == 1)
      #expect(
        try await bench.store.signals() == [
          .tasksAdded, .watchAgain(again), .unwatch(row: a.row, ref: a.ref), .replayed(hook: "h"),
          .resumed(hook: "h"),
        ])
      #expect(try await bench.store.signals() == [])
      #expect(try await bench.store.watched(after: ended.row, limit: 9).map(\.ref) == [new])
      // Looking leaves nothing, nor does what changes nothing.
      _ = try await guest.tasks(TaskQuery())
      _ = try await guest.register([NewTask(ref: new)], mark: nil)
      _ = try await guest.remove([a.ref])
      _ = try await guest.resume(hook: "h")
      #expect(try await bench.store.signals() == [])
      try await guest.close()
    }
  }

  @Test(arguments: Backing.shared)
  func theLastWordCounts(backing: Backing) async throws {
    try await backing.use { bench in
      let a = try await bench.register("a")
      let guest = try await bench.guest()
      let again = [NewTask(ref: a.ref, again: true)]
      _ = try await guest.remove([a.ref])
      _ = try await guest.register(again, mark: nil)
      let watched = try await bench.store.watched(after: 0, limit: 1)[0]
      #expect(
        try await bench.store.signals() == [.unwatch(row: a.row, ref: a.ref), .watchAgain(watched)])
      _ = try await guest.remove([a.ref])
      _ = try await guest.register(again, mark: nil)
      _ = try await guest.remove([a.ref])
      let unwatch = Signal.unwatch(row: a.row, ref: a.ref)
      #expect(try await bench.store.signals() == [unwatch, unwatch])
      try await guest.close()
    }
  }

  @Test(arguments: Backing.shared)
  func aTaskIsNotSweptBeforeItsSignal(backing: Backing) async throws {
    try await backing.use { bench in
      let a = try await bench.register("a")
      let guest = try await bench.guest()
      _ = try await guest.remove([a.ref])
      bench.time.advance(by: .seconds(1))
      #expect(try await bench.store.sweep(endedBefore: bench.time.wall) == 0)
      #expect(try await bench.store.signals() == [.unwatch(row: a.row, ref: a.ref)])
      #expect(try await bench.store.sweep(endedBefore: bench.time.wall) == 1)
      try await guest.close()
    }
  }

  @Test(arguments: Backing.shared)
  func noneIsLostWhenManyWriteAtOnce(backing: Backing) async throws {
    try await backing.use { bench in
      let tasks = (0..<200).map { NewTask(ref: TaskRef(source: "s", id: "\($0)")) }
      _ = try await bench.store.register(tasks, mark: nil)
      var told: [String] = []
      try await withThrowingTaskGroup(of: Void.self) { group in
        for part in 0..<4 {
          group.addTask {
            let guest = try await bench.guest()
            for task in tasks[(part * 50)..<(part * 50 + 50)] { _ = try await guest.remove([task.ref]) }
            try await guest.close()
          }
        }
        // The daemon listens while they write, and writes itself.
        for _ in 0..<100 {
          told += try await bench.store.signals().map(Self.id)
          try await bench.store.setHookState(HookState(paused: "x"), of: "h")
        }
        try await group.waitForAll()
      }
      told += try await bench.store.signals().map(Self.id)
      #expect(told.count == 200)
      #expect(Set(told) == Set(tasks.map(\.ref.id)))
    }
  }

  @Test(arguments: Backing.shared)
  func aNewDaemonReadsAnewInstead(backing: Backing) async throws {
    try await backing.use { bench in
      try await bench.store.close()
      let guest = try await bench.guest()
      _ = try await guest.register([NewTask(ref: TaskRef(source: "s", id: "a"))], mark: nil)
      let daemon = try await bench.daemon()
      #expect(try await daemon.signals() == [])
      #expect(try await daemon.watched(after: 0, limit: 9).count == 1)
      _ = try await guest.register([NewTask(ref: TaskRef(source: "s", id: "b"))], mark: nil)
      #expect(try await daemon.signals() == [.tasksAdded])
      try await guest.close()
      try await daemon.close()
    }
  }

  private static func id(_ signal: Signal) -> String {
    if case .unwatch(_, let ref) = signal { ref.id } else { "\(signal)" }
  }
}
