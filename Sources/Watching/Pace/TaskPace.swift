import Model

/// What a watched task bears for the sake of its pace, in few bytes.
struct TaskPace: Sendable, Equatable {
  /// Seconds from when watching began to when it came into its present state, less than 0 where that was before; not a
  /// number where nobody knows.
  var since: Float = .nan
  /// Of a report of progress that teaches how far such can be believed: one of those seen, drawn at random, so that
  /// early ones teach, too. Seconds in the state, and 250ths; 0 where there is none.
  private var reportAge: Float16 = 0
  /// The place of its kind in the `PaceBook`.
  var kind: PaceBook.KindNumber = .common
  private var reportProgress: UInt8 = 0
  /// Whether the last poll showed nothing of the task.
  var isBlind = false

  var report: ProgressModel.Report? {
    reportProgress == 0
      ? nil : ProgressModel.Report(progress: Double(reportProgress) / 250, age: Double(reportAge))
  }

  /// A report was seen. Of n reports the last one is kept with the probability 1/2, the one before with 1/4.
  mutating func note<G: RandomNumberGenerator>(_ report: ProgressModel.Report, using generator: inout G) {
    guard reportProgress == 0 || Bool.random(using: &generator) else { return }
    reportAge = Float16(min(report.age, 60_000))
    reportProgress = UInt8(report.progress * 250)
  }

  /// A new state begins.
  mutating func enter(since: Float) {
    self.since = since
    reportAge = 0
    reportProgress = 0
  }
}
