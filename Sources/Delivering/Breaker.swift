import Model

/// Spares an endpoint that fails again and again: after so many failures in a row it opens, and lets one
/// attempt through each `probe`; the first success closes it. Pure.
struct Breaker: Sendable {
  private let rules: BreakerRules
  private var failures = 0
  private var nextProbe: Moment?
  private var probing = false

  init(_ rules: BreakerRules) { self.rules = rules }

  var isOpen: Bool { nextProbe != nil }

  /// The earliest moment of the next attempt; nil for at once. While a probe runs nothing else may.
  var blockedUntil: Moment? {
    guard let nextProbe else { return nil }
    return probing ? .distantFuture : nextProbe
  }

  mutating func begin() { if isOpen { probing = true } }

  /// An attempt failed in a way that is tried again later. Answers whether that opened the breaker.
  mutating func failed(at now: Moment) -> Bool {
    failures += 1
    let wasOpen = isOpen
    if wasOpen || failures >= rules.after {
      // Attempts that ran while it opened do not put the probe off.
      if !wasOpen || probing { nextProbe = now + rules.probe }
      probing = false
    }
    return isOpen && !wasOpen
  }

  /// An attempt ended otherwise than delivered or failed: it says nothing of the endpoint's health.
  mutating func abstained(at now: Moment) {
    if probing {
      nextProbe = now + rules.probe
      probing = false
    }
  }

  /// An attempt was delivered. Answers whether that closed the breaker.
  mutating func succeeded() -> Bool {
    defer {
      failures = 0
      nextProbe = nil
      probing = false
    }
    return isOpen
  }
}

extension Moment {
  static let distantFuture = Moment(nanoseconds: .max)
}
