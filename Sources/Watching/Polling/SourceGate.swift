import Model

/// Whether a source may be asked now: its budget, its connections, its pauses, and whether it is down. Pure.
///
/// Down means: its credentials were refused (401, 403), or 10 polls in a row across the source failed. Then
/// one poll a minute is let through until one works.
struct SourceGate: Sendable {
  enum Admission: Equatable {
    case go
    /// Not before this moment.
    case wait(until: Moment)
    /// Not before a running poll has ended.
    case full
  }

  /// What a poll's end changed.
  enum News: Equatable {
    case down(reason: String)
    case up
  }

  private enum Trouble: Equatable { case refused, unreachable }

  static let failuresUntilDown = 10
  static let probeEvery: Duration = .seconds(60)
  static let longestPause: Duration = .seconds(3600)

  private var rules: WatchRules
  private var pacer: Pacer
  private(set) var pausedUntil = Moment(nanoseconds: .min)
  private(set) var running = 0
  private var capacity: Int
  private var failures = 0
  private var throttles = 0
  private var trouble: Trouble?

  /// `down` is what the store knows from before.
  init(rules: WatchRules, down: Bool = false) {
    self.rules = rules
    pacer = Pacer(rules.rate)
    capacity = rules.connections
    if down { trouble = .unreachable }
  }

  var isDown: Bool { trouble != nil }

  func admits(at now: Moment) -> Admission {
    if running >= (isDown ? 1 : capacity) { return .full }
    let earliest = max(pausedUntil, pacer.earliest)
    return earliest <= now ? .go : .wait(until: earliest)
  }

  /// Goes on by other rules. They may be what a source that is down was wanting: it is tried at once.
  mutating func reconfigure(_ rules: WatchRules, at now: Moment) {
    if rules.rate != self.rules.rate { pacer = pacer.going(at: rules.rate) }
    capacity = capacity / max(1, self.rules.connections) * rules.connections
    self.rules = rules
    if trouble != nil { pausedUntil = min(pausedUntil, now) }
  }

  /// A running poll has ended and says nothing.
  mutating func abandon() { running -= 1 }

  mutating func begin(at now: Moment) {
    running += 1
    pacer.take(at: now)
  }

  /// A running poll needs a second request.
  mutating func goOn(at now: Moment) { pacer.take(at: now) }

  /// A poll ended. `multiplexed` where the answer came over HTTP/2.
  mutating func end<G: RandomNumberGenerator>(
    _ reading: PollReading, multiplexed: Bool, at now: Moment, using generator: inout G
  ) -> News? {
    running -= 1
    if multiplexed { capacity = rules.connections * WatchRules.streams }
    switch reading {
    case .observed, .notFound, .gone:
      failures = 0
      throttles = 0
      return recover(at: now)
    case .throttled(let retryAfter):
      failures = 0
      throttles += 1
      let wait =
        retryAfter.map { min(max($0, .zero), Self.longestPause) }
        ?? Jitter.added(
          to: Pace.backoff(failures: throttles, rules: rules), upTo: 0.2, using: &generator)
      pause(until: now + wait)
      // An API that throttles is reachable, but has not said that the key is good.
      return trouble == .unreachable ? recover(at: now, keepingPause: true) : nil
    case .refused(let reason):
      failures = 0
      pause(until: now + Self.probeEvery)
      let news: News? = trouble == nil ? .down(reason: reason) : nil
      trouble = .refused
      return news
    case .failed(let reason), .unreadable(let reason, _):
      failures += 1
      if trouble != nil {
        pause(until: now + Self.probeEvery)
        return nil
      }
      guard failures >= Self.failuresUntilDown else { return nil }
      trouble = .unreachable
      pause(until: now + Self.probeEvery)
      return .down(reason: "\(failures) polls in a row failed, the last: \(reason)")
    }
  }

  private mutating func pause(until moment: Moment) { pausedUntil = max(pausedUntil, moment) }

  private mutating func recover(at now: Moment, keepingPause: Bool = false) -> News? {
    guard trouble != nil else { return nil }
    trouble = nil
    if !keepingPause { pausedUntil = now }
    return .up
  }
}
