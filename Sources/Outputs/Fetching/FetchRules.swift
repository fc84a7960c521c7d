extension Fetch {
  /// How long a file is tried for, and how often.
  struct Rules: Sendable {
    var giveUpAfter: Duration = .seconds(6 * 3600)
    /// Waits after failures in a row: 1 s, 2 s, 4 s… 60 s.
    var firstWait: Duration = .seconds(1)
    var mostWait: Duration = .seconds(60)
    /// The longest that a server may have us wait.
    var mostRetryAfter: Duration = .seconds(3600)
    /// Redirects of one attempt.
    var hops = 5
    /// How often in a row an address that has run out is asked for anew, and one that is refused otherwise.
    var renewals = 5
    var renewalsOfRefused = 1
    /// How often in a row what was kept may be thrown away. A server that does not resume, and breaks off each
    /// time, would have the same bytes sent for hours.
    var wastes = 10
  }
}
