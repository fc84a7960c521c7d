import Model
import TestSupport
import Testing

@testable import Delivering

@Suite struct HookGateTests {
  static func gate(
    concurrency: Int = 16, rate: Rate? = nil, breaker: BreakerRules? = BreakerRules(),
    state: HookState = HookState()
  ) -> HookGate {
    HookGate(
      rules: DeliveryRules(retry: .webhook, concurrency: concurrency, rate: rate, breaker: breaker),
      state: state)
  }

  /// One attempt that begins and ends at `now`.
  static func attempt(
    _ gate: inout HookGate, _ outcome: Outcome, pause: Duration? = nil, at now: Moment = .start
  ) -> [HookGate.News] {
    let pass = gate.begin(at: now)
    return gate.end(AttemptReport(outcome, pause: pause), pass, at: now)
  }

  @Test func concurrencyIsALimit() {
    var gate = Self.gate(concurrency: 2)
    let first = gate.begin(at: .start)
    #expect(gate.admits(at: .start) == .go)
    _ = gate.begin(at: .start)
    #expect(gate.admits(at: .start) == .blocked)
    gate.abandon(first, at: .start)
    #expect(gate.admits(at: .start) == .go)
  }

  // MARK: The breaker

  private static let down = "5 attempts in a row failed, the last: 500"

  @Test func fiveFailuresOpenTheBreakerAndOneSuccessClosesIt() {
    var gate = Self.gate()
    for _ in 0..<4 { #expect(Self.attempt(&gate, .retry(reason: "502")) == []) }
    #expect(Self.attempt(&gate, .dead(reason: "400")) == [], "not of the kind that counts")
    #expect(
      Self.attempt(&gate, .retry(reason: "500")) == [.breakerOpened, .down(reason: Self.down)])
    #expect(gate.state.down == Self.down)
    var now = Moment.start
    #expect(gate.admits(at: now + .seconds(29)) == .wait(until: now + .seconds(30)))
    now = now + .seconds(30)
    #expect(gate.admits(at: now) == .go)
    let probe = gate.begin(at: now)
    #expect(gate.admits(at: now + .seconds(100)) == .blocked, "one probe at a time")
    #expect(gate.end(AttemptReport(.retry(reason: "500")), probe, at: now) == [])
    now = now + .seconds(30)
    #expect(gate.admits(at: now) == .go)
    #expect(
      Self.attempt(&gate, .delivered, at: now)
        == [.breakerClosed, .up(reason: "delivers again; it was down: \(Self.down)")])
    #expect(gate.admits(at: now) == .go && gate.state == HookState())
  }

  @Test func aDeliveryBetweenBeginsTheCountAnew() {
    var gate = Self.gate()
    for round in 0..<3 {
      for _ in 0..<4 { #expect(Self.attempt(&gate, .retry(reason: "500")) == [], "\(round)") }
      #expect(Self.attempt(&gate, .delivered) == [])
    }
  }

  @Test func aProbeThatDiesOrIsBrokenOffIsFollowedByAnother() {
    var gate = Self.gate()
    for _ in 0..<5 { _ = Self.attempt(&gate, .retry(reason: "500")) }
    var now = Moment.start + .seconds(30)
    #expect(Self.attempt(&gate, .dead(reason: "400"), at: now) == [])
    #expect(gate.admits(at: now) == .wait(until: now + .seconds(30)))
    now = now + .seconds(30)
    let probe = gate.begin(at: now)
    gate.abandon(probe, at: now + .seconds(1))
    #expect(gate.admits(at: now + .seconds(1)) == .wait(until: now + .seconds(31)))
  }

  @Test func oneFailureMayBeEnough() {
    var gate = Self.gate(breaker: BreakerRules(after: 1, probe: .seconds(9)))
    #expect(
      Self.attempt(&gate, .retry(reason: "500"))
        == [.breakerOpened, .down(reason: "an attempt failed: 500")])
    #expect(gate.admits(at: .start) == .wait(until: .start + .seconds(9)))
  }

  @Test func offMeansOff() {
    var gate = Self.gate(breaker: nil)
    for _ in 0..<100 { #expect(Self.attempt(&gate, .retry(reason: "500")) == []) }
    #expect(gate.admits(at: .start) == .go && gate.state.down == nil)
  }

  // MARK: Down and up

  @Test func oneTroubleIsToldOnceOverResumesAndRestarts() {
    var gate = Self.gate()
    #expect(Self.attempt(&gate, .gone(reason: "410")).count == 2)
    gate.resume()
    for round in 0..<5 {
      let news = Self.attempt(&gate, .retry(reason: "500"))
      #expect(news == (round == 4 ? [.breakerOpened] : []), "down already")
    }
    gate = Self.gate(state: gate.state)
    for round in 0..<5 {
      #expect(Self.attempt(&gate, .retry(reason: "500")) == (round == 4 ? [.breakerOpened] : []))
    }
    gate = Self.gate(state: gate.state)
    // From a pause it does not come back by itself: that is told, whatever was told before.
    #expect(Self.attempt(&gate, .gone(reason: "410")).count == 2)
    gate = Self.gate(state: gate.state)
    gate.resume()
    #expect(
      Self.attempt(&gate, .delivered)
        == [.up(reason: "delivers again; it was down: 410; it is paused until it is resumed")])
    #expect(Self.attempt(&gate, .delivered) == [])
    #expect(Self.attempt(&gate, .gone(reason: "410")).count == 2, "another trouble")
  }

  @Test func whatWasUnderWayAsItWasPausedDoesNotBringItUp() {
    var gate = Self.gate()
    let straggler = gate.begin(at: .start)
    _ = Self.attempt(&gate, .gone(reason: "410"))
    #expect(gate.end(AttemptReport(.delivered), straggler, at: .start) == [])
    #expect(gate.state.down != nil && gate.state.paused != nil)
    let second = gate.begin(at: .start)
    #expect(gate.end(AttemptReport(.gone(reason: "410 again")), second, at: .start) == [])
    #expect(gate.state.paused == "410")
  }

  @Test func withTheBreakerOffA410StillTells() {
    var gate = Self.gate(breaker: nil)
    #expect(
      Self.attempt(&gate, .gone(reason: "410"))
        == [.paused(reason: "410"), .down(reason: "410; it is paused until it is resumed")])
    gate.resume()
    #expect(Self.attempt(&gate, .delivered).count == 1)
  }

  @Test func goneIsAPauseUntilResumed() {
    var gate = Self.gate()
    _ = Self.attempt(&gate, .gone(reason: "410"))
    #expect(gate.admits(at: .start + .hours(100)) == .blocked)
    gate.resume()
    #expect(gate.admits(at: .start) == .go)
    #expect(Self.gate(state: HookState(paused: "410")).admits(at: .start) == .blocked, "over restarts too")
  }

  // MARK: Floors

  /// Attempts that ask for waits, at seconds from the start, and until when the hook then waits.
  struct Floor: Sendable, CustomTestStringConvertible {
    var asked: [(at: Int, wait: Duration?, pause: Duration?)]
    var until: Duration
    var kept: Duration?

    var testDescription: String { "\(asked)" }
  }

  private static let floors: [Floor] = [
    Floor(asked: [(0, nil, nil)], until: .zero),
    Floor(asked: [(0, .zero, .zero)], until: .zero),
    Floor(asked: [(0, .seconds(-5), .seconds(-5))], until: .zero),
    Floor(asked: [(0, .seconds(90), nil)], until: .seconds(90), kept: .seconds(90)),
    Floor(asked: [(0, .milliseconds(10), nil)], until: .milliseconds(10), kept: .milliseconds(10)),
    // A shorter one that comes later does not lift a longer one; a longer one does.
    Floor(asked: [(0, .seconds(90), nil), (1, .seconds(10), nil)], until: .seconds(90), kept: .seconds(90)),
    Floor(asked: [(0, .seconds(10), nil), (1, .seconds(10), nil)], until: .seconds(11), kept: .seconds(11)),
    Floor(asked: [(0, .seconds(10), nil), (20, .seconds(5), nil)], until: .seconds(25), kept: .seconds(25)),
    Floor(asked: [(0, .seconds(1_000_000), nil)], until: .hours(24), kept: .hours(24)),
    // Pauses hold as well. Short ones are not kept.
    Floor(asked: [(0, nil, .seconds(30))], until: .seconds(30)),
    Floor(asked: [(0, nil, .seconds(60))], until: .seconds(60)),
    Floor(asked: [(0, nil, .seconds(61))], until: .seconds(61), kept: .seconds(61)),
    Floor(asked: [(0, nil, .seconds(1_000_000))], until: .hours(24), kept: .hours(24)),
    Floor(asked: [(0, nil, .seconds(30)), (1, nil, .seconds(2))], until: .seconds(30)),
    Floor(asked: [(0, .seconds(40), .seconds(50))], until: .seconds(50), kept: .seconds(40)),
    Floor(asked: [(0, .seconds(50), .seconds(40))], until: .seconds(50), kept: .seconds(50)),
    Floor(asked: [(0, .seconds(50), nil), (1, nil, .seconds(9))], until: .seconds(50), kept: .seconds(50)),
  ]

  @Test(arguments: floors)
  func theLongestWaitAskedForHoldsTheWholeHook(floor: Floor) {
    var gate = Self.gate(breaker: nil)
    for asked in floor.asked {
      let outcome: Outcome = asked.wait.map { .retry(reason: "429", after: $0) } ?? .retry(reason: "500")
      _ = Self.attempt(&gate, outcome, pause: asked.pause, at: .start + .seconds(asked.at))
    }
    let until = Moment.start + floor.until
    #expect(gate.state.notBefore == floor.kept.map { .start + $0 })
    #expect(gate.admits(at: until) == .go)
    if floor.until > .zero {
      #expect(gate.admits(at: until - .nanoseconds(1)) == .wait(until: until))
    }
    // Over a restart what is kept holds.
    let again = Self.gate(breaker: nil, state: gate.state)
    let last = Moment.start + .seconds(floor.asked.last!.at)
    let kept = floor.kept.map { Moment.start + $0 }
    #expect(again.admits(at: last) == (kept.map { .wait(until: $0) } ?? .go))
    gate.resume()
    #expect(gate.admits(at: .start) == .go && gate.state == HookState())
  }

  @Test(arguments: [Outcome.delivered, .retry(reason: "500"), .dead(reason: "400")])
  func aPauseHoldsWhateverTheOutcome(outcome: Outcome) {
    var gate = Self.gate()
    _ = Self.attempt(&gate, outcome, pause: .seconds(5))
    #expect(gate.admits(at: .start + .seconds(4)) == .wait(until: .start + .seconds(5)))
    #expect(gate.admits(at: .start + .seconds(5)) == .go)
  }

  @Test func theRateSpacesAttempts() {
    var gate = Self.gate(rate: Rate(1, per: .seconds(1)))
    _ = gate.begin(at: .start)
    #expect(gate.admits(at: .start) == .wait(until: .start + .seconds(1)))
    #expect(gate.admits(at: .start + .seconds(1)) == .go)
  }

  // MARK: Other rules

  private static func rules(
    concurrency: Int = 16, rate: Rate? = nil, breaker: BreakerRules? = BreakerRules()
  ) -> DeliveryRules {
    DeliveryRules(retry: .webhook, concurrency: concurrency, rate: rate, breaker: breaker)
  }

  @Test func otherRulesLeaveWhatRunsAndWhatWasPromised() {
    var gate = Self.gate(concurrency: 4)
    _ = Self.attempt(&gate, .retry(reason: "429", after: .seconds(100)))
    let pass = gate.begin(at: .start)
    _ = gate.begin(at: .start)
    gate.adopt(Self.rules(concurrency: 1), at: .start)
    #expect(gate.running == 2 && gate.admits(at: .start + .seconds(200)) == .blocked)
    gate.abandon(pass, at: .start)
    gate.adopt(Self.rules(concurrency: 2), at: .start)
    #expect(gate.admits(at: .start) == .wait(until: .start + .seconds(100)))
    #expect(gate.state.notBefore == .start + .seconds(100))
  }

  @Test func aPausedHookStaysPaused() {
    var gate = Self.gate()
    _ = Self.attempt(&gate, .gone(reason: "410"))
    gate.adopt(Self.rules(breaker: nil), at: .start)
    #expect(gate.state.paused == "410" && gate.admits(at: .start) == .blocked)
  }

  @Test func anotherRateLetsNoneThroughAtOnce() {
    let slow = Rate(1, per: .seconds(10))
    let fast = Rate(1, per: .seconds(2))
    var gate = Self.gate(rate: slow)
    _ = gate.begin(at: .start)
    gate.adopt(Self.rules(rate: slow), at: .start + .seconds(1))
    #expect(gate.admits(at: .start + .seconds(1)) == .wait(until: .start + .seconds(10)), "the same one")
    gate.adopt(Self.rules(rate: fast), at: .start + .seconds(1))
    #expect(gate.admits(at: .start + .seconds(1)) == .wait(until: .start + .seconds(3)))
    gate.adopt(Self.rules(rate: nil), at: .start + .seconds(1))
    #expect(gate.admits(at: .start + .seconds(1)) == .go)
    gate.adopt(Self.rules(rate: slow), at: .start + .seconds(60))
    #expect(gate.admits(at: .start + .seconds(60)) == .go)
  }

  @Test func theBreakerStandsAsItIsUnlessItIsTakenOut() {
    var gate = Self.gate(breaker: BreakerRules(after: 1))
    #expect(gate.breakerStatus == .closed)
    _ = Self.attempt(&gate, .retry(reason: "500"))
    #expect(gate.breakerStatus == .open(nextProbe: .start + .seconds(30)))
    gate.adopt(Self.rules(breaker: BreakerRules(after: 9)), at: .start)
    #expect(gate.breakerStatus == .open(nextProbe: .start + .seconds(30)))
    let probe = gate.begin(at: .start + .seconds(30))
    #expect(gate.breakerStatus == .open(nextProbe: nil))

    gate.adopt(Self.rules(breaker: nil), at: .start + .seconds(30))
    #expect(gate.breakerStatus == .off && gate.admits(at: .start + .seconds(30)) == .go)
    #expect(gate.state.down != nil, "that is for a delivery to show")
    gate.adopt(Self.rules(breaker: BreakerRules(after: 1)), at: .start + .seconds(30))
    #expect(gate.breakerStatus == .closed)
    // The probe of the old breaker says nothing to the new one.
    #expect(gate.end(AttemptReport(.retry(reason: "500")), probe, at: .start + .seconds(31)) == [])
    #expect(gate.breakerStatus == .closed)
    #expect(Self.attempt(&gate, .delivered).count == 1 && gate.state.down == nil)
  }
}
