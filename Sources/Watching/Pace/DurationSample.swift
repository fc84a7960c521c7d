import Glibc

/// Durations that were seen, the older the less they count.
struct DurationSample: Sendable, Equatable {
  /// How much each step of `AgeScale` weighs.
  private(set) var weights: [Float]
  /// The sum of the weights, and of the squares of what each duration weighs.
  private(set) var total: Float
  private(set) var squares: Float

  init() {
    weights = Array(repeating: 0, count: AgeScale.count)
    total = 0
    squares = 0
  }

  /// As it was written down. Nil where these are no weights.
  init?(weights: [Float], squares: Float) {
    guard weights.count == AgeScale.count, weights.allSatisfy({ $0 >= 0 && $0.isFinite }), squares >= 0,
      squares.isFinite
    else { return nil }
    self.weights = weights
    self.squares = squares
    total = weights.reduce(0, +)
  }

  /// As many durations of equal weight would tell as much (Kish's effective sample size).
  var size: Double { squares > 0 ? Double(total * total / squares) : 0 }

  /// - Parameter keeping: how much what was there still counts, up to 1.
  mutating func add(_ duration: DurationDistribution.Uncertain, keeping: Float) {
    for step in weights.indices { weights[step] *= keeping }
    for (offset, share) in duration.shares.enumerated() { weights[duration.first + offset] += share }
    total = total * keeping + 1
    squares = squares * keeping * keeping + 1
  }

  /// The share of each step in all durations to come: the average of several guesses, each as good as it foretells
  /// every duration from all others (cross-validated likelihood).
  ///
  /// The guesses are Gaussian kernels of several widths over the logarithm, so that two narrow humps stay two, and one
  /// log-normal distribution, which needs fewer durations where they are so. For the two numbers fitted to it, its
  /// likelihood counts e^2 times less (Akaike).
  func smoothed() -> [Double] {
    guard total > 0 else { return Array(repeating: 0, count: AgeScale.count) }
    var guesses: [(score: Double, shares: [Double])] = SmoothingKernel.all.map { kernel in
      let shares = kernel.applied(to: weights)
      let own = kernel.peak
      let others = 1 / Double(max(total - 1, 1))
      return (score { max(shares[$0] - own, 0) * others }, shares.map { $0 / Double(total) })
    }
    let normal = logNormal
    guesses.append((score { normal[$0] } - 2, normal))
    let best = guesses.map(\.score).max()!
    var sums = [Double](repeating: 0, count: AgeScale.count)
    var mass = 0.0
    for guess in guesses where guess.score > best - 10 {
      let trust = exp(guess.score - best)
      mass += trust
      for step in sums.indices { sums[step] += trust * guess.shares[step] }
    }
    return sums.map { $0 / mass }
  }

  /// The same in a hurry, for few durations.
  func blurred() -> [Double] {
    SmoothingKernel.coarse.applied(to: weights).map { $0 / Double(max(total, 1e-6)) }
  }

  private func score(_ share: (_ step: Int) -> Double) -> Double {
    var score = 0.0
    for (step, weight) in weights.enumerated() where weight > 1e-3 {
      score += Double(weight) * log(share(step) + 1e-6)
    }
    return score
  }

  /// Fitted by its moments; few durations say little of their deviation, so as if two more deviated by a half.
  private var logNormal: [Double] {
    var (mean, square) = (0.0, 0.0)
    for (step, weight) in weights.enumerated() where weight > 0 {
      let place = Double(step) + 0.5
      mean += Double(weight) * place
      square += Double(weight) * place * place
    }
    mean /= Double(total)
    let assumed = 0.5 / AgeScale.width
    let variance = max(0, square - Double(total) * mean * mean) + 2 * assumed * assumed
    let scale = (2 * variance / Double(total + 2)).squareRoot()
    var below = 0.0
    return weights.indices.map { step in
      let next = step == weights.count - 1 ? 1 : 0.5 * erfc((mean - Double(step + 1)) / scale)
      defer { below = next }
      return next - below
    }
  }
}
