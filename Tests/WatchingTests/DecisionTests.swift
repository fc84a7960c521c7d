import Model
import TestSupport
import Testing

@testable import Watching

@Suite struct DecisionTests {
  static let rules = WatchRules()

  static func task(
    status: String? = nil, state: TaskState? = nil, progress: Double? = nil, sequence: Int = 0,
    stalled: Bool = false
  ) -> WatchedTask {
    WatchedTask(
      TaskRecord(
        row: 7, ref: TaskRef(source: "runway", id: "t"), labels: ["a": "b"], status: status, state: state,
        progress: progress, sequence: sequence, firstSeen: .start, changedAt: status == nil ? nil : .start,
        stalled: stalled),
      now: .start, wall: .start)
  }

  static func decide(
    _ task: WatchedTask, _ sighting: Sighting, after: Duration = .seconds(6),
    router: FixedRouter = FixedRouter(progress: true)
  ) -> Decision {
    Decision(
      from: task, of: "runway", seeing: sighting,
      at: Instant(
        now: .start + after, wall: Timestamp(milliseconds: Timestamp.start.milliseconds + after.milliseconds)),
      rules: rules, wantsProgress: router.progress, router: router)
  }

  static func seen(_ status: String, _ state: TaskState, _ progress: Double? = nil) -> Sighting {
    .observed(Observation(status: status, state: state, progress: progress, task: Array("{}".utf8)))
  }

  /// Polls that show the same body are settled without a decision where time has nothing follow from it: then a
  /// decision would have said so, too.
  @Test(arguments: [false, true])
  func theSameBodyIsSettledAsADecisionWould(stalled: Bool) {
    let moments: [Duration] = [
      .seconds(6), Self.rules.stalledAfter - .nanoseconds(1), Self.rules.stalledAfter,
      Self.rules.giveUpAfter - .nanoseconds(1), Self.rules.giveUpAfter,
    ]
    for after in moments {
      let task = Self.task(status: "RUNNING", state: .running, sequence: 2, stalled: stalled)
      let isMoved = task.isMoved(byTimeUntil: .start + after, rules: Self.rules)
      let decision = Self.decide(task, .unchanged, after: after)
      #expect(isMoved == decision.isNews, "after \(after)")
    }
  }

  struct Row: Sendable, CustomTestStringConvertible {
    var name: String
    var task: WatchedTask
    var sighting: Sighting
    var after: Duration = .seconds(6)
    var types: [String]
    var ending: TaskRecord.Ending?
    var testDescription: String { name }
  }

  static let table: [Row] = [
    Row(
      name: "first sight is a transition", task: task(), sighting: seen("PENDING", .pending),
      types: ["task.pending"]),
    Row(
      name: "first sight may be the end", task: task(), sighting: seen("SUCCEEDED", .succeeded),
      types: ["task.succeeded"], ending: .terminal),
    Row(
      name: "same status is silent", task: task(status: "RUNNING", state: .running),
      sighting: seen("RUNNING", .running), types: []),
    Row(
      name: "another word for the same state is a transition",
      task: task(status: "queued", state: .pending), sighting: seen("PENDING", .pending),
      types: ["task.pending"]),
    Row(
      name: "the same word read anew", task: task(status: "done", state: .unknown),
      sighting: seen("done", .succeeded), types: ["task.succeeded"], ending: .terminal),
    Row(
      name: "unknown is told and goes on", task: task(status: "RUNNING", state: .running),
      sighting: seen("WEIRD", .unknown), types: ["task.unknown"]),
    Row(
      name: "progress", task: task(status: "RUNNING", state: .running, progress: 0.25),
      sighting: seen("RUNNING", .running, 0.5), types: ["task.progress"]),
    Row(
      name: "the same progress in another body is none",
      task: task(status: "RUNNING", state: .running, progress: 0.7),
      sighting: seen("RUNNING", .running, 0.7), types: []),
    Row(
      name: "the same progress in another body is stillness",
      task: task(status: "RUNNING", state: .running, progress: 0.7),
      sighting: seen("RUNNING", .running, 0.7), after: .seconds(1800), types: ["task.stalled"]),
    Row(
      name: "progress with a transition is one event",
      task: task(status: "PENDING", state: .pending), sighting: seen("RUNNING", .running, 0.5),
      types: ["task.running"]),
    Row(
      name: "not found, still new", task: task(), sighting: .notFound, after: .seconds(59), types: []),
    Row(
      name: "not found for too long", task: task(), sighting: .notFound, after: .seconds(60),
      types: ["task.not_found"], ending: .notFound),
    Row(
      name: "an answer at last", task: task(), sighting: seen("PENDING", .pending), after: .seconds(61),
      types: ["task.pending"]),
    Row(
      name: "one miss once seen", task: task(status: "RUNNING", state: .running), sighting: .notFound,
      after: .seconds(90), types: []),
    Row(
      name: "stalled", task: task(status: "RUNNING", state: .running), sighting: .unchanged,
      after: .seconds(1800), types: ["task.stalled"]),
    Row(
      name: "not stalled yet", task: task(status: "RUNNING", state: .running), sighting: .unchanged,
      after: .seconds(1799), types: []),
    Row(
      name: "stalled is told once", task: task(status: "RUNNING", state: .running, stalled: true),
      sighting: .unchanged, after: .seconds(3600), types: []),
    Row(
      name: "no answer says nothing of stillness", task: task(status: "RUNNING", state: .running),
      sighting: .nothing, after: .seconds(3600), types: []),
    Row(
      name: "too old", task: task(status: "RUNNING", state: .running), sighting: .nothing,
      after: .seconds(86400), types: ["task.timed_out"], ending: .timedOut),
    Row(
      name: "too old, but done", task: task(status: "RUNNING", state: .running),
      sighting: seen("FAILED", .failed), after: .seconds(90000), types: ["task.failed"], ending: .terminal),
    Row(
      name: "too old, seen moving", task: task(status: "PENDING", state: .pending),
      sighting: seen("RUNNING", .running), after: .seconds(90000),
      types: ["task.running", "task.timed_out"], ending: .timedOut),
    Row(
      name: "too old and never seen", task: task(), sighting: .notFound, after: .seconds(90000),
      types: ["task.not_found"], ending: .notFound),
  ]

  @Test(arguments: DecisionTests.table)
  func sightingsHaveTheirConsequences(row: Row) {
    let decision = Self.decide(row.task, row.sighting, after: row.after)
    #expect(decision.events.map(\.event.type.name) == row.types)
    #expect(decision.ending == row.ending)
    #expect(decision.isNews == (!row.types.isEmpty || row.ending != nil))
    #expect(
      decision.events.map(\.event.sequence)
        == row.types.indices.map { Int(row.task.sequence) + $0 + 1 })
    #expect(Int(decision.task.sequence) == Int(row.task.sequence) + row.types.count)
  }

  @Test func aTransitionCarriesWhatWasBefore() throws {
    let decision = Self.decide(
      Self.task(status: "PENDING", state: .pending, sequence: 1), Self.seen("RUNNING", .running, 0.1))
    let event = try #require(decision.events.first?.event)
    #expect(event.previousStatus == "PENDING" && event.status == "RUNNING" && event.sequence == 2)
    #expect(event.labels == ["a": "b"] && event.task == Array("{}".utf8))
    #expect(event.timestamp.milliseconds == Timestamp.start.milliseconds + 6000)
    #expect(decision.task.progress == 0.1)
  }

  @Test func progressThatNobodyWantsIsNotCounted() {
    let task = Self.task(status: "RUNNING", state: .running, progress: 0.25, sequence: 2)
    let decision = Self.decide(task, Self.seen("RUNNING", .running, 0.5), router: FixedRouter())
    #expect(!decision.isNews && decision.task.sequence == 2 && decision.task.progress == 0.5)
    let unrouted = Self.decide(
      task, Self.seen("RUNNING", .running, 0.5), router: FixedRouter([], progress: true))
    #expect(!unrouted.isNews && unrouted.task.sequence == 2)
  }

  @Test func transitionsAreRecordedEvenWhereNoHookAsks() {
    let decision = Self.decide(Self.task(), Self.seen("PENDING", .pending), router: FixedRouter([]))
    #expect(decision.events.count == 1 && decision.events[0].hooks.isEmpty)
  }

  @Test func threeMissesInARowAreALoss() {
    var task = Self.task(status: "RUNNING", state: .running)
    for _ in 0..<2 {
      let decision = Self.decide(task, .notFound)
      #expect(!decision.isNews)
      task = decision.task
    }
    // An answer between begins the count anew.
    let answered = Self.decide(task, .unchanged)
    #expect(answered.task.misses == 0)
    let third = Self.decide(task, .notFound)
    #expect(third.events.map(\.event.type.name) == ["task.lost"] && third.ending == .lost)
    #expect(third.events[0].event.status == "RUNNING")
  }

  @Test func aChangeEndsAStall() {
    let stalled = Self.task(status: "RUNNING", state: .running, stalled: true)
    let moved = Self.decide(stalled, Self.seen("RUNNING", .running, 0.7), after: .seconds(4000))
    #expect(!moved.task.stalled)
    let again = Self.decide(moved.task, .unchanged, after: .seconds(5800))
    #expect(again.events.map(\.event.type.name) == ["task.stalled"])
  }

  @Test func agesSurviveARestartAndAClockJump() {
    let record = TaskRecord(
      row: 1, ref: TaskRef(source: "s", id: "i"), firstSeen: .start, watchedSince: .start)
    // Loaded 50 s later by the wall clock.
    let task = WatchedTask(
      record, now: .start, wall: Timestamp(milliseconds: Timestamp.start.milliseconds + 50_000))
    #expect(Self.decide(task, .notFound, after: .seconds(9)).isNews == false)
    #expect(Self.decide(task, .notFound, after: .seconds(10)).ending == .notFound)
    // A wall clock that stands before the registration does not make a task younger than now.
    let early = WatchedTask(record, now: .start, wall: Timestamp(milliseconds: 0))
    #expect(early.began == .start)
  }
}

@Suite struct WatchedTaskTests {
  /// There may be a million: a field more is a decision.
  @Test func aWatchedTaskTakesLittle() {
    #expect(MemoryLayout<WatchedTask?>.stride <= 136)
  }

  @Test(arguments: [nil, Timestamp(milliseconds: 1_000)])
  func whatFewTasksHaveComesBackWhole(earlier: Timestamp?) {
    for url in [nil, "https://a/b"] {
      for labels in [[:], ["a": "b"]] {
        let record = TaskRecord(
          row: 1, ref: TaskRef(source: "runway", id: "t"), url: url, labels: labels, status: "RUNNING",
          state: .running, sequence: 1, firstSeen: earlier ?? .start, watchedSince: .start, changedAt: .start)
        let task = WatchedTask(record, now: .start, wall: .start)
        #expect(task.record(source: "runway", ending: nil, lastPolled: nil) == record)
        #expect(task.address == TaskAddress(id: "t", url: url))
      }
    }
  }
}
