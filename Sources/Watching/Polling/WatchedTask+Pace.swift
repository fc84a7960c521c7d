import Model

extension WatchedTask {
  /// Notes what a poll's end means for the task's own pace; answers how long it waits for the next one.
  ///
  /// - Parameters:
  ///   - hash: of the body that was read; 0 where it is to be read again whatever it says.
  ///   - hint: the least wait that the answer asked for.
  mutating func note<G: RandomNumberGenerator>(
    _ reading: PollReading, hash: Int, hint: Duration?, at now: Moment, rules: WatchRules,
    using generator: inout G
  ) -> Duration {
    var wait = rules.every
    switch reading {
    case .observed:
      failures = 0
      bodyHash = hash
      // Additive, so that no task is polled earlier than its pace.
      wait = Jitter.added(
        to: Pace.wait(still: now - active, rules: rules), upTo: 0.05, using: &generator)
    case .notFound:
      failures = 0
      wait = status == nil ? WatchRules.untilSeen : rules.every
    case .failed, .unreadable:
      failures = UInt8(min(Int(failures) + 1, 250))
      wait = Jitter.added(
        to: Pace.backoff(failures: Int(failures), rules: rules), upTo: 0.2, using: &generator)
    case .gone, .refused, .throttled: break  // watching ends, or the gate holds the whole source
    }
    return max(wait, hint ?? .zero)
  }
}
