import Glibc

/// How probable each duration is, by the steps of `AgeScale`.
package struct DurationDistribution: Sendable, Equatable {
  /// Of each step.
  var shares: [Double]
  /// Of what lies beyond the scale, or never ends. With the shares it makes 1.
  var beyond: Double

  /// - Parameters:
  ///   - shares: of the steps of `AgeScale`, as many as it has.
  ///   - beyond: of what is not among them.
  package init(shares: [Double], beyond: Double) {
    self.shares = shares
    self.beyond = beyond
  }

  /// What is assumed of tasks of which nothing is known: such durations for which the best plan is `every`, stretched
  /// to 2% of the age from 5 minutes on. They end at a constant rate at first, later ever more seldom.
  ///
  /// - Parameters:
  ///   - every: seconds between two polls.
  ///   - price: of a poll, in seconds.
  static func unknown(every: Double, price: Double) -> Self {
    var shares: [Double] = []
    var survivors = 1.0
    for step in 0..<AgeScale.count {
      let wait = max(every, (AgeScale.middle(of: step) - Pace.patience.seconds) / Pace.fraction)
      let width = AgeScale.edges[step + 1] - AgeScale.edges[step]
      let left = survivors * exp(-2 * price / (wait * wait) * width)
      shares.append(survivors - left)
      survivors = left
    }
    return Self(shares: shares, beyond: survivors)
  }

  /// With what `size` durations have shown.
  func mixed(with shown: [Double], of size: Double) -> Self {
    let own = size / (size + DurationModel.priorSize)
    return Self(
      shares: zip(shown, shares).map { own * $0 + (1 - own) * $1 }, beyond: (1 - own) * beyond)
  }

  /// In which steps an end between two looks lies, with what probability: by four fifths as this distribution says, by
  /// one fifth as if any moment were as likely. Were it believed wholly, it would find itself confirmed by looks that
  /// are far apart.
  func shares(from low: Double, to high: Double) -> Uncertain {
    let first = AgeScale.step(of: low)
    let last = max(first, AgeScale.step(of: high))
    if first == last { return Uncertain(first: first, shares: [1]) }
    let even = (first...last).map { Self.overlap(of: $0, low, high) }
    let likely = zip(first...last, even).map {
      shares[$0] * $1 / (AgeScale.edges[$0 + 1] - AgeScale.edges[$0])
    }
    let (evenSum, likelySum) = (even.reduce(0, +), likely.reduce(0, +))
    guard evenSum > 0 else { return Uncertain(first: first, shares: [1]) }
    guard likelySum > 1e-9 else { return Uncertain(first: first, shares: even.map { Float($0 / evenSum) }) }
    return Uncertain(
      first: first, shares: zip(even, likely).map { Float(0.2 * $0 / evenSum + 0.8 * $1 / likelySum) })
  }

  /// How probable it is that a duration lies between two.
  func probability(from low: Double, to high: Double) -> Double {
    let first = AgeScale.step(of: low)
    let last = max(first, AgeScale.step(of: high))
    return (first...last).reduce(0) {
      $0 + shares[$1] * Self.overlap(of: $1, low, high) / (AgeScale.edges[$1 + 1] - AgeScale.edges[$1])
    }
  }

  func likelihood(of uncertain: Uncertain) -> Double {
    // What cannot be, by this distribution, still may.
    var sum = 1e-6
    for (offset, share) in uncertain.shares.enumerated() {
      sum += Double(share) * shares[uncertain.first + offset]
    }
    return sum
  }

  /// The duration that half of all do not reach, in seconds.
  var median: Double {
    var sum = 0.0
    for (step, share) in shares.enumerated() {
      if sum + share >= 0.5 {
        let (from, to) = (AgeScale.edges[step], AgeScale.edges[step + 1])
        return from + (0.5 - sum) / share * (to - from)
      }
      sum += share
    }
    return .infinity
  }

  private static func overlap(of step: Int, _ low: Double, _ high: Double) -> Double {
    max(0, min(high, AgeScale.edges[step + 1]) - max(low, AgeScale.edges[step]))
  }

  /// A duration of which is known in which steps it lies, and how likely in each of them.
  struct Uncertain: Sendable, Equatable {
    var first: Int
    var shares: [Float]
  }
}
