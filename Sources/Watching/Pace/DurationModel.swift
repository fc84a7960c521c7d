import Glibc

/// How long tasks of one kind take, as far as it is known. A value without a clock: it is told durations, and gives
/// their distribution.
///
/// It remembers two ways: all that was seen, forgotten slowly, and the last few. Where the last few foretell what comes
/// better than all of it, time and again, the kind has changed, and only they are kept (Page's CUSUM test, Biometrika
/// 1954, of the ratio of likelihoods).
struct DurationModel: Sendable, Equatable {
  private(set) var memory = DurationSample()
  private(set) var recent = DurationSample()
  /// How much better, as the logarithm of a ratio of likelihoods, the last few have foretold since they last did not.
  private(set) var drift: Float = 0
  /// Ends that were seen, since ever.
  private(set) var count: UInt32 = 0
  /// The distribution of the durations to come; nil where nothing is known. Made anew once the memory has grown by a
  /// 32nd, as that takes some 20 µs.
  private(set) var known: DurationDistribution?
  private var fresh = 0

  /// How much a duration still counts after the next one: about 400 are remembered, and 8.
  static let keeping: Float = 1 - 1 / 400
  static let keepingRecent: Float = 1 - 1 / 8
  /// From this advantage on the last few are right. By chance it is come by once in e^4 of the times that it begins to
  /// grow, and costs little then: less than 1% of the mean delay, by the simulator of the bench.
  static let driftLimit: Float = 4
  /// What is known beforehand weighs as so many durations.
  static let priorSize = 1.0

  init() {}

  /// As it was written down.
  init(
    memory: DurationSample, recent: DurationSample, drift: Float, count: UInt32, prior: DurationDistribution
  ) {
    self.memory = memory
    self.recent = recent
    self.drift = drift
    self.count = count
    if count > 0 { know(prior) }
  }

  /// Learns of one that lasted longer than `low` and no longer than `high`.
  ///
  /// - Parameter prior: what is taken for known before, such as the distribution of all kinds together.
  mutating func learn(from low: Double, to high: Double, prior: DurationDistribution) {
    let expected = known ?? prior
    let shares = expected.shares(from: low, to: high)
    if recent.size > 4 {
      let byRecent = prior.mixed(with: recent.blurred(), of: recent.size)
      drift = max(0, drift + Float(log(byRecent.likelihood(of: shares) / expected.likelihood(of: shares))))
    }
    memory.add(shares, keeping: Self.keeping)
    recent.add(shares, keeping: Self.keepingRecent)
    count &+= 1
    fresh += 1
    if drift > Self.driftLimit {
      memory = recent
      drift = 0
      know(prior)
    } else if Double(fresh) >= memory.size / 32 {
      know(prior)
    }
  }

  private mutating func know(_ prior: DurationDistribution) {
    known = prior.mixed(with: memory.smoothed(), of: memory.size)
    fresh = 0
  }
}
