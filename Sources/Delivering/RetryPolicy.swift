import Model

/// How long a delivery waits after each failed attempt, and how often it is tried.
package enum RetryPolicy: Sendable, Equatable {
  /// One wait after each failed attempt; with n waits there are n + 1 attempts.
  case schedule([Duration])
  /// So many attempts in all; the wait doubles from `first` up to `most`.
  case backoff(attempts: Int, first: Duration, most: Duration)

  /// Standard Webhooks' suggestion: ten attempts over 75.6 hours.
  package static let webhook = RetryPolicy.schedule(
    [.seconds(5), .minutes(5), .minutes(30)] + [2, 5, 10, 14, 20, 24].map { .hours($0) })

  package static let command = RetryPolicy.schedule([.seconds(10), .minutes(1), .minutes(5)])

  /// The wait after the `failures`th failed attempt, from 1; nil where there is no further one.
  package func wait(after failures: Int) -> Duration? {
    switch self {
    case .schedule(let waits):
      return waits.indices.contains(failures - 1) ? waits[failures - 1] : nil
    case .backoff(let attempts, let first, let most):
      guard failures < attempts else { return nil }
      var wait = first
      for _ in 1..<max(failures, 1) where wait < most { wait *= 2 }
      return min(wait, most)
    }
  }
}

extension Duration {
  package static func minutes(_ count: Int) -> Duration { .seconds(60 * count) }
  package static func hours(_ count: Int) -> Duration { .seconds(3600 * count) }
}
