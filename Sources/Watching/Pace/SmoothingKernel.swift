import Glibc

/// A bell over the steps of `AgeScale`, of a width and cut at 3.5 times of it.
struct SmoothingKernel: Sendable {
  /// From its middle outwards.
  private let values: [Double]
  /// Its height, as a share of its mass.
  var peak: Double { values[0] }

  /// - Parameter width: its standard deviation, in steps.
  init(width: Double) {
    let reach = Int((width * 3.5).rounded(.up))
    let bell = (0...reach).map { exp(-0.5 * (Double($0) / width) * (Double($0) / width)) }
    let mass = 2 * bell.reduce(0, +) - bell[0]
    values = bell.map { $0 / mass }
  }

  /// From 6% to 70%, the width of a bell of its own for a single duration.
  static let all = [0.7, 1, 1.4, 2, 2.8, 4, 5.6, 8].map { SmoothingKernel(width: $0) }

  static let coarse = SmoothingKernel(width: 3)

  /// What lies outside of the scale after that stays at its ends.
  func applied(to weights: [Float]) -> [Double] {
    let last = weights.count - 1
    var sums = [Double](repeating: 0, count: weights.count)
    // What is as good as forgotten would cost as much as the rest.
    for (step, weight) in weights.enumerated() where weight > 1e-4 {
      let weight = Double(weight)
      sums[step] += weight * values[0]
      for offset in 1..<values.count {
        let share = weight * values[offset]
        sums[max(step - offset, 0)] += share
        sums[min(step + offset, last)] += share
      }
    }
    return sums
  }
}
