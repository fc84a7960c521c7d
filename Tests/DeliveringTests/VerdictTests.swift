import Model
import TestSupport
import Testing

@testable import Delivering

@Suite struct VerdictTests {
  private static func on(_ outcome: Outcome, tries: Int = 1) -> Verdict {
    var random = SystemRandomNumberGenerator()
    return Verdict.on(
      outcome, tries: tries, policy: .schedule([.seconds(10)]), at: .start, using: &random)
  }

  @Test func whatEndsADelivery() {
    #expect(Self.on(.delivered) == Verdict(result: .delivered))
    #expect(Self.on(.dead(reason: "400")) == Verdict(result: .dead, error: "400"))
    #expect(Self.on(.gone(reason: "410")) == Verdict(result: .dead, error: "410"))
    #expect(
      Self.on(.retry(reason: "500"), tries: 2)
        == Verdict(result: .dead, error: "given up after 2 attempts; the last: 500"))
  }

  /// What the receiver asks for, and the least wait that follows from it and a schedule of 10 s.
  @Test(
    arguments: [
      (nil, .seconds(10)), (.zero, .seconds(10)), (.seconds(-1), .seconds(10)), (.seconds(9), .seconds(10)),
      (.seconds(60), .seconds(60)), (.hours(24), .hours(24)), (.hours(1000), .hours(24)),
    ] as [(Duration?, Duration)])
  func jitterOnlyAdds(after: Duration?, least: Duration) {
    var seen: Set<Moment> = []
    for _ in 0..<200 {
      guard case .retry(let at) = Self.on(.retry(reason: "429", after: after)).result else {
        Issue.record("not retried")
        return
      }
      #expect(at >= .start + least && at <= .start + least * 1.2)
      seen.insert(at)
    }
    #expect(seen.count > 100)
  }
}
