import Model
import TestSupport
import Testing

@testable import Delivering

@Suite struct HookGateTests {
  static func rules(
    concurrency: Int = 16, rate: Rate? = nil, breaker: BreakerRules? = BreakerRules()
  ) -> DeliveryRules {
    DeliveryRules(retry: .webhook, concurrency: concurrency, rate: rate, breaker: breaker)
  }

  static func attempt(_ gate: inout HookGate, _ outcome: Outcome, at now: Moment) -> HookGate.News? {
    gate.begin(at: now)
    return gate.end(outcome, at: now)
  }

  @Test func concurrencyIsALimit() {
    var gate = HookGate(rules: Self.rules(concurrency: 2), state: HookState())
    gate.begin(at: .start)
    #expect(gate.admits(at: .start) == .go)
    gate.begin(at: .start)
    #expect(gate.admits(at: .start) == .blocked)
    gate.abandon(at: .start)
    #expect(gate.admits(at: .start) == .go)
  }

  @Test func fiveFailuresOpenTheBreakerAndOneSuccessClosesIt() {
    var gate = HookGate(rules: Self.rules(), state: HookState())
    for _ in 0..<4 { #expect(Self.attempt(&gate, .retry(reason: "500"), at: .start) == nil) }
    #expect(Self.attempt(&gate, .dead(reason: "400"), at: .start) == nil, "not of the kind that counts")
    #expect(Self.attempt(&gate, .retry(reason: "500"), at: .start) == .breakerOpened)
    var now = Moment.start
    #expect(gate.admits(at: now + .seconds(29)) == .wait(until: now + .seconds(30)))
    now = now + .seconds(30)
    #expect(gate.admits(at: now) == .go)
    gate.begin(at: now)
    #expect(gate.admits(at: now + .seconds(100)) == .blocked, "one probe at a time")
    #expect(gate.end(.retry(reason: "500"), at: now) == nil)
    now = now + .seconds(30)
    #expect(gate.admits(at: now) == .go)
    #expect(Self.attempt(&gate, .delivered, at: now) == .breakerClosed)
    #expect(gate.admits(at: now) == .go)
  }

  @Test func aDeliveryBetweenBeginsTheCountAnew() {
    var gate = HookGate(rules: Self.rules(), state: HookState())
    for round in 0..<3 {
      for _ in 0..<4 { #expect(Self.attempt(&gate, .retry(reason: "500"), at: .start) == nil, "\(round)") }
      #expect(Self.attempt(&gate, .delivered, at: .start) == nil)
    }
  }

  @Test func attemptsThatRanWhileItOpenedDoNotPutTheProbeOff() {
    var gate = HookGate(rules: Self.rules(), state: HookState())
    for _ in 0..<6 { gate.begin(at: .start) }
    for _ in 0..<5 { _ = gate.end(.retry(reason: "500"), at: .start) }
    #expect(gate.end(.retry(reason: "500"), at: .start + .seconds(20)) == nil)
    #expect(gate.admits(at: .start + .seconds(30)) == .go)
  }

  @Test func aProbeThatDiesIsFollowedByAnother() {
    var gate = HookGate(rules: Self.rules(), state: HookState())
    for _ in 0..<5 { _ = Self.attempt(&gate, .retry(reason: "500"), at: .start) }
    let now = Moment.start + .seconds(30)
    #expect(Self.attempt(&gate, .dead(reason: "400"), at: now) == nil)
    #expect(gate.admits(at: now) == .wait(until: now + .seconds(30)))
  }

  @Test func offMeansOff() {
    var gate = HookGate(rules: Self.rules(breaker: nil), state: HookState())
    for _ in 0..<100 { #expect(Self.attempt(&gate, .retry(reason: "500"), at: .start) == nil) }
    #expect(gate.admits(at: .start) == .go)
  }

  @Test func retryAfterHoldsTheWholeHookAtMostADay() {
    var gate = HookGate(rules: Self.rules(), state: HookState())
    _ = Self.attempt(&gate, .retry(reason: "429", after: .seconds(90)), at: .start)
    #expect(gate.admits(at: .start + .seconds(89)) == .wait(until: .start + .seconds(90)))
    _ = Self.attempt(&gate, .retry(reason: "429", after: .seconds(10)), at: .start)
    #expect(gate.state.notBefore == .start + .seconds(90), "a shorter one does not lift a longer one")
    _ = Self.attempt(&gate, .retry(reason: "503", after: .seconds(1_000_000)), at: .start)
    #expect(gate.state.notBefore == .start + .hours(24))
  }

  @Test func goneIsAPauseUntilResumed() {
    var gate = HookGate(rules: Self.rules(), state: HookState())
    #expect(Self.attempt(&gate, .gone(reason: "410"), at: .start) == .paused(reason: "410"))
    #expect(gate.admits(at: .start + .hours(100)) == .blocked)
    gate.resume()
    #expect(gate.admits(at: .start) == .go)
    let kept = HookGate(rules: Self.rules(), state: HookState(paused: "410"))
    #expect(kept.admits(at: .start) == .blocked, "over restarts too")
  }

  @Test func theRateSpacesAttempts() {
    var gate = HookGate(rules: Self.rules(rate: Rate(1, per: .seconds(1))), state: HookState())
    gate.begin(at: .start)
    #expect(gate.admits(at: .start) == .wait(until: .start + .seconds(1)))
    #expect(gate.admits(at: .start + .seconds(1)) == .go)
  }
}

@Suite struct RetryPolicyTests {
  @Test func theDefaultScheduleIsThatOfStandardWebhooks() {
    let waits = (1...10).map { RetryPolicy.webhook.wait(after: $0) }
    #expect(
      waits == [
        .seconds(5), .seconds(300), .seconds(1800), .hours(2), .hours(5), .hours(10), .hours(14), .hours(20),
        .hours(24), nil,
      ])
  }

  @Test func backoffDoublesUpToItsMost() {
    let policy = RetryPolicy.backoff(attempts: 6, first: .seconds(1), most: .seconds(5))
    #expect(
      (1...6).map { policy.wait(after: $0) }
        == [.seconds(1), .seconds(2), .seconds(4), .seconds(5), .seconds(5), nil])
    #expect(RetryPolicy.backoff(attempts: 1, first: .seconds(1), most: .seconds(1)).wait(after: 1) == nil)
    let long = RetryPolicy.backoff(attempts: 10_000, first: .seconds(1), most: .hours(1))
    #expect(long.wait(after: 9_000) == .hours(1))
  }

  @Test func verdicts() {
    var random = SystemRandomNumberGenerator()
    func on(_ outcome: Outcome, tries: Int = 1) -> Verdict {
      Verdict.on(
        outcome, tries: tries, policy: .schedule([.seconds(10)]), at: .start, using: &random)
    }
    #expect(on(.delivered) == Verdict(result: .delivered))
    #expect(on(.dead(reason: "400")) == Verdict(result: .dead, error: "400"))
    #expect(on(.gone(reason: "410")) == Verdict(result: .dead, error: "410"))
    #expect(
      on(.retry(reason: "500"), tries: 2)
        == Verdict(result: .dead, error: "given up after 2 attempts; the last: 500"))
    for _ in 0..<200 {
      guard case .retry(let at) = on(.retry(reason: "500")).result else {
        Issue.record("not retried")
        return
      }
      #expect(at >= .start + .seconds(10) && at <= .start + .seconds(12))
      guard case .retry(let floor) = on(.retry(reason: "429", after: .seconds(60))).result else { return }
      #expect(floor >= .start + .seconds(60) && floor <= .start + .seconds(72))
    }
  }
}
