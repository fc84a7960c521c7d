import Foundation
import Logging
import Model
import Storage
import Synchronization
import TestSupport
import Testing

@testable import Delivering

/// A hook that hangs and one that fails beside a fast one, with thousands of tasks that change at once.
///
/// Times are printed and not asserted: what they are depends on the machine. To see them:
/// swift test --filter IsolationTests
@Suite struct IsolationTests {
  private static let tasks = 5000
  private static let rules = DeliveryRules(
    retry: .webhook, concurrency: 16, breaker: BreakerRules(after: 5, probe: .hours(1)))
  /// What is under way, and the reserve of 144 for 16 at once, one and a half times.
  private static let mostInHand = Outbox.unsettled + 216

  /// Answers at once, hangs, or fails; counts.
  private final class TimedHook: Hook {
    enum Kind: String, CaseIterable { case fast, hanging, failing }

    private struct State {
      var ids: Set<String> = []
      var times: [Duration] = []
    }

    private let kind: Kind
    private let time: any TimeSource
    private let begin: Moment
    private let state = Mutex(State())

    init(_ kind: Kind, _ time: any TimeSource) {
      self.kind = kind
      self.time = time
      begin = time.now
    }

    var attempts: Int { state.withLock { $0.times.count } }
    var ids: Set<String> { state.withLock { $0.ids } }
    /// From the begin of the run to each attempt.
    var times: [Duration] { state.withLock { $0.times } }

    func perform(_ attempt: Attempt) async throws(CancellationError) -> AttemptReport {
      state.withLock {
        $0.ids.insert(attempt.delivery)
        $0.times.append(time.now - begin)
      }
      switch kind {
      case .fast: return AttemptReport(.delivered, code: 200)
      case .failing: return AttemptReport(.retry(reason: "answered 500"), code: 500)
      case .hanging:
        do { try await time.sleep(until: time.now + .hours(24)) } catch { throw CancellationError() }
        return AttemptReport(.delivered)
      }
    }
  }

  private struct Run {
    var hooks: [TimedHook.Kind: TimedHook]
    var mostInHand: Int
    var delivered: Int

    /// When so many of the fast hook's attempts were made.
    func milliseconds(_ share: Double) -> Int64 {
      let times = hooks[.fast]?.times.sorted() ?? []
      let index = min(times.count - 1, Int(Double(times.count) * share))
      return times.isEmpty ? 0 : times[index].milliseconds
    }
  }

  /// Records a change of each task for three hooks, of which some are at work.
  private static func run(_ kinds: [TimedHook.Kind]) async throws -> Run {
    let folder = FileManager.default.temporaryDirectory.path + "/taskhook-isolation-" + UUID().uuidString
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: false)
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let time = SystemTime()
    let store = try SQLiteStore.open(path: folder + "/state.db", role: .daemon, time: time)
    let ids = (0..<tasks).map { NewTask(ref: TaskRef(source: "s", id: "t\($0)")) }
    let records = try await store.register(ids, mark: nil).map { answer in
      switch answer {
      case .added(let record), .known(let record): record
      }
    }
    try await store.commit(
      records.map { record in
        var record = record
        record.sequence = 1
        let event = Event(
          type: .task(.succeeded), source: "s", taskID: record.ref.id, sequence: 1, timestamp: time.wall,
          task: [UInt8](repeating: 0x20, count: 400))
        return .task(record, [BoundEvent(event, hooks: TimedHook.Kind.allCases.map(\.rawValue))])
      })

    let hooks = Dictionary(uniqueKeysWithValues: kinds.map { ($0, TimedHook($0, time)) })
    let queues = kinds.map { kind in
      HookQueue(
        name: kind.rawValue, hook: hooks[kind]!, rules: rules, state: HookState(), store: store,
        router: FixedRouter([]), executor: SerialThread(), time: time,
        log: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() },
        observer: nil)
    }
    for queue in queues { await queue.start() }
    var mostInHand = 0
    await eventually {
      for queue in queues { mostInHand = max(mostInHand, await queue.inHand) }
      return await queues[0].isIdle
    }
    let delivered = try await store.deliveries(DeliverySelection(states: [.delivered])).count
    for queue in queues { await queue.stop(deadline: time.now) }
    try await store.close()
    return Run(hooks: hooks, mostInHand: mostInHand, delivered: delivered)
  }

  @Test func aFastHookDoesNotNoticeTheOthers() async throws {
    let alone = try await Self.run([.fast])
    let beside = try await Self.run([.fast, .hanging, .failing])
    for run in [alone, beside] {
      #expect(run.hooks[.fast]?.attempts == Self.tasks && run.hooks[.fast]?.ids.count == Self.tasks)
      #expect(run.delivered == Self.tasks)
      #expect(run.mostInHand <= Self.mostInHand)
    }
    #expect(beside.hooks[.hanging]?.attempts == Self.rules.concurrency)
    // Those that ran as the breaker opened, and no more.
    let failures = try #require(beside.hooks[.failing]?.attempts)
    #expect(failures >= 5 && failures <= 5 + Self.rules.concurrency)

    for (name, share) in [("half", 0.5), ("99%", 0.99), ("all", 1)] {
      let (one, other) = (alone.milliseconds(share), beside.milliseconds(share))
      print(
        "\(name) of \(Self.tasks) deliveries after \(one) ms alone, \(other) ms beside a hanging and a failing hook"
      )
    }
  }
}
