/// Spreads waits so that many do not end together. It only ever adds.
package enum Jitter {
  /// `wait`, lengthened by a random share of at most `share`.
  package static func added<G: RandomNumberGenerator>(
    to wait: Duration, upTo share: Double, using generator: inout G
  ) -> Duration {
    guard wait > .zero else { return wait }
    return wait
      + .nanoseconds(Int64(Double(wait.nanoseconds) * Double.random(in: 0...share, using: &generator)))
  }
}
