import Model

/// What is known of one state of one kind of tasks: how long they stay in it, and what their progress says.
///
/// Durations are those of a state, not of the whole task. So each transition has its hazard, and a hook that waits for
/// RUNNING is not served worse for knowing when SUCCEEDED comes; and what a task spent in a queue blurs nothing.
struct PhaseModel: Sendable, Equatable {
  private(set) var durations: DurationModel
  private(set) var table: HazardTable?
  /// Nil where no reports of progress were seen.
  private(set) var progress: ProgressModel?

  init(durations: DurationModel = DurationModel(), progress: ProgressModel? = nil) {
    self.durations = durations
    self.progress = progress
    table = durations.known.map { HazardTable($0) }
  }

  static func == (a: Self, b: Self) -> Bool { a.durations == b.durations && a.progress == b.progress }

  /// The states that a task leaves again.
  static let count = 4

  /// The place of a state among them; nil for one that ends a task.
  static func place(of state: TaskState) -> Int? {
    switch state {
    case .pending: 0
    case .throttled: 1
    case .running: 2
    case .unknown: 3
    case .succeeded, .failed, .cancelled, .expired: nil
    }
  }

  /// Learns of a task that left the state between two ages.
  mutating func learn(
    from low: Double, to high: Double, after report: ProgressModel.Report?, prior: DurationDistribution
  ) {
    let known = durations.known
    if let report {
      if progress == nil { progress = ProgressModel() }
      progress!.learn(report, from: low, to: high, durations: known ?? prior)
    }
    durations.learn(from: low, to: high, prior: prior)
    if durations.known != known, let now = durations.known { table = HazardTable(now) }
  }
}
