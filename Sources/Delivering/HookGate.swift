import Model

/// Whether a hook may make an attempt now: its concurrency, rate, breaker, what receivers asked for, and
/// whether it is paused. Pure.
struct HookGate: Sendable {
  enum Admission: Equatable {
    case go
    case wait(until: Moment)
    /// Not before a running attempt has ended, or the hook is resumed.
    case blocked
  }

  /// What an attempt's end changed about the hook.
  enum News: Equatable {
    case breakerOpened, breakerClosed
    case paused(reason: String)
  }

  private let concurrency: Int
  private var pacer: Pacer?
  private var breaker: Breaker?
  private(set) var state: HookState
  private(set) var running = 0

  init(rules: DeliveryRules, state: HookState) {
    concurrency = rules.concurrency
    pacer = rules.rate.map { Pacer($0) }
    breaker = rules.breaker.map { Breaker($0) }
    self.state = state
  }

  func admits(at now: Moment) -> Admission {
    if state.paused != nil || running >= concurrency { return .blocked }
    let waits = [breaker?.blockedUntil, state.notBefore, pacer?.earliest]
    guard let moment = waits.compactMap({ $0 }).max(), moment > now else { return .go }
    return moment == .distantFuture ? .blocked : .wait(until: moment)
  }

  mutating func begin(at now: Moment) {
    running += 1
    pacer?.take(at: now)
    breaker?.begin()
  }

  /// An attempt was broken off: it does not count.
  mutating func abandon(at now: Moment) {
    running -= 1
    breaker?.abstained(at: now)
  }

  mutating func end(_ outcome: Outcome, at now: Moment) -> News? {
    running -= 1
    switch outcome {
    case .delivered:
      return breaker?.succeeded() == true ? .breakerClosed : nil
    case .retry(_, let after):
      if let after, after > .zero {
        let floor = now + min(after, DeliveryRules.longestFloor)
        state.notBefore = max(state.notBefore ?? floor, floor)
      }
      return breaker?.failed(at: now) == true ? .breakerOpened : nil
    case .dead:
      breaker?.abstained(at: now)
      return nil
    case .gone(let reason):
      breaker?.abstained(at: now)
      guard state.paused == nil else { return nil }
      state.paused = reason
      return .paused(reason: reason)
    }
  }

  /// `taskhook resume`: unpauses, lifts Retry-After, closes the breaker.
  mutating func resume() {
    state = HookState()
    _ = breaker?.succeeded()
  }
}
