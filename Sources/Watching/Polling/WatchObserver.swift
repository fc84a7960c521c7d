import Model

/// Sees what polls see; called on the poll path, so it must be quick.
package protocol WatchObserver: Sendable {
  func saw(_ observation: Observation, of task: TaskRef)
  /// A poll told nothing of the task and is made again; the reason says what came.
  func missed(_ task: TaskRef, _ reason: String)
  /// A poll has ended, `took` after it began. One that asks for many tasks is told once.
  func polled(_ outcome: PollOutcome, of source: String, took: Duration)
  /// A poll saw a transition, `lag` after the poll before it: it is at most so late.
  func noticed(in source: String, lag: Duration)
}

extension WatchObserver {
  package func saw(_ observation: Observation, of task: TaskRef) {}
  package func missed(_ task: TaskRef, _ reason: String) {}
  package func polled(_ outcome: PollOutcome, of source: String, took: Duration) {}
  package func noticed(in source: String, lag: Duration) {}
}
