import Model

/// Spares an endpoint that fails again and again: after so many failures in a row it opens, and lets one
/// attempt through each `probe`; the first success closes it. Pure.
struct Breaker: Sendable {
  /// What an attempt was begun with, and has to be ended with: it tells a probe from the attempts that were
  /// running when the breaker opened, and from probes of an earlier opening.
  struct Pass: Sendable, Equatable {
    fileprivate let opening: Int?
  }

  private var rules: BreakerRules
  private var failures = 0
  /// How often it has opened.
  private var openings = 0
  private var nextProbe: Moment?
  private var probing = false

  init(_ rules: BreakerRules) { self.rules = rules }

  var isOpen: Bool { nextProbe != nil }

  /// The earliest moment of the next attempt; nil for at once. While a probe runs nothing else may.
  var blockedUntil: Moment? {
    guard let nextProbe else { return nil }
    return probing ? .distantFuture : nextProbe
  }

  /// When the next probe may be made; nil where it is closed, and while a probe runs.
  var nextAttempt: Moment? { probing ? nil : nextProbe }

  /// Goes on by other rules, from where it stands.
  mutating func adopt(_ rules: BreakerRules, at now: Moment) {
    self.rules = rules
    if let next = nextProbe { nextProbe = min(next, now + rules.probe) }
  }

  /// An attempt begins.
  mutating func begin() -> Pass {
    if isOpen { probing = true }
    return Pass(opening: isOpen ? openings : nil)
  }

  /// An attempt failed in a way that is tried again later. Answers the failures in a row where that opened the
  /// breaker.
  mutating func failed(_ pass: Pass, at now: Moment) -> Int? {
    if isOpen {
      endProbe(pass, at: now)
      return nil
    }
    failures += 1
    guard failures >= rules.after else { return nil }
    openings += 1
    nextProbe = now + rules.probe
    return failures
  }

  /// An attempt ended otherwise than delivered or failed: it says nothing of the endpoint's health.
  mutating func abstained(_ pass: Pass, at now: Moment) { endProbe(pass, at: now) }

  /// An attempt was delivered. Answers whether that closed the breaker.
  mutating func succeeded() -> Bool {
    defer { close() }
    return isOpen
  }

  /// Begins anew.
  mutating func close() {
    failures = 0
    nextProbe = nil
    probing = false
  }

  /// Attempts that ran while it opened do not put the probe off.
  private mutating func endProbe(_ pass: Pass, at now: Moment) {
    guard isOpen, pass.opening == openings else { return }
    nextProbe = now + rules.probe
    probing = false
  }
}

extension Moment {
  static let distantFuture = Moment(nanoseconds: .max)
}
