import Model
import Testing

/// Webhooks that tasks have of their own.
@Suite struct CallbackTests {
  private static let secret = "whsec_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"
  private static let first = TaskCallback(
    url: SecretURL("https://one.example/hook?k=1"), secret: Secret(secret), on: #""done""#)
  private static let second = TaskCallback(url: SecretURL("http://two.example:8080/"), on: #"["change"]"#)

  private static func task(_ id: String, _ callback: TaskCallback?, again: Bool = false) -> NewTask {
    NewTask(ref: TaskRef(source: "runway", id: id), again: again, callback: callback)
  }

  private static func record(_ registration: Registration) -> (record: TaskRecord, isNew: Bool) {
    switch registration {
    case .added(let record): (record, true)
    case .known(let record): (record, false)
    }
  }

  /// Registers one task, and answers what that came to.
  private static func register(
    _ bench: Bench, _ id: String, _ callback: TaskCallback?, again: Bool = false
  ) async throws -> (record: TaskRecord, isNew: Bool) {
    record(try await bench.store.register([task(id, callback, again: again)], mark: nil)[0])
  }

  private static func stored(_ bench: Bench, _ id: String) async throws -> TaskCallback? {
    try #require(try await bench.store.tasks(TaskQuery(id: id)).first).callback
  }

  @Test(arguments: Backing.allCases)
  func itIsKeptWithItsTask(backing: Backing) async throws {
    try await backing.use { bench in
      let a = try await Self.register(bench, "a", Self.first)
      let b = try await Self.register(bench, "b", nil)
      #expect(a.isNew && a.record.callback == Self.first && b.record.callback == nil)
      for records in [
        try await bench.store.tasks(TaskQuery()), try await bench.store.watched(after: 0, limit: 9),
      ] {
        #expect(records.map(\.callback) == [Self.first, nil])
        #expect(records.first?.callback?.secret?.reveal() == Self.secret)
        #expect(records.first?.callback?.hook == "callback:https://one.example")
      }
      // What is seen of the task does not touch it.
      var unaware = a.record
      unaware.callback = nil
      try await bench.advance(unaware, to: .running)
      #expect(try await Self.stored(bench, "a") == Self.first)
    }
  }

  @Test(arguments: Backing.allCases)
  func aWatchedTaskMayGetAnother(backing: Backing) async throws {
    try await backing.use { bench in
      _ = try await Self.register(bench, "a", nil)
      let given = try await Self.register(bench, "a", Self.first)
      #expect(!given.isNew && given.record.callback == Self.first)
      let changed = try await Self.register(bench, "a", Self.second)
      #expect(!changed.isNew && changed.record.callback == Self.second)
      #expect(changed.record.callback?.secret == nil)
      let kept = try await Self.register(bench, "a", nil)
      #expect(!kept.isNew && kept.record.callback == Self.second)
      #expect(try await Self.stored(bench, "a") == Self.second)
    }
  }

  @Test(arguments: Backing.allCases)
  func anEndedTaskGetsOneOnlyWhereItIsWatchedAgain(backing: Backing) async throws {
    try await backing.use { bench in
      let a = try await Self.register(bench, "a", Self.first)
      try await bench.advance(a.record, to: .failed)
      let known = try await Self.register(bench, "a", Self.second)
      #expect(!known.isNew && known.record.callback == Self.first)
      #expect(try await Self.stored(bench, "a") == Self.first)
      let kept = try await Self.register(bench, "a", nil, again: true)
      #expect(kept.isNew && kept.record.callback == Self.first)
      try await bench.advance(kept.record, to: .failed)
      let changed = try await Self.register(bench, "a", Self.second, again: true)
      #expect(changed.isNew && changed.record.callback == Self.second)
      #expect(try await bench.store.watched(after: 0, limit: 9).map(\.callback) == [Self.second])
    }
  }

  @Test(arguments: Backing.allCases, [ClaimedBodies.all(bytes: .max), .first(0)])
  func itsDeliveriesBringItAlong(backing: Backing, bodies: ClaimedBodies) async throws {
    try await backing.use { bench in
      let hook = Self.first.hook
      let a = try await Self.register(bench, "a", Self.first).record
      let b = try await Self.register(bench, "b", nil).record
      try await bench.advance(a, to: .running, hooks: ["h", hook])
      try await bench.advance(b, to: .running, hooks: ["h"])
      #expect(try await bench.claim(hook, bodies: bodies).deliveries.map(\.event.callback) == [Self.first])
      // Hooks of the config have no use for it, and it is a secret.
      #expect(try await bench.claim("h", bodies: bodies).deliveries.map(\.event.callback) == [nil, nil])
      #expect(try await bench.store.openDeliveries() == ["h": 2, hook: 1])
      // The one that the task has now counts.
      _ = try await Self.register(bench, "a", Self.second)
      #expect(try await bench.claim(hook, bodies: bodies).deliveries.map(\.event.callback) == [Self.second])
    }
  }

  @Test(arguments: Backing.allCases)
  func itsDeliveriesKeepTheirOrder(backing: Backing) async throws {
    try await backing.use { bench in
      let hook = Self.first.hook
      var a = try await Self.register(bench, "a", Self.first).record
      a = try await bench.advance(a, to: .running, hooks: [hook])
      try await bench.advance(a, to: .succeeded, hooks: [hook])
      let running = try await bench.claim(hook).deliveries
      #expect(running.map(\.event.sequence) == [1])
      #expect(try await bench.settle(running[0], hook, .delivered))
      #expect(try await bench.claim(hook).deliveries.map(\.event.sequence) == [2])
    }
  }

  @Test(arguments: Backing.allCases)
  func aSaveKnowsIt(backing: Backing) async throws {
    try await backing.use { bench in
      let a = try await Self.register(bench, "a", Self.first).record
      try await bench.succeed(a, hooks: [Self.first.hook], save: TaskOutput.samples, holds: true)
      let save = try await bench.pendingSave()
      #expect(save.event.callback == Self.first)
      #expect(try await bench.claim(Self.first.hook).deliveries.isEmpty)
      #expect(try await bench.settle(save, hooks: [Self.first.hook], files: [SavedFile.sample(0)]) != nil)
      let told = try await bench.claim(Self.first.hook).deliveries
      #expect(told.map(\.event.callback) == [Self.first])
      #expect(told.map(\.event.files) == [[SavedFile.sample(0)]])
    }
  }

  @Test(arguments: Backing.allCases)
  func itGoesWithItsTask(backing: Backing) async throws {
    try await backing.use { bench in
      let a = try await Self.register(bench, "a", Self.first).record
      try await bench.advance(a, to: .failed)
      try await bench.advance(bench.register("later"), to: .running)
      bench.time.advance(by: .seconds(1))
      #expect(try await bench.store.sweep(endedBefore: bench.time.wall) == 1)
      #expect(try await bench.store.tasks(TaskQuery(id: "a")).isEmpty)
      #expect(try await Self.register(bench, "a", nil).record.callback == nil)
    }
  }

  @Test(arguments: Backing.shared)
  func aGuestsCallbackIsToldOnce(backing: Backing) async throws {
    try await backing.use { bench in
      let a = try await Self.register(bench, "a", nil).record
      let ended = try await Self.register(bench, "ended", nil).record
      try await bench.advance(ended, to: .failed)
      _ = try await Self.register(bench, "a", Self.first)
      #expect(try await bench.store.signals() == [], "its own doing")

      let guest = try await bench.guest()
      _ = try await guest.register([Self.task("a", Self.first)], mark: nil)
      _ = try await guest.register([Self.task("ended", Self.second)], mark: nil)
      #expect(try await bench.store.signals() == [], "nothing changed")
      _ = try await guest.register([Self.task("a", Self.second)], mark: nil)
      _ = try await guest.register([Self.task("a", Self.first)], mark: nil)
      #expect(try await bench.store.signals() == [.callbackSet(row: a.row, ref: a.ref, Self.first)])
      #expect(try await bench.store.signals() == [])

      _ = try await guest.register([Self.task("ended", Self.second, again: true)], mark: nil)
      let again = try #require(try await bench.store.tasks(TaskQuery(id: "ended")).first)
      #expect(again.callback == Self.second)
      #expect(try await bench.store.signals() == [.watchAgain(again)], "the record says it")
      try await guest.close()
    }
  }

  @Test(arguments: Backing.shared)
  func aSweptTaskIsNotToldOf(backing: Backing) async throws {
    try await backing.use { bench in
      let a = try await Self.register(bench, "a", nil).record
      let guest = try await bench.guest()
      _ = try await guest.register([Self.task("a", Self.first)], mark: nil)
      _ = try await bench.store.remove([a.ref])
      bench.time.advance(by: .seconds(1))
      #expect(try await bench.store.sweep(endedBefore: bench.time.wall) == 1)
      #expect(try await bench.store.signals() == [])
      try await guest.close()
    }
  }

  @Test(arguments: Backing.shared)
  func itOutlivesARestart(backing: Backing) async throws {
    try await backing.use { bench in
      _ = try await Self.register(bench, "a", Self.first)
      try await bench.store.close()
      let again = try await bench.daemon()
      #expect(try await again.watched(after: 0, limit: 9).map(\.callback) == [Self.first])
      try await again.close()
    }
  }
}
