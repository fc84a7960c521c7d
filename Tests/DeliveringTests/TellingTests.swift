import Logging
import Model
import Storage
import Synchronization
import TestSupport
import Testing

@testable import Delivering

/// What hooks are told of each other, through a real store.
@Suite struct TellingTests {
  /// A store, two hooks on it, and a daemon's life or several.
  private struct Stage {
    let time = ManualTime()
    let store: SQLiteStore
    let pipeline: ScriptedHook
    let alert: ScriptedHook
    let outcome = Box(Outcome.retry(reason: "answered 503"))
    private let router: FixedRouter

    init(router: FixedRouter, alert: Outcome = .delivered) throws {
      self.router = router
      store = try SQLiteStore.inMemory(time: time)
      let outcome = outcome
      pipeline = ScriptedHook(time: time) { _ in outcome.value }
      self.alert = ScriptedHook(time: time) { _ in alert }
    }

    func dispatcher(breaker: BreakerRules? = BreakerRules(after: 3)) async throws -> Dispatcher {
      let rules = DeliveryRules(retry: .schedule([.seconds(1)]), concurrency: 1, breaker: breaker)
      let dispatcher = Dispatcher(
        [
          Dispatcher.Entry(name: "pipeline", hook: pipeline, rules: rules),
          Dispatcher.Entry(name: "alert", hook: alert, rules: rules),
        ],
        states: try await store.hookStates(), store: store, router: router, executor: SerialThread(),
        time: time,
        log: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
      await dispatcher.start()
      return dispatcher
    }

    /// Tasks that fail, each with one event for the pipeline.
    func fail(_ ids: String..., announce dispatcher: Dispatcher? = nil) async throws {
      for id in ids {
        let task = NewTask(ref: TaskRef(source: "runway", id: id))
        guard case .added(var record) = try await store.register([task], mark: nil)[0] else { return }
        record.sequence = 1
        record.ending = .terminal
        let event = Event(
          type: .task(.failed), source: "runway", taskID: id, sequence: 1, timestamp: time.wall)
        let bound = BoundEvent(event, hooks: ["pipeline"])
        try await store.commit([.task(record, [bound])])
        dispatcher?.announce([bound])
      }
    }

    /// Turns the clock until something is so.
    func turn(until condition: () async throws -> Bool) async throws {
      for _ in 0..<2000 {
        if try await condition() { return }
        time.advance(by: .milliseconds(100))
        try await Task.sleep(for: .milliseconds(1))
      }
      Issue.record("it did not come about")
    }

    func states() async throws -> [DeliveryState] {
      try await store.deliveries(DeliverySelection(hook: "pipeline")).map(\.state)
    }
  }

  private static let all = FixedRouter(["pipeline", "alert"], types: [.hookDown, .hookUp, .deliveryDead])

  @Test func downDeadAndUpAreToldInOrderOverARestart() async throws {
    let stage = try Stage(router: Self.all)
    try await stage.fail("a", "b", "c")
    var dispatcher = try await stage.dispatcher()
    // Three failures open the breaker, the probe is the last attempt of its delivery.
    try await stage.turn { stage.alert.events.count == 2 }
    let states = try await stage.store.hookStates()
    #expect(states["pipeline"]?.down == "3 attempts in a row failed, the last: answered 503")
    await dispatcher.stop(patience: .zero)

    dispatcher = try await stage.dispatcher()
    try await stage.turn { try await stage.states() == [.dead, .dead, .dead] }
    stage.outcome.set(.delivered)
    try await stage.fail("d", announce: dispatcher)
    try await stage.turn { stage.alert.events.count == 5 }
    await dispatcher.stop(patience: .zero)

    #expect(
      stage.alert.events.map(\.type) == [.hookDown, .deliveryDead, .deliveryDead, .deliveryDead, .hookUp])
    #expect(stage.alert.events.map(\.sequence) == [1, 2, 3, 4, 5])
    #expect(stage.alert.events.allSatisfy { $0.hook == "pipeline" })
    let dead = try await stage.store.deliveries(DeliverySelection(hook: "pipeline", states: [.dead]))
    #expect(
      Set(stage.alert.events.filter { $0.type == .deliveryDead }.map(\.reason))
        == Set(
          dead.map {
            "\($0.id), task.failed of runway/\($0.taskID!): given up after 2 attempts; the last: answered 503"
          }))
    #expect(
      stage.alert.events.last?.reason
        == "delivers again; it was down: 3 attempts in a row failed, the last: answered 503")
    #expect(stage.pipeline.events.allSatisfy { $0.hook == nil }, "it is not told of itself")
    #expect(try await stage.store.hookStates().isEmpty)
  }

  @Test func aPauseIsToldAndOutlivesARestart() async throws {
    let stage = try Stage(router: Self.all)
    stage.outcome.set(.gone(reason: "answered 410 Gone"))
    try await stage.fail("a", "b")
    var dispatcher = try await stage.dispatcher(breaker: nil)
    try await stage.turn { stage.alert.events.count == 2 }
    #expect(stage.alert.events.map(\.type) == [.hookDown, .deliveryDead])
    await dispatcher.stop(patience: .zero)

    dispatcher = try await stage.dispatcher(breaker: nil)
    stage.outcome.set(.delivered)
    stage.time.advance(by: .seconds(100_000))
    dispatcher.notify("pipeline")
    #expect(await dispatcher.working() == ["alert"])
    await eventually { await dispatcher.isIdle() }
    #expect(try await stage.states() == [.dead, .ready] && stage.pipeline.attempts.count == 1)
    #expect(try await stage.store.resume(hook: "pipeline"))
    dispatcher.resume("pipeline")
    try await stage.turn { stage.alert.events.count == 3 }
    #expect(stage.alert.events.last?.type == .hookUp)
    #expect(try await stage.states() == [.dead, .delivered])
    await dispatcher.stop(patience: .zero)
  }

  @Test func twoHooksThatFailDoNotTellForEver() async throws {
    let stage = try Stage(router: Self.all, alert: .dead(reason: "answered 400"))
    stage.outcome.set(.dead(reason: "answered 400"))
    try await stage.fail("a", "b")
    let dispatcher = try await stage.dispatcher()
    try await stage.turn { await dispatcher.isIdle() && stage.alert.events.count == 2 }
    // What alert was told of pipeline died, and pipeline is not told of that.
    #expect(stage.pipeline.attempts.count == 2)
    #expect(try await stage.store.deliveries(DeliverySelection()).count == 4)
    await dispatcher.stop(patience: .zero)
  }

  @Test func whatNobodyWantsToKnowIsNumberedAllTheSame() async throws {
    let stage = try Stage(router: FixedRouter(["pipeline", "alert"], types: [.hookUp]))
    try await stage.fail("a", "b", "c")
    let dispatcher = try await stage.dispatcher()
    try await stage.turn { try await stage.store.hookStates()["pipeline"]?.down != nil }
    stage.outcome.set(.delivered)
    try await stage.turn { stage.alert.events.count == 1 }
    #expect(stage.alert.events.map(\.sequence) == [2])
    await dispatcher.stop(patience: .zero)
  }
}

/// A value that a test changes while others read it.
final class Box<Value: Sendable>: Sendable {
  private let state: Mutex<Value>

  init(_ value: Value) { state = Mutex(value) }

  var value: Value { state.withLock { $0 } }
  func set(_ value: Value) { state.withLock { $0 = value } }
}
