/// What is kept of a watched task.
package struct TaskRecord: Sendable, Equatable {
  /// The store's number of the row; 0 before it has one.
  package var row: Int64
  package var ref: TaskRef
  /// Where the task is asked for, where that is not made from its id.
  package var url: String?
  package var labels: [String: String]
  /// The last recorded status, nil before the first sight.
  package var status: String?
  package var state: TaskState?
  /// The last recorded progress, 0 to 1.
  package var progress: Double?
  /// The number of the last recorded event of the task; events count from 1.
  package var sequence: Int
  /// When the task was first registered.
  package var firstSeen: Timestamp
  /// When the present watch began: `firstSeen`, or the last `add --again`.
  package var watchedSince: Timestamp
  /// When the status last changed.
  package var changedAt: Timestamp?
  /// When the task was created, where the provider tells.
  package var createdAt: Timestamp?
  /// When the task was last polled, as far as it is recorded.
  package var lastPolled: Timestamp?
  /// Whether `task.stalled` was told of the present stillness.
  package var stalled: Bool
  /// Why the task is polled no more; nil while it is watched.
  package var ending: Ending?
  /// A webhook of the task's own.
  package var callback: TaskCallback?

  /// Why watching ended.
  package enum Ending: String, Sendable, CaseIterable {
    /// The task reached a terminal state.
    case terminal
    case notFound = "not_found"
    case lost
    case timedOut = "timed_out"
    /// `taskhook remove`.
    case removed
  }

  package init(
    row: Int64 = 0, ref: TaskRef, url: String? = nil, labels: [String: String] = [:], status: String? = nil,
    state: TaskState? = nil, progress: Double? = nil, sequence: Int = 0, firstSeen: Timestamp,
    watchedSince: Timestamp? = nil, changedAt: Timestamp? = nil, createdAt: Timestamp? = nil,
    lastPolled: Timestamp? = nil, stalled: Bool = false, ending: Ending? = nil,
    callback: TaskCallback? = nil
  ) {
    self.row = row
    self.ref = ref
    self.url = url
    self.labels = labels
    self.status = status
    self.state = state
    self.progress = progress
    self.sequence = sequence
    self.firstSeen = firstSeen
    self.watchedSince = watchedSince ?? firstSeen
    self.changedAt = changedAt
    self.createdAt = createdAt
    self.lastPolled = lastPolled
    self.stalled = stalled
    self.ending = ending
    self.callback = callback
  }
}

/// A task that someone asks to have watched.
package struct NewTask: Sendable, Equatable {
  package var ref: TaskRef
  /// Where the task is asked for, where that is not made from its id.
  package var url: String?
  package var labels: [String: String]
  /// Watch it even where it has ended before.
  package var again: Bool
  /// A webhook of the task's own.
  package var callback: TaskCallback?

  package init(
    ref: TaskRef, url: String? = nil, labels: [String: String] = [:], again: Bool = false,
    callback: TaskCallback? = nil
  ) {
    self.ref = ref
    self.url = url
    self.labels = labels
    self.again = again
    self.callback = callback
  }
}
