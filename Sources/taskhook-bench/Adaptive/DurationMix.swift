import Foundation
import Watching

/// How long simulated tasks take: a mixture of log-normal distributions.
struct DurationMix {
  struct Part {
    var weight = 1.0
    /// In seconds.
    var median: Double
    /// Of the natural logarithm.
    var deviation: Double
  }

  var parts: [Part]

  static func logNormal(_ median: Double, _ deviation: Double) -> Self {
    Self(parts: [Part(median: median, deviation: deviation)])
  }

  /// Six of ten tasks take about half a minute, the others about three.
  static let twoHumps = Self(parts: [
    Part(weight: 0.6, median: 30, deviation: 0.2), Part(weight: 0.4, median: 180, deviation: 0.2),
  ])

  /// The same of a provider that is slower by a factor.
  func slower(by factor: Double) -> Self {
    Self(
      parts: parts.map { Part(weight: $0.weight, median: $0.median * factor, deviation: $0.deviation) })
  }

  func draw(using generator: inout SeededGenerator) -> Double {
    var left = Double.random(in: 0..<1, using: &generator)
    var part = parts[0]
    for next in parts where left >= 0 {
      part = next
      left -= next.weight
    }
    // Box and Muller, 1958.
    let radius = (-2 * log(Double.random(in: 1e-12..<1, using: &generator))).squareRoot()
    let normal = radius * cos(2 * .pi * Double.random(in: 0..<1, using: &generator))
    return part.median * exp(part.deviation * normal)
  }

  /// As one who knows all of it would write it down.
  var distribution: DurationDistribution {
    func share(below duration: Double) -> Double {
      duration <= 0
        ? 0
        : parts.reduce(0) {
          $0 + $1.weight * 0.5 * erfc(-log(duration / $1.median) / $1.deviation / 2.0.squareRoot())
        }
    }
    return DurationDistribution(
      shares: (0..<AgeScale.count).map {
        share(below: AgeScale.edges[$0 + 1]) - share(below: AgeScale.edges[$0])
      },
      beyond: 1e-12)
  }
}
