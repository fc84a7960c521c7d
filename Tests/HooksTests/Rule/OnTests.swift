import Model
import TestSupport
import Testing

@testable import Hooks

@Suite struct OnTests {
  static let succeeded = sampleEvent()
  static let running = sampleEvent(
    .task(.running), status: "RUNNING", state: .running, previous: nil, previousState: nil)
  static let failedKling = sampleEvent(
    .task(.failed), status: "failed", state: .failed, previous: "processing", source: "kling")
  static let succeedKling = sampleEvent(
    .task(.succeeded), status: "succeed", state: .succeeded, previous: "submitted", previousState: .pending)
  static let throttled = sampleEvent(.task(.throttled), status: "THROTTLED", state: .throttled)
  static let unknown = sampleEvent(.task(.unknown), status: "MODERATING", state: .unknown)
  static let progress = sampleEvent(
    .progress, status: "RUNNING", state: .running, progress: 0.5, previousProgress: 0.4)
  static let lost = sampleEvent(.lost, status: "RUNNING", state: .running)
  static let stalled = sampleEvent(.stalled, status: "SUCCEEDED", state: .succeeded)
  static let down = sampleEvent(.sourceDown, status: nil, state: nil, id: nil, task: nil, reason: "401")

  static let events: [(name: String, event: Event)] = [
    ("succeeded", succeeded), ("running", running), ("failedKling", failedKling),
    ("succeedKling", succeedKling), ("throttled", throttled), ("unknown", unknown), ("progress", progress),
    ("lost", lost), ("stalled", stalled), ("down", down),
  ]

  @Test(
    arguments: [
      ("SUCCEEDED", "succeeded succeedKling"), ("succeeded", "succeeded succeedKling"),
      ("Succeed", "succeedKling"), ("[FAILED, RUNNING]", "running failedKling"), ("unknown", "unknown"),
      ("throttled", "throttled"), ("expired", ""), ("done", "succeeded failedKling succeedKling"),
      ("DONE", "succeeded failedKling succeedKling"),
      ("change", "succeeded running failedKling succeedKling throttled unknown"),
      ("{from: RUNNING}", "succeeded failedKling throttled unknown"),
      ("{from: submitted, to: succeeded}", "succeedKling"), ("{from: pending}", "succeedKling"),
      ("{to: failed}", "failedKling"), ("{from: PENDING, to: running}", ""), ("{progress: 25%}", "progress"),
      ("{progress: 20%}", ""), ("{progress: 10%}", "progress"), ("progress", "progress"),
      ("task.progress", "progress"), ("[lost, task.stalled]", "lost stalled"), ("LOST", "lost"),
      ("source.down", "down"), ("task.succeeded", "succeeded succeedKling"), ("[timed_out, not_found]", ""),
      ("source.up", ""),
      ("[done, source.down, {progress: 50%}]", "succeeded failedKling succeedKling progress down"),
    ])
  func fits(on: String, expected: String) throws {
    let reading = HookReading.rule("on: \(on)")
    #expect(reading.errors == [])
    let rule = try #require(reading.rule)
    let fitting = Self.events.filter { rule.fits($0.event) }.map(\.name)
    #expect(Set(fitting) == Set(expected.split(separator: " ").map(String.init)))
  }

  @Test(
    arguments: [
      (0.25, nil, 0.24, false), (0.25, nil, 0.25, true), (0.25, 0.0, 0.25, true), (0.25, 0.25, 0.49, false),
      (0.25, 0.49, 0.5, true), (0.25, 0.1, 0.9, true), (0.25, 0.9, 1.0, true), (0.25, 1.0, 1.0, false),
      (0.25, 0.5, 0.3, false), (0.25, 0.6, 0.2, false), (0.1, 0.29, 0.3, true), (0.1, 0.3, 0.31, false),
      (0.1, 0.6, 0.7, true), (1.0, 0.99, 1.0, true), (0.5, 0.5, nil, false), (0.01, 0.28, 0.29, true),
      (0.01, 0.29, 0.29, false), (0.25, -1, 0.1, false),
    ] as [(Double, Double?, Double?, Bool)])
  func progressPassesMultiples(step: Double, previous: Double?, current: Double?, passes: Bool) {
    #expect(EventMatcher.passes(step, from: previous, to: current) == passes)
  }

  static let expectedStatus =
    "a status (CANCELLED, FAILED, PENDING, RUNNING, SUCCEEDED, THROTTLED, submitted, succeed) or a state "
    + "(pending, throttled, running, succeeded, failed, cancelled, expired, unknown)"
  static let expectedWord =
    expectedStatus
    + ", done, change, {from: X, to: Y}, {progress: 25%} or progress, not_found, lost, stalled, "
    + "timed_out, saved, save_failed, source.down, source.up"

  @Test(
    arguments: [
      (
        "on: SUCEEDED",
        "1:5: on: \"SUCEEDED\" is no status of a source, no state and no event type; did you mean "
          + "\"SUCCEEDED\"? Expected: \(expectedWord)"
      ),
      (
        "on: [FAILED, task.suceeded]",
        "1:14: on[1]: \"task.suceeded\" is no status of a source, no state and no event type; did you mean "
          + "\"task.succeeded\"? Expected: "
      ),
      ("on: savd", "1:5: on: \"savd\" is no status of a source"),
      ("on: [save_fail]", "1:6: on[0]: \"save_fail\" is no status of a source"),
      ("on: hook.dwn", "1:5: on: \"hook.dwn\" is no status of a source"),
      ("on: task.save", "1:5: on: \"task.save\" is no status of a source"),
      ("on: task.retried", "1:5: on: \"task.retried\" is no status of a source"),
      ("on: ''", "1:5: on: \"\" is no status of a source"),
      ("on: []", "1:5: on: the list is empty. Expected: a status or state, done"),
      ("on: [[FAILED]]", "1:6: on[0]: a list stands here. Expected: a status or state, done"),
      ("on: {}", "1:5: on: neither from nor to nor progress stands here. Expected: {from: X, to: Y}"),
      ("on: {from: }", "1:5: on: neither from nor to nor progress stands here"),
      (
        "on: {form: RUNNING}", "1:6: on.form: unknown key; did you mean \"from\"? Allowed: from, to, progress"
      ),
      (
        "on: {from: RUNING}",
        "1:12: on.from: \"RUNING\" is no status of a source and no state; did you mean \"RUNNING\"? Expected: "
          + expectedStatus
      ),
      ("on: {from: [RUNNING]}", "1:12: on.from: a list stands here. Expected: a status or state"),
      ("on: {to: done}", "1:10: on.to: \"done\" is no status of a source and no state"),
      ("on: {progress: 0%}", "1:16: on.progress: \"0%\" is not above zero"),
      ("on: {progress: 25}", "1:16: on.progress: \"25\" has no unit; did you mean \"25%\"?"),
      ("on: {progress: 101%}", "1:16: on.progress: \"101%\" is more than 100%"),
      (
        "on: {progress: 25%, to: FAILED}",
        "1:5: on: progress cannot stand beside from and to. Expected: two entries of a list"
      ),
    ])
  func mistakes(yaml: String, error: String) {
    let reading = HookReading.rule(yaml)
    #expect(reading.errors.count == 1)
    #expect(reading.errors.first?.hasPrefix(error) == true, "\(reading.errors)")
    #expect(reading.rule == nil)
  }

  @Test func everyMistakeIsToldAtOnce() {
    let reading = HookReading.rule("on: [FALED, {from: RUNING, to: FAILD}]\nwhere: {sorce: runway, task: x}")
    #expect(reading.errors.count == 5)
  }

  @Test func aWordThatIsSubstitutedIsNotShown() {
    let reading = HookReading("on: ${WORD}\nrun: [/bin/true]", environment: ["WORD": "SUCCEDED"])
    #expect(reading.errors.count == 1)
    #expect(
      !reading.errors.description.contains("SUCCEDED") && !reading.errors.description.contains("did you"))
  }

  @Test func aStatusNamedAsAnEventMeansBoth() throws {
    let knowledge = RuleKnowledge(sources: ["a"], vocabulary: ["LOST"])
    let rule = try #require(HookReading("on: lost\nrun: [/bin/true]", knowledge: knowledge).rule)
    #expect(rule.fits(Self.lost))
    #expect(rule.fits(sampleEvent(.task(.unknown), status: "LOST", state: .unknown)))
  }
}
