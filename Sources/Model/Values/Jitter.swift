/// Spreads waits so that many do not end together. It only ever adds.
package enum Jitter {
  /// `wait`, lengthened by a random share of at most `share`.
  package static func added<G: RandomNumberGenerator>(
    to wait: Duration, upTo share: Double, using generator: inout G
  ) -> Duration {
    guard wait > .zero else { return wait }
    return wait
      + .nanoseconds(Int64(Double(wait.nanoseconds) * share * unit(using: &generator)))
  }

  /// From 0 to 1: the 53 upper bits, as many as a Double holds. `Double.random` costs fifty times as much, for
  /// ranges that this is none of.
  private static func unit<G: RandomNumberGenerator>(using generator: inout G) -> Double {
    Double(generator.next() >> 11) * 0x1p-53
  }
}

/// A quick source of random numbers for jitter (SplitMix64), seeded by the system's: asking the system each time
/// would be a system call a poll. Not for secrets.
package struct JitterGenerator: RandomNumberGenerator, Sendable {
  private var state = UInt64.random(in: .min ... .max)

  package init() {}

  package mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var mixed = state
    mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
    return mixed ^ (mixed >> 31)
  }
}
