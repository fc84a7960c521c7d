import Model
import TestSupport
import Testing

@testable import Watching

@Suite struct SourceGateTests {
  var random = SystemRandomNumberGenerator()
  static let ok = PollReading.observed(Observation(status: "RUNNING", state: .running, task: []))

  static func rules(rate: Rate = Rate(1000, per: .seconds(1)), connections: Int = 4) -> WatchRules {
    var rules = WatchRules()
    rules.rate = rate
    rules.connections = connections
    return rules
  }

  mutating func poll(_ gate: inout SourceGate, _ reading: PollReading, at now: Moment, h2: Bool = false)
    -> SourceGate.News?
  {
    gate.begin(at: now)
    return gate.end(reading, multiplexed: h2, at: now, using: &random)
  }

  @Test mutating func connectionsAreALimitUntilTheyMultiplex() {
    var gate = SourceGate(rules: Self.rules())
    for _ in 0..<4 { gate.begin(at: .start) }
    #expect(gate.admits(at: .start + .seconds(1)) == .full)
    _ = gate.end(Self.ok, multiplexed: true, at: .start, using: &random)
    #expect(gate.admits(at: .start + .seconds(1)) == .go)
  }

  @Test func theBudgetIsNeverExceeded() {
    var gate = SourceGate(rules: Self.rules(rate: Rate(20, per: .seconds(1)), connections: 10_000))
    var started: [Moment] = []
    var now = Moment.start
    while now < .start + .seconds(10) {
      switch gate.admits(at: now) {
      case .go:
        gate.begin(at: now)
        started.append(now)
      case .wait(let until): now = until
      case .full: Issue.record("full")
      }
    }
    #expect(started.count == 200)
    for (index, moment) in started.enumerated() where index >= 20 {
      #expect(moment - started[index - 20] >= .seconds(1))
    }
  }

  @Test(arguments: [
    (Duration.seconds(7), Duration.seconds(7)), (.seconds(100_000), .seconds(3600)), (.seconds(-1), .zero),
  ])
  mutating func tooManyRequestsPauseTheSource(asked: Duration, waited: Duration) {
    var gate = SourceGate(rules: Self.rules())
    #expect(poll(&gate, .throttled(retryAfter: asked), at: .start) == nil)
    if waited > .zero {
      #expect(gate.admits(at: .start + waited - .milliseconds(1)) == .wait(until: .start + waited))
    }
    #expect(gate.admits(at: .start + waited + .milliseconds(1)) == .go)
  }

  @Test mutating func withoutRetryAfterItBacksOff() {
    var gate = SourceGate(rules: Self.rules())
    var now = Moment.start
    for base in [6, 12, 24, 48, 60, 60] {
      #expect(poll(&gate, .throttled(retryAfter: nil), at: now) == nil)
      guard case .wait(let until) = gate.admits(at: now) else {
        Issue.record("not paused")
        return
      }
      #expect(until - now >= .seconds(base) && until - now <= .seconds(Double(base) * 1.2))
      now = until
    }
  }

  @Test mutating func tenFailuresInARowAreDown() {
    var gate = SourceGate(rules: Self.rules())
    var now = Moment.start
    for _ in 0..<9 {
      #expect(poll(&gate, .failed(reason: "x"), at: now) == nil)
      now = now + .seconds(1)
    }
    _ = poll(&gate, Self.ok, at: now)
    for _ in 0..<9 { #expect(poll(&gate, .failed(reason: "x"), at: now) == nil) }
    let news = poll(&gate, .unreadable(reason: "HTML", hint: ""), at: now)
    #expect(news == .down(reason: "10 polls in a row failed, the last: HTML"))
    #expect(gate.admits(at: now + .seconds(59)) == .wait(until: now + .seconds(60)))
    now = now + .seconds(60)
    #expect(gate.admits(at: now) == .go)
    gate.begin(at: now)
    #expect(gate.admits(at: now + .seconds(1)) == .full, "one probe at a time")
    #expect(gate.end(.failed(reason: "x"), multiplexed: false, at: now, using: &random) == nil)
    now = now + .seconds(60)
    #expect(poll(&gate, .notFound, at: now) == .up, "any answered poll")
    #expect(gate.admits(at: now + .milliseconds(1)) == .go)
  }

  @Test mutating func refusedCredentialsAreDownAtOnceAndUpWhenTheyWork() {
    var gate = SourceGate(rules: Self.rules())
    var now = Moment.start
    #expect(poll(&gate, .refused(reason: "401"), at: now) == .down(reason: "401"))
    #expect(poll(&gate, .refused(reason: "401"), at: now) == nil)
    now = now + .seconds(60)
    #expect(poll(&gate, .throttled(retryAfter: .seconds(1)), at: now) == nil, "a 429 proves no key")
    now = now + .seconds(60)
    #expect(poll(&gate, Self.ok, at: now) == .up)
  }

  @Test mutating func anUnreachableSourceThatThrottlesIsUp() {
    var gate = SourceGate(rules: Self.rules())
    for _ in 0..<10 { _ = poll(&gate, .failed(reason: "x"), at: .start) }
    let now = Moment.start + .seconds(60)
    #expect(poll(&gate, .throttled(retryAfter: .seconds(5)), at: now) == .up)
    #expect(gate.admits(at: now + .seconds(4)) == .wait(until: now + .seconds(5)))
  }

  @Test mutating func whatTheStoreKnewIsNotToldAgain() {
    var gate = SourceGate(rules: Self.rules(), down: true)
    #expect(poll(&gate, .failed(reason: "x"), at: .start) == nil)
    #expect(poll(&gate, Self.ok, at: .start + .seconds(60)) == .up)
  }
}

@Suite struct PaceTests {
  @Test(arguments: [
    (0, 6.0), (300, 6), (600, 6), (1000, 14), (3300, 60), (86400, 60),
  ])
  func stillTasksAreAskedLessOften(still: Int, wait: Double) {
    #expect(Pace.wait(still: .seconds(still), rules: WatchRules()) == .seconds(wait))
  }

  @Test(arguments: [(1, 6), (2, 12), (3, 24), (4, 48), (5, 60), (250, 60)])
  func failedPollsBackOff(failures: Int, wait: Int) {
    #expect(Pace.backoff(failures: failures, rules: WatchRules()) == .seconds(wait))
  }

  @Test func aPaceSlowerThanTheSlowestHolds() {
    var rules = WatchRules()
    rules.every = .seconds(120)
    #expect(Pace.wait(still: .seconds(5000), rules: rules) == .seconds(120))
    #expect(Pace.backoff(failures: 9, rules: rules) == .seconds(120))
  }
}
