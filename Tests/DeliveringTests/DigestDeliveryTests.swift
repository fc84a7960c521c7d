import Logging
import Model
import Storage
import Synchronization
import TestSupport
import Testing

@testable import Delivering

/// Digests through a queue and a store.
@Suite struct DigestDeliveryTests {
  private static let log = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }

  private static func rules(
    _ digest: DigestRules, retry: RetryPolicy = .schedule([.seconds(1), .seconds(1), .seconds(1)])
  ) -> DeliveryRules {
    DeliveryRules(
      retry: retry, concurrency: 4, rate: Rate(10, per: .seconds(1)), breaker: nil, digest: digest)
  }

  /// Sees what becomes of each delivery, in order.
  private final class Witness: DeliveryObserver {
    private let state = Mutex<[(delivery: ClaimedDelivery, result: Settlement.Result)]>([])

    var seen: [(delivery: ClaimedDelivery, result: Settlement.Result)] { state.withLock { $0 } }

    func attempted(_ delivery: ClaimedDelivery, hook: String, settlement: Settlement) {
      state.withLock { $0.append((delivery, settlement.result)) }
    }
  }

  /// Tasks with one event each, recorded at once; answers the records.
  private static func fill(_ store: SQLiteStore, _ count: Int, at time: ManualTime) async throws
    -> [TaskRecord]
  {
    let tasks = (0..<count).map { NewTask(ref: TaskRef(source: "s", id: "t\($0)")) }
    let records = try await store.register(tasks, mark: nil).map { answer in
      switch answer {
      case .added(let record), .known(let record): record
      }
    }
    return try await change(records, store, at: time)
  }

  private static func change(
    _ records: [TaskRecord], _ store: SQLiteStore, at time: ManualTime
  ) async throws -> [TaskRecord] {
    let after = records.map { record in
      var record = record
      record.sequence += 1
      return record
    }
    try await store.commit(
      after.map { record in
        let event = Event(
          type: .task(.failed), source: "s", taskID: record.ref.id, sequence: record.sequence,
          timestamp: time.wall, task: Array("{\"id\":\"\(record.ref.id)\"}".utf8))
        return .task(record, [BoundEvent(event, hooks: ["chat"])])
      })
    return after
  }

  private static func queue(
    _ hook: ScriptedHook, _ store: any Store, _ time: ManualTime, _ rules: DeliveryRules,
    observer: (any DeliveryObserver)? = nil
  ) -> HookQueue {
    HookQueue(
      name: "chat", hook: hook, rules: rules, state: HookState(), store: store, router: FixedRouter([]),
      executor: SerialThread(), time: time, log: log, observer: observer)
  }

  private static func turn(_ time: ManualTime, until condition: () async throws -> Bool) async throws {
    for _ in 0..<20_000 {
      if try await condition() { return }
      time.advance(by: .milliseconds(100))
      try await Task.sleep(for: .milliseconds(1))
    }
    Issue.record("it did not come about")
  }

  @Test func tenThousandFailuresAreOneMessage() async throws {
    let time = ManualTime()
    let store = try SQLiteStore.inMemory(time: time)
    let records = try await Self.fill(store, 10_000, at: time)
    let hook = ScriptedHook(time: time) { _ in .delivered }
    let queue = Self.queue(hook, store, time, Self.rules(DigestRules()))
    await queue.start()
    try await Self.turn(time) { await queue.isIdle }
    #expect(hook.attempts.count == 1)
    guard case .digest(let digest)? = hook.attempts.first?.message else {
      Issue.record("it is no digest")
      return
    }
    #expect(digest.counts == [Digest.Count(.task(.failed), 10_000)])
    #expect(digest.first.map(\.taskID) == (0..<5).map { "t\($0)" })
    #expect(digest.first.allSatisfy { $0.task != nil })
    // Each of them has its own outcome.
    let rows = try await store.deliveries(DeliverySelection())
    #expect(rows.count == 10_000 && rows.allSatisfy { $0.state == .delivered && $0.attempts == 1 })
    let entry = try await store.history(of: records[9_999].ref)[0].deliveries[0]
    #expect(entry.attempts.map(\.detail) == ["in the digest \(hook.attempts[0].id) of 10000 deliveries"])
  }

  /// Random outcomes: each delivery ends once, in the order of its task, and digests keep their distance.
  @Test(arguments: [1, 2, 3] as [UInt64])
  func orderIsKeptThroughDigests(seed: UInt64) async throws {
    let time = ManualTime()
    let store = try SQLiteStore.inMemory(time: time)
    let random = Mutex(SeededRandom(seed: seed))
    let hook = ScriptedHook(time: time) { _ in
      random.withLock { Int.random(in: 0..<3, using: &$0) } == 0 ? .retry(reason: "503") : .delivered
    }
    let witness = Witness()
    let every = Duration.seconds(5)
    let queue = Self.queue(
      hook, store, time,
      Self.rules(
        DigestRules(after: 3, every: every), retry: .schedule(Array(repeating: .seconds(1), count: 50))),
      observer: witness)
    await queue.start()
    let begin = time.now
    var records = try await Self.fill(store, 60, at: time)
    await queue.notify()
    for count in [60, 2, 40, 3, 1, 20, 2, 10, 1] {
      for _ in 0..<20 {
        time.advance(by: .milliseconds(100))
        try await Task.sleep(for: .milliseconds(1))
      }
      records.replaceSubrange(
        ..<count, with: try await Self.change(Array(records.prefix(count)), store, at: time))
      await queue.notify()
    }
    let count = try await store.deliveries(DeliverySelection()).count
    try await Self.turn(time) {
      try await store.deliveries(DeliverySelection(states: [.delivered])).count == count
    }
    try await Self.turn(time) { await queue.isIdle }
    await queue.stop(deadline: time.now)

    let delivered = witness.seen.filter { $0.result == .delivered }.map(\.delivery)
    #expect(delivered.count == count && Set(delivered.map(\.row)).count == count)
    for (_, ofTask) in Dictionary(grouping: delivered, by: \.event.taskID) {
      #expect(ofTask.map(\.event.sequence) == Array(1...ofTask.count))
    }
    let digests = hook.attempts.count { if case .digest = $0.message { true } else { false } }
    #expect(digests > 0 && digests < hook.attempts.count, "both ways were taken")
    #expect(digests <= Int((time.now - begin).seconds / every.seconds) + 1)
  }

  @Test func aDigestThatIsBrokenOffIsMadeAgain() async throws {
    let time = ManualTime()
    let store = try SQLiteStore.inMemory(time: time)
    _ = try await Self.fill(store, 50, at: time)
    let hanging = ScriptedHook(time: time, holds: true) { _ in .delivered }
    let first = Self.queue(hanging, store, time, Self.rules(DigestRules()))
    await first.start()
    await eventually { hanging.running == 1 }
    await first.stop(deadline: time.now)
    #expect(try await store.deliveries(DeliverySelection()).allSatisfy { $0.attempts == 0 })

    let hook = ScriptedHook(time: time) { _ in .delivered }
    let second = Self.queue(hook, store, time, Self.rules(DigestRules()))
    await second.start()
    await eventually { await second.isIdle }
    #expect(hook.attempts.map(\.id) == hanging.attempts.map(\.id))
    #expect(hook.attempts.map(\.number) == [1])
  }

  /// What was not written as the process ended is part of the next digest.
  @Test func aCrashBetweenPagesLeavesTheRest() async throws {
    let time = ManualTime()
    let store = ScriptedStore()
    for row in 1...700 { store.offer(OutboxTests.delivery(Int64(row)), due: .start) }
    store.failSettlements(.max, after: 1)
    let hook = ScriptedHook(time: time) { _ in .delivered }
    let first = Self.queue(hook, store, time, Self.rules(DigestRules()))
    await first.start()
    await eventually { store.settled.count == 500 && time.sleepers > 0 }
    // The process dies here: nothing more of it is written.
    store.failSettlements(0)
    let second = Self.queue(hook, store, time, Self.rules(DigestRules()))
    await second.start()
    await eventually { await second.isIdle }
    guard case .digest(let digest)? = hook.attempts.last?.message else {
      Issue.record("it is no digest")
      return
    }
    #expect(hook.attempts.count == 2 && digest.count == 200)
    #expect(store.settled.map(\.row).sorted() == Array(1...700))
    await first.stop(deadline: time.now)
  }

  @Test func aDigestThatDiesTellsOfEachDelivery() async throws {
    let time = ManualTime()
    let store = try SQLiteStore.inMemory(time: time)
    _ = try await Self.fill(store, 30, at: time)
    let chat = ScriptedHook(time: time) { _ in .dead(reason: "answered 400") }
    let log = ScriptedHook(time: time) { _ in .delivered }
    let rules = Self.rules(DigestRules())
    let dispatcher = Dispatcher(
      [
        Dispatcher.Entry(name: "chat", hook: chat, rules: rules),
        Dispatcher.Entry(name: "log", hook: log, rules: rules),
      ],
      states: [:], store: store, router: FixedRouter(["log"], types: [.deliveryDead]),
      executor: SerialThread(), time: time,
      log: Self.log)
    await dispatcher.start()
    try await Self.turn(time) {
      try await store.deliveries(DeliverySelection(hook: "log", states: [.delivered])).count == 30
    }
    // Which are folded in their turn.
    #expect(chat.attempts.count == 1 && log.attempts.count == 1)
    let told = try await store.deliveries(DeliverySelection(hook: "log"))
    #expect(told.map(\.sequence) == Array(1...30) && told.allSatisfy { $0.aboutHook == "chat" })
    await dispatcher.stop(patience: .zero)
  }
}
