import Model

extension WatchedTask {
  /// A task that is older by more than this when watching begins was not watched from its beginning.
  private static let late: Duration = .seconds(30)
  /// A time of creation before this is no such.
  private static let oldest: Duration = .seconds(30 * 24 * 3600)

  /// When a task came into the state in which it is first seen, in seconds from when watching began; not a number where
  /// nobody knows, as it has left others before.
  static func since(created: Timestamp?, watchedSince: Timestamp, state: TaskState, now: Timestamp) -> Float {
    // Where the API does not tell: who asks for a task has it watched from its beginning, as a rule.
    guard let created else { return 0 }
    let before = watchedSince - created
    guard before <= Self.oldest else { return .nan }
    // A clock that is ahead of this one tells nothing.
    guard created <= now else { return 0 }
    return before <= Self.late || state == .pending ? Float(-before.seconds) : .nan
  }

  /// Seconds in the present state; not a number where nobody knows.
  func age(at now: Moment) -> Double { (now - began).seconds - Double(pace.since) }

  /// The last report of progress, where one says anything.
  var report: ProgressModel.Report? {
    progress.flatMap { ProgressModel.Report(progress: $0, age: age(at: active)) }
  }
}
