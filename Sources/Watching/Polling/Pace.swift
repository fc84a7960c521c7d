import Model

/// How long a task waits for its next poll.
enum Pace {
  /// A still task keeps the source's pace for this long before it is asked less often.
  static let patience: Duration = .seconds(300)
  /// Later its wait is the time without a change divided by this.
  static let fraction = 50.0

  /// After a poll that was answered. Past `patience` the wait is 2% of the time without a change, so that a
  /// change is seen at most 2% late: 60 s after 55 minutes.
  static func wait(still: Duration, rules: WatchRules) -> Duration {
    let stretched = (still - patience) / Int(fraction)
    return max(rules.every, min(max(rules.slowest, rules.every), stretched))
  }

  /// After the `failures`th failed poll in a row, from 1: `every`, doubled each time, up to `slowest`. With
  /// the defaults: 6 s, 12 s, 24 s, 48 s, 60 s.
  static func backoff(failures: Int, rules: WatchRules) -> Duration {
    let most = max(rules.slowest, rules.every)
    return min(most, rules.every * (1 << min(max(failures, 1) - 1, 20)))
  }
}
