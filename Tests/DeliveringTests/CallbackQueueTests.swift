import Logging
import Model
import Storage
import Synchronization
import TestSupport
import Testing

@testable import Delivering

/// Queues of tasks' own webhooks, through a real store.
@Suite struct CallbackQueueTests {
  /// A store, one hook of the config, and a scripted hook for each server of callbacks.
  private final class Stage: Sendable {
    let time = ManualTime()
    let store: SQLiteStore
    let alert: ScriptedHook
    private let servers = Mutex<[String: ScriptedHook]>([:])
    /// How often the queue of a server was made.
    private let made = Mutex<[String: Int]>([:])
    private let router: FixedRouter
    private let hangs: Set<String>
    private let outcome: @Sendable (String) -> Outcome

    init(
      router: FixedRouter = FixedRouter([]), hangs: Set<String> = [],
      outcome: @escaping @Sendable (String) -> Outcome = { _ in .delivered }
    ) throws {
      store = try SQLiteStore.inMemory(time: time)
      alert = ScriptedHook(time: time) { _ in .delivered }
      self.router = router
      self.hangs = hangs
      self.outcome = outcome
    }

    func server(_ name: String) -> ScriptedHook {
      servers.withLock { servers in
        if let known = servers[name] { return known }
        let outcome = outcome
        let hook = ScriptedHook(time: time, holds: hangs.contains(name)) { _ in outcome(name) }
        servers[name] = hook
        return hook
      }
    }

    func count(_ name: String) -> Int { made.withLock { $0[name] ?? 0 } }

    func dispatcher(rules: DeliveryRules = .callback) async throws -> Dispatcher {
      let dispatcher = Dispatcher(
        [Dispatcher.Entry(name: "alert", hook: alert, rules: rules)], states: try await store.hookStates(),
        store: store, router: router, executor: SerialThread(), time: time,
        log: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() },
        callbacks: { name in
          self.made.withLock { $0[name, default: 0] += 1 }
          return Dispatcher.Entry(name: name, hook: self.server(name), rules: rules)
        })
      await dispatcher.start()
      return dispatcher
    }

    /// A task that succeeds, bound for its own webhook; answers what was recorded.
    @discardableResult
    func succeed(_ id: String, _ url: String, announce dispatcher: Dispatcher? = nil) async throws
      -> BoundEvent
    {
      let callback = TaskCallback(url: SecretURL(url), on: #""done""#)
      let task = NewTask(ref: TaskRef(source: "runway", id: id), callback: callback)
      guard case .added(var record) = try await store.register([task], mark: nil)[0] else {
        throw StoreError(.fault, "\(id) is known")
      }
      record.sequence = 1
      record.ending = .terminal
      let event = Event(
        type: .task(.succeeded), source: "runway", taskID: id, sequence: 1, timestamp: time.wall)
      let bound = BoundEvent(event, hooks: [callback.hook])
      try await store.commit([.task(record, [bound])])
      dispatcher?.announce([bound])
      return bound
    }

    func open() async throws -> [String: Int] { try await store.openDeliveries() }
  }

  private static let one = "callback:https://one.example"
  private static let two = "callback:https://two.example"

  @Test func aQueueIsMadeWhenItIsFirstNeeded() async throws {
    let stage = try Stage()
    let dispatcher = try await stage.dispatcher()
    await eventually { await dispatcher.isIdle() }
    #expect(await dispatcher.statuses().map(\.name) == ["alert"])
    try await stage.succeed("a", "https://one.example/a", announce: dispatcher)
    try await stage.succeed("b", "https://one.example/b", announce: dispatcher)
    try await stage.succeed("c", "https://two.example/c", announce: dispatcher)
    try await eventually { try await stage.open().isEmpty }
    let sent = stage.server(Self.one).events + stage.server(Self.two).events
    #expect(Set(sent.compactMap(\.taskID)) == ["a", "b", "c"])
    #expect(sent.allSatisfy { $0.callback?.url.reveal() == urls[$0.taskID ?? ""] })
    #expect(await dispatcher.statuses().map(\.name) == ["alert", Self.one, Self.two])
    #expect(stage.count(Self.one) == 1 && stage.count(Self.two) == 1)
    await dispatcher.stop(patience: .zero)
  }

  private let urls = [
    "a": "https://one.example/a", "b": "https://one.example/b", "c": "https://two.example/c",
  ]

  @Test func whatTheStoreHasGoesOutAtTheStart() async throws {
    let stage = try Stage()
    try await stage.succeed("a", "https://one.example/a")
    try await stage.succeed("c", "https://two.example/c")
    let dispatcher = try await stage.dispatcher()
    await eventually { await dispatcher.isIdle() }
    #expect(try await stage.open().isEmpty)
    #expect(stage.server(Self.one).events.map(\.taskID) == ["a"])
    #expect(stage.server(Self.two).events.map(\.taskID) == ["c"])
    await dispatcher.stop(patience: .zero)
  }

  @Test func withoutCallbacksTheyWait() async throws {
    let stage = try Stage()
    let dispatcher = Dispatcher(
      [], states: [:], store: stage.store, router: FixedRouter([]), executor: SerialThread(),
      time: stage.time,
      log: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
    await dispatcher.start()
    try await stage.succeed("a", "https://one.example/a", announce: dispatcher)
    #expect(await dispatcher.isIdle())
    #expect(try await stage.open() == [Self.one: 1])
    await dispatcher.stop(patience: .zero)
  }

  @Test func aServerThatHangsKeepsNobodyWaiting() async throws {
    let stage = try Stage(hangs: [Self.one])
    let dispatcher = try await stage.dispatcher()
    for number in 0..<40 {
      try await stage.succeed("a\(number)", "https://one.example/\(number)", announce: dispatcher)
      try await stage.succeed("b\(number)", "https://two.example/\(number)", announce: dispatcher)
    }
    await eventually { stage.server(Self.two).attempts.count == 40 }
    try await eventually { try await stage.open() == [Self.one: 40] }
    #expect(stage.server(Self.one).running == 16, "its own share and no more")
    await dispatcher.stop(patience: .zero)
  }

  @Test func otherHooksAreToldThatAServerIsDown() async throws {
    let router = FixedRouter(["alert"], types: [.hookDown, .deliveryDead])
    let stage = try Stage(router: router) { name in
      name == Self.one ? .retry(reason: "answered 503") : .delivered
    }
    let rules = DeliveryRules(
      retry: .schedule([.hours(1)]), concurrency: 1, breaker: BreakerRules(after: 2))
    let dispatcher = try await stage.dispatcher(rules: rules)
    for id in ["a", "b"] { try await stage.succeed(id, "https://one.example/\(id)", announce: dispatcher) }
    await eventually { stage.alert.events.count == 1 }
    #expect(stage.alert.events.map(\.hook) == [Self.one])
    #expect(stage.alert.events.map(\.reason) == ["2 attempts in a row failed, the last: answered 503"])
    let status = await dispatcher.statuses().first { $0.name == Self.one }
    #expect(status?.breaker == .open(nextProbe: stage.time.now + .seconds(30)))
    #expect(try await stage.store.hookStates().keys.sorted() == [Self.one])
    await dispatcher.stop(patience: .zero)
  }

  @Test func aQueueThatNobodyUsesGoesAndComesAgain() async throws {
    let stage = try Stage()
    let dispatcher = try await stage.dispatcher()
    try await stage.succeed("a", "https://one.example/a", announce: dispatcher)
    await eventually { await dispatcher.isIdle() && stage.server(Self.one).attempts.count == 1 }
    stage.time.advance(by: QueueTable.idle - .seconds(1))
    try await stage.succeed("c", "https://two.example/c", announce: dispatcher)
    await eventually { stage.server(Self.two).attempts.count == 1 }
    #expect(await dispatcher.statuses().map(\.name).contains(Self.one))

    stage.time.advance(by: QueueTable.pause)
    try await stage.succeed("d", "https://three.example/d", announce: dispatcher)
    await eventually { await !dispatcher.statuses().map(\.name).contains(Self.one) }
    #expect(await dispatcher.statuses().map(\.name).contains(Self.two), "used of late")

    try await stage.succeed("e", "https://one.example/e", announce: dispatcher)
    await eventually { stage.server(Self.one).events.map(\.taskID) == ["a", "e"] }
    #expect(stage.count(Self.one) == 2)
    await eventually { await dispatcher.isIdle() }
    #expect(try await stage.open().isEmpty)
    await dispatcher.stop(patience: .zero)
  }

  @Test func aQueueThatHasSomethingLeftStays() async throws {
    let stage = try Stage { name in name == Self.one ? .retry(reason: "answered 503") : .delivered }
    let rules = DeliveryRules(retry: .schedule([.hours(20)]), concurrency: 1, breaker: nil)
    let dispatcher = try await stage.dispatcher(rules: rules)
    try await stage.succeed("a", "https://one.example/a", announce: dispatcher)
    await eventually { await dispatcher.isIdle() && stage.server(Self.one).attempts.count == 1 }
    stage.time.advance(by: .hours(3))
    try await stage.succeed("c", "https://two.example/c", announce: dispatcher)
    await eventually { await dispatcher.isIdle() && stage.server(Self.two).attempts.count == 1 }
    #expect(await dispatcher.statuses().map(\.name) == ["alert", Self.one, Self.two])
    // It is there when the delivery is due again.
    stage.time.advance(by: .hours(22))
    await eventually { stage.server(Self.one).attempts.count == 2 }
    #expect(stage.count(Self.one) == 1)
    await dispatcher.stop(patience: .zero)
  }

  @Test func manyServersAtOnce() async throws {
    let stage = try Stage()
    let dispatcher = try await stage.dispatcher()
    try await withThrowingTaskGroup(of: Void.self) { group in
      for number in 0..<200 {
        group.addTask {
          try await stage.succeed(
            "t\(number)", "https://s\(number % 50).example/\(number)", announce: dispatcher)
        }
      }
      try await group.waitForAll()
    }
    try await eventually { try await stage.open().isEmpty }
    for number in 0..<50 {
      let name = "callback:https://s\(number).example"
      #expect(stage.server(name).attempts.count == 4 && stage.count(name) == 1)
    }
    await dispatcher.stop(patience: .zero)
  }
}
