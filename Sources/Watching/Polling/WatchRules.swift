import Model

/// When the tasks of a source are polled, and when watching them ends.
package struct WatchRules: Sendable, Equatable {
  /// Shortest time from the end of one poll of a task to the start of its next.
  package var every: Duration = .seconds(6)
  /// How far the pace of a still task stretches; never below `every`.
  package var slowest: Duration = .seconds(60)
  /// Request budget of the whole source.
  package var rate = Rate(20, per: .seconds(1))
  /// Parallel connections; over HTTP/2 each carries up to `streams` requests.
  package var connections = 16
  /// Of one request.
  package var timeout: Duration = .seconds(30)
  /// By what it is told apart how long tasks take; nil where all are of one kind.
  package var groupBy: GroupBy?
  /// How long a new id may be unknown to the API.
  package var notFoundFor: Duration = .seconds(60)
  /// Stillness after which `task.stalled` is told.
  package var stalledAfter: Duration = .seconds(30 * 60)
  /// Age at which watching ends.
  package var giveUpAfter: Duration = .seconds(24 * 3600)

  package init() {}

  /// Pace at which an id is asked for that was never seen (SPEC section 5).
  static let untilSeen: Duration = .seconds(3)
  /// So many "not found" in a row of a task once seen mean that it is lost.
  static let missesUntilLost = 3
  /// Requests a connection carries at once over HTTP/2: the least that servers should allow (RFC 9113
  /// section 6.5.2).
  static let streams = 100
}
