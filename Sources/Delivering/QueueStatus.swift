import Model

/// The queue of one hook as it stands.
package struct QueueStatus: Sendable, Equatable {
  package enum Breaker: Sendable, Equatable {
    case off, closed
    /// `nextProbe` nil while one runs.
    case open(nextProbe: Moment?)
  }

  package var name: String
  package var state: HookState
  package var breaker: Breaker
  /// Attempts that run.
  package var running: Int

  package init(name: String, state: HookState, breaker: Breaker, running: Int) {
    self.name = name
    self.state = state
    self.breaker = breaker
    self.running = running
  }
}
