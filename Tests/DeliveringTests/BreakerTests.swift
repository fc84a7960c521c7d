import Model
import TestSupport
import Testing

@testable import Delivering

@Suite struct BreakerTests {
  private static func breaker(after: Int = 5) -> Breaker {
    Breaker(BreakerRules(after: after, probe: .seconds(30)))
  }

  private static func opened() -> Breaker {
    var breaker = breaker()
    for _ in 0..<5 { _ = fail(&breaker, at: .start) }
    return breaker
  }

  /// An attempt that begins and fails at `now`.
  private static func fail(_ breaker: inout Breaker, at now: Moment) -> Int? {
    let pass = breaker.begin()
    return breaker.failed(pass, at: now)
  }

  @Test func theLastOfSoManyFailuresOpensIt() {
    var breaker = Self.breaker()
    for _ in 0..<4 { #expect(Self.fail(&breaker, at: .start) == nil) }
    #expect(!breaker.isOpen && breaker.blockedUntil == nil)
    #expect(Self.fail(&breaker, at: .start) == 5)
    #expect(breaker.isOpen && breaker.blockedUntil == .start + .seconds(30))
  }

  @Test func oneProbeAtATimeAndTheNextSomeTimeAfterIt() {
    var breaker = Self.opened()
    let probe = breaker.begin()
    #expect(breaker.blockedUntil == .distantFuture)
    #expect(breaker.failed(probe, at: .start + .seconds(40)) == nil)
    #expect(breaker.blockedUntil == .start + .seconds(70))
    let second = breaker.begin()
    breaker.abstained(second, at: .start + .seconds(80))
    #expect(breaker.blockedUntil == .start + .seconds(110))
  }

  @Test func whatRanWhileItOpenedIsNoProbe() {
    var breaker = Self.breaker()
    let passes = (0..<8).map { _ in breaker.begin() }
    for pass in passes.prefix(5) { _ = breaker.failed(pass, at: .start) }
    #expect(breaker.failed(passes[5], at: .start + .seconds(20)) == nil)
    #expect(breaker.blockedUntil == .start + .seconds(30))
    let probe = breaker.begin()
    // Nor does its end make room for a second probe.
    #expect(breaker.failed(passes[6], at: .start + .seconds(31)) == nil)
    #expect(breaker.blockedUntil == .distantFuture)
    breaker.abstained(passes[7], at: .start + .seconds(32))
    #expect(breaker.blockedUntil == .distantFuture)
    _ = breaker.failed(probe, at: .start + .seconds(33))
    #expect(breaker.blockedUntil == .start + .seconds(63))
  }

  @Test func aProbeOfAnEarlierOpeningIsNoneOfThisOne() {
    var breaker = Self.breaker()
    let straggler = breaker.begin()
    for _ in 0..<5 { _ = Self.fail(&breaker, at: .start) }
    let old = breaker.begin()
    _ = straggler
    #expect(breaker.succeeded() == true, "the straggler was delivered")
    for _ in 0..<5 { _ = Self.fail(&breaker, at: .start + .seconds(40)) }
    let probe = breaker.begin()
    #expect(breaker.failed(old, at: .start + .seconds(50)) == nil)
    #expect(breaker.blockedUntil == .distantFuture, "the new probe still runs")
    _ = breaker.failed(probe, at: .start + .seconds(60))
    #expect(breaker.blockedUntil == .start + .seconds(90))
  }

  @Test func aSuccessBeginsTheCountAnew() {
    var breaker = Self.opened()
    _ = breaker.begin()
    #expect(breaker.succeeded() == true)
    #expect(breaker.succeeded() == false)
    for _ in 0..<4 { #expect(Self.fail(&breaker, at: .start) == nil) }
    #expect(Self.fail(&breaker, at: .start) == 5)
  }

  // MARK: Other rules

  @Test func otherRulesCountTheFailuresOn() {
    var breaker = Self.breaker()
    for _ in 0..<3 { _ = Self.fail(&breaker, at: .start) }
    breaker.adopt(BreakerRules(after: 4, probe: .seconds(10)), at: .start)
    #expect(!breaker.isOpen && breaker.nextAttempt == nil)
    #expect(Self.fail(&breaker, at: .start) == 4)
    #expect(breaker.blockedUntil == .start + .seconds(10))
  }

  @Test func anOpenOneStaysOpenAndProbesSoonerWhereItMay() {
    var breaker = Self.opened()
    breaker.adopt(BreakerRules(after: 100, probe: .hours(1)), at: .start + .seconds(1))
    #expect(breaker.isOpen && breaker.nextAttempt == .start + .seconds(30), "as it was promised")
    breaker.adopt(BreakerRules(after: 100, probe: .seconds(5)), at: .start + .seconds(1))
    #expect(breaker.nextAttempt == .start + .seconds(6))
    let probe = breaker.begin()
    #expect(breaker.nextAttempt == nil && breaker.blockedUntil == .distantFuture)
    breaker.adopt(BreakerRules(after: 100, probe: .seconds(20)), at: .start + .seconds(6))
    #expect(breaker.blockedUntil == .distantFuture, "the probe runs still")
    #expect(breaker.failed(probe, at: .start + .seconds(7)) == nil)
    #expect(breaker.nextAttempt == .start + .seconds(27))
  }
}
