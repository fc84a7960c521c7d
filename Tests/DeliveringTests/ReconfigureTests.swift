import Logging
import Model
import Storage
import TestSupport
import Testing

@testable import Delivering

/// What becomes of hooks when the config is read anew, through a real store.
@Suite struct ReconfigureTests {
  private struct Stage {
    let time = ManualTime()
    let store: SQLiteStore

    init() throws { store = try SQLiteStore.inMemory(time: time) }

    func hook(holds: Bool = false, _ outcome: Outcome = .delivered) -> ScriptedHook {
      ScriptedHook(time: time, holds: holds) { _ in outcome }
    }

    func start(_ entries: [Dispatcher.Entry], router: any EventRouter = FixedRouter([])) async -> Dispatcher {
      let dispatcher = Dispatcher(
        entries, states: [:], store: store, router: router, executor: SerialThread(), time: time,
        log: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
      await dispatcher.start()
      return dispatcher
    }

    /// Tasks that fail, each bound for some hooks.
    func fail(_ ids: [String], _ hooks: [String], announce dispatcher: Dispatcher) async throws {
      for id in ids {
        let task = NewTask(ref: TaskRef(source: "runway", id: id))
        guard case .added(var record) = try await store.register([task], mark: nil)[0] else {
          throw StoreError(.fault, "\(id) is known")
        }
        record.sequence = 1
        record.ending = .terminal
        let event = Event(
          type: .task(.failed), source: "runway", taskID: id, sequence: 1, timestamp: time.wall)
        let bound = BoundEvent(event, hooks: hooks)
        try await store.commit([.task(record, [bound])])
        dispatcher.announce([bound])
      }
    }
  }

  private static func entry(
    _ name: String, _ hook: any Hook, concurrency: Int = 16, breaker: BreakerRules? = nil
  ) -> Dispatcher.Entry {
    Dispatcher.Entry(
      name: name, hook: hook,
      rules: DeliveryRules(retry: .schedule([.hours(1)]), concurrency: concurrency, breaker: breaker))
  }

  @Test func aNewHookGetsAQueueWithWhatTheStoreHasForIt() async throws {
    let stage = try Stage()
    let (a, b) = (stage.hook(), stage.hook())
    let dispatcher = await stage.start([Self.entry("a", a)])
    try await stage.fail(["x"], ["a", "b"], announce: dispatcher)
    try await stage.store.setHookState(HookState(down: "of old"), of: "b")
    await eventually { await dispatcher.isIdle() && a.attempts.count == 1 }
    #expect(b.attempts.isEmpty)
    await dispatcher.reconfigure(
      [Self.entry("a", a), Self.entry("b", b)], unchanged: ["a"], router: FixedRouter([]))
    await eventually { b.attempts.count == 1 }
    try await eventually { try await stage.store.hookStates().isEmpty }
    try await stage.fail(["y"], ["a", "b"], announce: dispatcher)
    await eventually { a.attempts.count == 2 && b.attempts.count == 2 }
    await dispatcher.stop(patience: .zero)
  }

  @Test func aHookThatIsGoneBeginsNothingAndEndsWhatRuns() async throws {
    let stage = try Stage()
    let hook = stage.hook(holds: true)
    let dispatcher = await stage.start([Self.entry("a", hook, concurrency: 1)])
    try await stage.fail(["x", "y"], ["a"], announce: dispatcher)
    await eventually { hook.running == 1 }
    await dispatcher.reconfigure([], router: FixedRouter([]))
    #expect(await dispatcher.statuses().isEmpty)
    hook.release()
    try await eventually {
      try await stage.store.deliveries(DeliverySelection()).map(\.state) == [.delivered, .ready]
    }
    #expect(hook.attempts.count == 1)
    await dispatcher.stop(patience: .zero)
  }

  @Test func whatRunsTooLongIsBrokenOff() async throws {
    let stage = try Stage()
    let hook = stage.hook(holds: true)
    let dispatcher = await stage.start([Self.entry("a", hook)])
    try await stage.fail(["x"], ["a"], announce: dispatcher)
    await eventually { hook.running == 1 }
    await dispatcher.reconfigure([], router: FixedRouter([]))
    await eventually { stage.time.sleepers == 1 }
    stage.time.advance(by: .seconds(9))
    #expect(hook.running == 1)
    stage.time.advance(by: .seconds(1))
    await eventually { hook.running == 0 }
    #expect(try await stage.store.deliveries(DeliverySelection()).map(\.attempts) == [0])
    await dispatcher.stop(patience: .zero)
  }

  @Test func aHookThatComesBackWaitsForWhatRanUnderItsName() async throws {
    let stage = try Stage()
    let (old, new) = (stage.hook(holds: true), stage.hook())
    let dispatcher = await stage.start([Self.entry("a", old)])
    try await stage.fail(["x"], ["a"], announce: dispatcher)
    await eventually { old.running == 1 }
    await dispatcher.reconfigure([], router: FixedRouter([]))
    await dispatcher.reconfigure([Self.entry("a", new)], router: FixedRouter([]))
    try await stage.fail(["y"], ["a"], announce: dispatcher)
    #expect(await !dispatcher.isIdle())
    // Both that leave it time sleep.
    await eventually { stage.time.sleepers == 2 }
    #expect(new.attempts.isEmpty)
    old.release()
    await eventually { new.events.map(\.taskID) == ["y"] }
    try await eventually {
      try await stage.store.deliveries(DeliverySelection()).map(\.state) == [.delivered, .delivered]
    }
    #expect(old.attempts.count == 1, "nothing went out twice")
    await dispatcher.stop(patience: .zero)
  }

  @Test func aChangedHookGoesOnWhereItWas() async throws {
    let stage = try Stage()
    let (old, new) = (stage.hook(.retry(reason: "answered 503")), stage.hook())
    let dispatcher = await stage.start([Self.entry("a", old, breaker: BreakerRules(after: 2))])
    try await stage.fail(["x", "y"], ["a"], announce: dispatcher)
    try await eventually { try await stage.store.hookStates()["a"]?.down != nil }
    let open = QueueStatus.Breaker.open(nextProbe: stage.time.now + .seconds(30))
    #expect(await dispatcher.statuses().map(\.breaker) == [open])
    let attempts = old.attempts.count

    await dispatcher.reconfigure(
      [Self.entry("a", new, breaker: BreakerRules(after: 7))], router: FixedRouter([]))
    #expect(await dispatcher.statuses().map(\.breaker) == [open], "a new url does not close it")
    stage.time.advance(by: .seconds(30))
    #expect(new.attempts.isEmpty, "nothing is due before its time")
    stage.time.advance(by: .hours(2))
    await eventually { new.attempts.count == 2 }
    #expect(new.attempts.map(\.number) == [2, 2], "attempts are counted on")
    #expect(old.attempts.count == attempts)
    try await eventually { try await stage.store.hookStates().isEmpty }
    #expect(await dispatcher.statuses().map(\.breaker) == [.closed])
    await dispatcher.stop(patience: .zero)
  }

  @Test func rulesAreTakenOverWhileAttemptsRun() async throws {
    let stage = try Stage()
    let hook = stage.hook(holds: true)
    let dispatcher = await stage.start([Self.entry("a", hook, concurrency: 1)])
    try await stage.fail(["x", "y", "z"], ["a"], announce: dispatcher)
    await eventually { hook.running == 1 }
    await dispatcher.reconfigure([Self.entry("a", hook, concurrency: 3)], router: FixedRouter([]))
    await eventually { hook.running == 3 }
    #expect(await dispatcher.statuses().map(\.running) == [3])
    hook.release()
    await eventually { await dispatcher.isIdle() }
    await dispatcher.stop(patience: .zero)
  }

  @Test func anUnchangedHookKeepsItsHook() async throws {
    let stage = try Stage()
    let (old, new) = (stage.hook(), stage.hook())
    let dispatcher = await stage.start([Self.entry("a", old)])
    await dispatcher.reconfigure([Self.entry("a", new)], unchanged: ["a"], router: FixedRouter([]))
    try await stage.fail(["x"], ["a"], announce: dispatcher)
    await eventually { old.attempts.count == 1 }
    await dispatcher.reconfigure([Self.entry("a", new)], router: FixedRouter([]))
    try await stage.fail(["y"], ["a"], announce: dispatcher)
    await eventually { new.attempts.count == 1 }
    #expect(old.attempts.count == 1)
    await dispatcher.stop(patience: .zero)
  }

  @Test func theNewRouterTellsOfOldHooks() async throws {
    let stage = try Stage()
    let (failing, alert) = (stage.hook(.dead(reason: "answered 400")), stage.hook())
    let dispatcher = await stage.start([Self.entry("a", failing), Self.entry("alert", alert)])
    try await stage.fail(["x"], ["a"], announce: dispatcher)
    await eventually { await dispatcher.isIdle() && failing.attempts.count == 1 }
    await dispatcher.reconfigure(
      [Self.entry("a", failing), Self.entry("alert", alert)], unchanged: ["a", "alert"],
      router: FixedRouter(["alert"], types: [.deliveryDead]))
    try await stage.fail(["y"], ["a"], announce: dispatcher)
    await eventually { alert.events.count == 1 }
    #expect(alert.events.first?.reason?.contains("runway/y") == true)
    await dispatcher.stop(patience: .zero)
  }

  @Test func callbacksFollowToo() async throws {
    let stage = try Stage()
    let (old, new) = (stage.hook(), stage.hook())
    func callbacks(_ hook: ScriptedHook) -> Dispatcher.CallbackEntry {
      { Dispatcher.Entry(name: $0, hook: hook, rules: .callback) }
    }
    let dispatcher = Dispatcher(
      [], states: [:], store: stage.store, router: FixedRouter([]), executor: SerialThread(),
      time: stage.time,
      log: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }, callbacks: callbacks(old))
    await dispatcher.start()
    let name = "callback:https://one.example"
    try await stage.fail(["x"], [name], announce: dispatcher)
    await eventually { old.attempts.count == 1 }
    await dispatcher.reconfigure([], router: FixedRouter([]))
    try await stage.fail(["y"], [name], announce: dispatcher)
    await eventually { old.attempts.count == 2 }
    await dispatcher.reconfigure([], router: FixedRouter([]), callbacks: callbacks(new))
    try await stage.fail(["z"], [name], announce: dispatcher)
    await eventually { new.attempts.count == 1 }
    #expect(old.attempts.count == 2)
    await dispatcher.stop(patience: .zero)
  }

  @Test func afterTheEndNothingBegins() async throws {
    let stage = try Stage()
    let (a, b) = (stage.hook(), stage.hook())
    let dispatcher = await stage.start([Self.entry("a", a)])
    await dispatcher.stop(patience: .zero)
    await dispatcher.reconfigure([Self.entry("a", a), Self.entry("b", b)], router: FixedRouter([]))
    try await stage.fail(["x"], ["a", "b"], announce: dispatcher)
    await eventually { await dispatcher.statuses().map(\.name) == ["a"] }
    #expect(a.attempts.isEmpty && b.attempts.isEmpty)
  }
}
