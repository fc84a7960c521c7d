import Model

/// How the deliveries of one hook are carried out.
package struct DeliveryRules: Sendable, Equatable {
  package var retry: RetryPolicy
  /// Attempts at once.
  package var concurrency: Int
  /// At most so many attempts; nil for no limit.
  package var rate: Rate?
  /// Nil for none.
  package var breaker: BreakerRules?

  package init(
    retry: RetryPolicy, concurrency: Int, rate: Rate? = nil, breaker: BreakerRules? = BreakerRules()
  ) {
    self.retry = retry
    self.concurrency = concurrency
    self.rate = rate
    self.breaker = breaker
  }

  /// Retry-After beyond this is cut (SPEC section 6).
  static let longestFloor: Duration = .hours(24)
  /// A pause that paces attempts, up to this long, does not outlive the process: a receiver's budget of some
  /// attempts a second is no reason to write at each of them.
  static let longestForgotten: Duration = .minutes(1)
  /// Share of a wait that jitter adds at most.
  static let jitter = 0.2
}

package struct BreakerRules: Sendable, Equatable {
  /// Failures in a row, with no delivery between, that open it.
  package var after: Int
  /// Time between two probes while it is open.
  package var probe: Duration

  package init(after: Int = 5, probe: Duration = .seconds(30)) {
    self.after = after
    self.probe = probe
  }
}
