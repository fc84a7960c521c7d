import Model

/// What is told of a source to those who look.
package struct WatcherStatus: Sendable, Equatable {
  /// Why it is down.
  package var down: String?
  package var watched: Int
  /// Due, and waiting for the budget or a connection.
  package var overdue: Int
  /// Requests that run.
  package var running: Int
  package var polls: Int
  package var failures: Int
  package var pollsLastMinute: Int
  package var failuresLastMinute: Int
  /// No poll before then, for more than the budget's sake.
  package var pausedUntil: Moment?
}

/// What is told of a watched task beyond what is recorded.
package struct LiveTask: Sendable, Equatable {
  package var progress: Double?
  package var lastPolled: Timestamp?
}

extension SourceWatcher {
  package var status: WatcherStatus {
    let now = time.now
    let minute = tally.lastMinute(at: now)
    return WatcherStatus(
      down: record.down, watched: roster.count,
      overdue: due.count(until: now) { roster.holds(slot: $0, generation: $1) }, running: gate.running,
      polls: tally.polls, failures: tally.failures, pollsLastMinute: minute.polls,
      failuresLastMinute: minute.failures, pausedUntil: gate.pausedUntil > now ? gate.pausedUntil : nil)
  }

  /// Of those of the rows that are watched.
  package func live(_ rows: [Int64]) -> [Int64: LiveTask] {
    let at = instant(time.now)
    var found: [Int64: LiveTask] = [:]
    for row in rows {
      guard let slot = roster.slot(ofRow: row), let task = roster[slot] else { continue }
      found[row] = LiveTask(
        progress: task.progress,
        lastPolled: task.lastPolled.map { wallTime(of: $0, now: at.now, wall: at.wall) })
    }
    return found
  }

  /// For how long a task has been due and could have been polled: more than a moment, and the alarm does not ring.
  package var stuckFor: Duration {
    let now = time.now
    guard running, case .go = gate.admits(at: now), let soonest = due.soonest else { return .zero }
    return max(.zero, now - soonest)
  }
}
