import Foundation

/// The whole life of a simulated task, fixed by the seed and its id. Times are seconds of API time since it
/// was created.
///
///     created → unknown → PENDING → (THROTTLED) → RUNNING → SUCCEEDED or FAILED
///
/// The total is log-normal: half of all tasks take less than 90 s, 95% between 34 s and 240 s.
struct Lifecycle: Equatable {
  enum Outcome: Equatable {
    case succeeded(files: Int)
    case failed(Failure)
  }

  /// Until then the API answers as though it had never heard of the task.
  var knownAt: Double
  /// nil where the task is not throttled.
  var throttledAt: Double?
  /// nil where the task fails before it runs.
  var runningAt: Double?
  var endsAt: Double
  /// Progress is told in steps of this size.
  var step: Double
  var outcome: Outcome

  static let median = 90.0
  static let deviation = 0.5
  static let range = 20.0...900.0

  /// - Parameters:
  ///   - unknownFor: the longest a new id may be unknown, in seconds; 0 for not at all.
  ///   - failures: the share of tasks that fail, from 0 to 1.
  init(seed: UInt64, id: String, media: Media, unknownFor: Double, failures: Double) {
    var dice = Dice(seed: seed, "lifecycle", id)
    let total = (Self.median * exp(Self.deviation * dice.normal())).clamped(to: Self.range)
    // A third of the ids are known at once; clients must cope with both.
    let unknown = dice.fraction() * 1.5 - 0.5
    knownAt = max(0, unknown) * unknownFor
    let starts = total * dice.fraction(in: 0.12...0.25)
    let throttled = dice.fraction(in: 0.3...0.7) * starts
    throttledAt = dice.chance(0.25) ? throttled : nil
    step = dice.pick([0.01, 0.02, 0.05, 0.1])
    let files = media == .image ? dice.pick([1, 1, 2, 4]) : dice.pick([1, 1, 1, 1, 2])
    let failure = dice.pick(weighted: Failure.all)
    let failsAfter = dice.fraction(in: 0.05...0.95)
    if dice.chance(failures) {
      outcome = .failed(failure)
      runningAt = failure.early ? nil : starts
      endsAt = failure.early ? starts : starts + (total - starts) * failsAfter
    } else {
      outcome = .succeeded(files: files)
      runningAt = starts
      endsAt = total
    }
  }

  /// nil while the API does not know the task.
  func phase(at elapsed: Double) -> Phase? {
    if elapsed < knownAt { return nil }
    if elapsed >= endsAt {
      switch outcome {
      case .succeeded(let files): return .succeeded(files: files)
      case .failed(let failure): return .failed(failure)
      }
    }
    if let runningAt, elapsed >= runningAt {
      let share = (elapsed - runningAt) / (endsAt - runningAt)
      // In whole steps, rounded to hundredths so that 0.1 + 0.2 prints as 0.3.
      let told = (share / step).rounded(.down) * step
      return .running(progress: ((told * 100).rounded() / 100).clamped(to: 0...0.99))
    }
    if let throttledAt, elapsed >= throttledAt { return .throttled }
    return .pending
  }
}

extension Double {
  func clamped(to range: ClosedRange<Double>) -> Double {
    Swift.min(Swift.max(self, range.lowerBound), range.upperBound)
  }
}
