import Model

/// Sees what polls see; called on the poll path, so it must be quick.
package protocol WatchObserver: Sendable {
  func saw(_ observation: Observation, of task: TaskRef)
  /// A poll told nothing of the task and is made again; the reason says what came.
  func missed(_ task: TaskRef, _ reason: String)
  /// What counts the polls of one source; nil for none. Asked once a watcher.
  func counter(of source: String) -> (any PollCounter)?
}

/// Counts what the polls of one source come to.
package protocol PollCounter: Sendable {
  /// A poll has ended, `took` after it began. One that asks for many tasks is told once.
  func polled(_ outcome: PollOutcome, took: Duration)
  /// A poll saw a transition, `lag` after the poll before it: it is at most so late.
  func noticed(lag: Duration)
}

extension WatchObserver {
  package func saw(_ observation: Observation, of task: TaskRef) {}
  package func missed(_ task: TaskRef, _ reason: String) {}
  package func counter(of source: String) -> (any PollCounter)? { nil }
}
