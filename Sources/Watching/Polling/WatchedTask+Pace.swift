import Model

extension WatchedTask {
  /// Whether time alone has something follow from a poll that showed the same body as the one before: the task has
  /// stalled, or has grown too old. What `Decision` says of all else is that nothing follows.
  func isMoved(byTimeUntil now: Moment, rules: WatchRules) -> Bool {
    now - began >= rules.giveUpAfter || (!stalled && now - active >= rules.stalledAfter)
  }

  /// A poll showed the same body as the one before.
  mutating func sawTheSame() {
    failures = 0
    misses = 0
    pace.isBlind = false
  }

  /// Notes what a poll's end means for the task's own pace; answers how long it waits for the next one.
  ///
  /// - Parameters:
  ///   - hash: of the body that was read; 0 where it is to be read again whatever it says.
  ///   - hint: the least wait that the answer asked for.
  ///   - spreads: whether waits are made a little longer at random, so that not all tasks are due at once.
  mutating func note<G: RandomNumberGenerator>(
    _ reading: PollReading, hash: Int, hint: Duration?, spreads: Bool = true, at now: Moment,
    rules: WatchRules,
    using generator: inout G
  ) -> Duration {
    func spread(_ wait: Duration, by share: Double) -> Duration {
      // Additive, so that no task is polled earlier than its pace.
      spreads ? Jitter.added(to: wait, upTo: share, using: &generator) : wait
    }
    var wait = rules.every
    switch reading {
    case .observed:
      failures = 0
      bodyHash = hash
      wait = spread(Pace.wait(still: now - active, rules: rules), by: 0.05)
    case .notFound:
      failures = 0
      wait = status == nil ? WatchRules.untilSeen : rules.every
    case .failed, .unreadable:
      failures = UInt8(min(Int(failures) + 1, 250))
      wait = spread(Pace.backoff(failures: Int(failures), rules: rules), by: 0.2)
    case .gone, .refused, .throttled: break  // watching ends, or the gate holds the whole source
    }
    return max(wait, hint ?? .zero)
  }
}
