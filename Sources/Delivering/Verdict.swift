import Model

/// What follows from an attempt for its delivery. Pure.
struct Verdict: Sendable, Equatable {
  var result: Settlement.Result
  /// Why it was not delivered.
  var error: String?

  /// `tries` counts the attempts of this round, the ended one included.
  static func on<G: RandomNumberGenerator>(
    _ outcome: Outcome, tries: Int, policy: RetryPolicy, at now: Moment, using generator: inout G
  ) -> Verdict {
    switch outcome {
    case .delivered: return Verdict(result: .delivered)
    case .dead(let reason), .gone(let reason): return Verdict(result: .dead, error: reason)
    case .retry(let reason, let after):
      guard let wait = policy.wait(after: tries) else {
        return Verdict(
          result: .dead, error: "given up after \(tries) attempt\(tries == 1 ? "" : "s"); the last: \(reason)"
        )
      }
      let least = max(wait, min(after ?? .zero, DeliveryRules.longestFloor))
      return Verdict(
        result: .retry(
          at: now + Jitter.added(to: least, upTo: DeliveryRules.jitter, using: &generator)),
        error: reason)
    }
  }
}
