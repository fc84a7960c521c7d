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
  /// Nil for none.
  package var digest: DigestRules?

  package init(
    retry: RetryPolicy, concurrency: Int, rate: Rate? = nil, breaker: BreakerRules? = BreakerRules(),
    digest: DigestRules? = nil
  ) {
    self.retry = retry
    self.concurrency = concurrency
    self.rate = rate
    self.breaker = breaker
    self.digest = digest
  }

  /// Of the queue of a server of callbacks: a webhook's, where its hook leaves all of them out.
  package static let callback = DeliveryRules(retry: .webhook, concurrency: 16)

  /// Retry-After beyond this is cut (SPEC section 6).
  static let longestFloor: Duration = .hours(24)
  /// A pause that paces attempts, up to this long, does not outlive the process: a receiver's budget of some
  /// attempts a second is no reason to write at each of them.
  static let longestForgotten: Duration = .minutes(1)
  /// Deliveries of one digest; what is beyond goes into the next.
  static let mostInDigest = 10_000
  /// Events that a digest names.
  static let namedInDigest = 5
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

package struct DigestRules: Sendable, Equatable {
  /// Deliveries that may wait without being folded into one message.
  package var after: Int
  /// Time from the begin of one digest to that of the next.
  package var every: Duration

  package init(after: Int = 5, every: Duration = .seconds(30)) {
    self.after = after
    self.every = every
  }
}
