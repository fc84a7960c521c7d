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
    /// Others are to be told that the hook is down, and that it works again.
    case down(reason: String)
    case up(reason: String)
  }

  /// What an attempt was begun with, and has to be ended with.
  struct Pass: Sendable {
    fileprivate let breaker: Breaker.Pass?
    /// Of the gate as it was then: another breaker knows nothing of this pass.
    fileprivate let era: Int
  }

  private var concurrency: Int
  private var rate: Rate?
  private var pacer: Pacer?
  private var breaker: Breaker?
  /// A short pause that a receiver asked for.
  private var pausedUntil: Moment?
  /// What is kept over restarts.
  private(set) var state: HookState
  private(set) var running = 0
  /// How often a breaker was put in or taken out.
  private var era = 0

  init(rules: DeliveryRules, state: HookState) {
    concurrency = rules.concurrency
    rate = rules.rate
    pacer = rules.rate.map { Pacer($0) }
    breaker = rules.breaker.map { Breaker($0) }
    self.state = state
  }

  /// Goes on by other rules: what runs, what receivers asked for and how often they failed stays as it is.
  mutating func adopt(_ rules: DeliveryRules, at now: Moment) {
    concurrency = rules.concurrency
    if rules.rate != rate {
      rate = rules.rate
      let waits = pacer.map { $0.earliest > now } ?? false
      pacer = rules.rate.map { Pacer($0) }
      // The attempts of late count, or each change would let one through at once.
      if waits { pacer?.take(at: now) }
    }
    switch (breaker, rules.breaker) {
    case (.some, .some(let rules)): breaker?.adopt(rules, at: now)
    case (_, let rules):
      if breaker != nil || rules != nil { era += 1 }
      breaker = rules.map { Breaker($0) }
    }
  }

  /// Whether the breaker is off, closed or open, and when an open one lets the next probe through.
  var breakerStatus: QueueStatus.Breaker {
    guard let breaker else { return .off }
    return breaker.isOpen ? .open(nextProbe: breaker.nextAttempt) : .closed
  }

  func admits(at now: Moment) -> Admission {
    if state.paused != nil || running >= concurrency { return .blocked }
    var moment = now
    if let until = breaker?.blockedUntil { moment = max(moment, until) }
    if let until = state.notBefore { moment = max(moment, until) }
    if let until = pausedUntil { moment = max(moment, until) }
    if let until = pacer?.earliest { moment = max(moment, until) }
    if moment == now { return .go }
    return moment == .distantFuture ? .blocked : .wait(until: moment)
  }

  mutating func begin(at now: Moment) -> Pass {
    running += 1
    pacer?.take(at: now)
    return Pass(breaker: breaker?.begin(), era: era)
  }

  /// An attempt was broken off: it does not count.
  mutating func abandon(_ pass: Pass, at now: Moment) {
    running -= 1
    abstain(pass, at: now)
  }

  mutating func end(_ report: AttemptReport, _ pass: Pass, at now: Moment) -> [News] {
    running -= 1
    if let pause = report.pause { hold(for: pause, at: now, kept: pause > DeliveryRules.longestForgotten) }
    switch report.outcome {
    case .delivered: return delivered()
    case .retry(let reason, let after):
      if let after { hold(for: after, at: now, kept: true) }
      guard pass.era == era, let pass = pass.breaker, let failures = breaker?.failed(pass, at: now) else {
        return []
      }
      let told = failures == 1 ? "an attempt failed" : "\(failures) attempts in a row failed, the last"
      return [.breakerOpened] + down("\(told): \(reason)")
    case .dead:
      abstain(pass, at: now)
      return []
    case .gone(let reason):
      abstain(pass, at: now)
      guard state.paused == nil else { return [] }
      state.paused = reason
      // Told even of a hook that is down already: from this it does not come back by itself.
      state.down = nil
      return [.paused(reason: reason)] + down("\(reason); it is paused until it is resumed")
    }
  }

  /// `taskhook resume`: unpauses, lifts Retry-After, closes the breaker. The hook is down until a delivery shows
  /// that it works.
  mutating func resume() {
    state = HookState(down: state.down)
    pausedUntil = nil
    breaker?.close()
  }

  private mutating func delivered() -> [News] {
    let closed: [News] = breaker?.succeeded() == true ? [.breakerClosed] : []
    // One that was under way as the receiver asked to stop says nothing of what comes after.
    guard let down = state.down, state.paused == nil else { return closed }
    state.down = nil
    return closed + [.up(reason: "delivers again; it was down: \(down)")]
  }

  /// Tells others once, however the trouble goes on and whatever restarts come between.
  private mutating func down(_ reason: String) -> [News] {
    guard state.down == nil else { return [] }
    state.down = reason
    return [.down(reason: reason)]
  }

  private mutating func abstain(_ pass: Pass, at now: Moment) {
    if pass.era == era, let pass = pass.breaker { breaker?.abstained(pass, at: now) }
  }

  /// No attempt for so long; a hold that lasts longer already stays as it is.
  private mutating func hold(for wait: Duration, at now: Moment, kept: Bool) {
    guard wait > .zero else { return }
    let until = now + min(wait, DeliveryRules.longestFloor)
    if kept {
      state.notBefore = max(state.notBefore ?? until, until)
    } else {
      pausedUntil = max(pausedUntil ?? until, until)
    }
  }
}
