import Model

/// What a watched task bears for the sake of its pace, in few bytes.
package struct TaskPace: Sendable, Equatable {
  /// Seconds from when watching began to when it came into its present state, less than 0 where that was before; not a
  /// number where nobody knows.
  var since: Float = .nan
  /// Of the report of progress that teaches how far such can be believed: the first one of at least a share that was
  /// drawn when the state began. Were it drawn from all that were seen until the end, it would foretell the end by being
  /// near it. Seconds in the state; 0 where there is none.
  private var reportAge: Float16 = 0
  /// The place of its kind in the `PaceBook`.
  var kind: PaceBook.KindNumber = .common
  /// In 250ths: of the report, before there is one the share drawn.
  private var reportProgress: UInt8 = 0
  /// Whether the last poll showed nothing of the task.
  var isBlind = false

  /// The report that teaches.
  package var report: ProgressModel.Report? {
    reportAge == 0
      ? nil : ProgressModel.Report(progress: Double(reportProgress) / 250, age: Double(reportAge))
  }

  package init() {}

  /// A report was seen.
  package mutating func note(_ report: ProgressModel.Report) {
    let progress = UInt8(report.progress * 250)
    guard reportAge == 0, progress >= reportProgress else { return }
    reportAge = Float16(min(report.age, 60_000))
    reportProgress = progress
  }

  /// A new state begins.
  package mutating func enter<G: RandomNumberGenerator>(since: Float, using generator: inout G) {
    self.since = since
    reportAge = 0
    reportProgress = .random(in: 0...240, using: &generator)
  }
}
