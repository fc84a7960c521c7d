import Glibc

/// What reports of progress say of a task's end, as far as that has been seen.
///
/// A task that was at the share p at the age a needs another a(1−p)/p if it goes on evenly. What it took, as a ratio to
/// that, is learnt: 1 where progress is even; something else where it comes in steps, begins late, or stalls near the
/// end, as that differs, reports of less than half, of less than 90% and of more are kept apart. Where these ratios
/// foretell no better than durations alone, they are not used.
package struct ProgressModel: Sendable, Equatable {
  private(set) var levels: [Level]

  struct Level: Sendable, Equatable {
    var ratios: DurationModel
    /// How much better than durations alone the ratios foretold the last twenty or so ends, as the logarithm of the
    /// ratio of likelihoods.
    var advantage: Float
    private(set) var table: HazardTable?

    init(ratios: DurationModel = DurationModel(), advantage: Float = 0) {
      self.ratios = ratios
      self.advantage = advantage
      table = ratios.known.map { HazardTable($0) }
    }

    mutating func learn(from low: Double, to high: Double) {
      let known = ratios.known
      ratios.learn(from: low, to: high, prior: ProgressModel.even)
      if ratios.known != known, let now = ratios.known { table = HazardTable(now) }
    }

    static func == (a: Self, b: Self) -> Bool { a.ratios == b.ratios && a.advantage == b.advantage }
  }

  static let levelCount = 3

  init() { levels = Array(repeating: Level(), count: Self.levelCount) }

  /// As it was written down; three levels.
  init(levels: [Level]) { self.levels = levels }

  /// A report: the share done, and the age at which it was seen first.
  package struct Report: Sendable, Equatable {
    /// From 0 to 1.
    package let progress: Double
    /// Seconds in the state.
    package let age: Double

    /// Nil where nothing follows from it.
    package init?(progress: Double, age: Double) {
      guard progress >= 0.02, progress < 1, age > 0.1 else { return nil }
      self.progress = progress
      self.age = age
    }

    var level: Int { progress < 0.5 ? 0 : progress < 0.9 ? 1 : 2 }
    /// In seconds.
    var remaining: Double { age * (1 - progress) / progress }
    /// Seconds to a unit of the scale: the ratio 1 lies in its midst.
    fileprivate var unit: Double { remaining / ProgressModel.one }
  }

  private static let one = 64.0

  /// What is assumed of a kind's reports before any end was seen: twice too long or too short, give or take.
  static let even: DurationDistribution = {
    let weights = (0..<AgeScale.count).map { step in
      let deviation = log(AgeScale.middle(of: step) / one) / 0.7
      return exp(-0.5 * deviation * deviation)
    }
    let mass = weights.reduce(0, +) / 0.95
    return DurationDistribution(shares: weights.map { $0 / mass }, beyond: 0.05)
  }()

  /// Learns of a task that, after this report, ended between two ages.
  ///
  /// - Parameter durations: what was known of durations alone.
  mutating func learn(
    _ report: Report, from low: Double, to high: Double, durations: DurationDistribution
  ) {
    guard high > report.age else { return }
    let low = max(low, report.age)
    let from = (low - report.age) / report.unit
    let to = (high - report.age) / report.unit
    let byReport = (levels[report.level].ratios.known ?? Self.even).probability(from: from, to: to)
    let later = durations.probability(from: report.age, to: .infinity) + durations.beyond
    let byAge = durations.probability(from: low, to: high) / max(later, 1e-6)
    let gain = Float(log((byReport + 1e-4) / (byAge + 1e-4)))
    levels[report.level].advantage = levels[report.level].advantage * 0.95 + min(max(gain, -3), 3)
    levels[report.level].learn(from: from, to: to)
  }

  /// The wait from an age on until ∫√hazard has grown by `amount`; nil where durations alone are as good.
  func wait(after report: Report, from age: Double, until amount: Double) -> Double? {
    let level = levels[report.level]
    guard level.advantage > 1, let table = level.table else { return nil }
    let unit = report.unit
    return table.wait(from: max(0, age - report.age) / unit, until: amount / unit.squareRoot()) * unit
  }
}
