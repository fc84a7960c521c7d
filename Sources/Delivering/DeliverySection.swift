import Config
import Model

/// The keys of a hook that say how its deliveries are carried out. What is absent depends on the action.
package struct DeliverySection: ConfigSection {
  enum Keys {
    static let retry = Key(
      "retry", .section(RetrySection.self),
      defaultText: "webhook: 5s 5m 30m 2h 5h 10h 14h 20h 24h; run: 10s 1m 5m",
      doc:
        "When a failed attempt is made again: `{schedule: [5s, 5m]}` or `{attempts: N, first: 1s, most: 1h}`."
    )
    static let timeout = Key(
      "timeout", .duration(in: .milliseconds(1) ... .hours(24)), defaultText: "webhook 15s, run 10m",
      doc: "Of one attempt.")
    static let concurrency = Key(
      "concurrency", .integer(1...1000), defaultText: "webhook 16, run 4", doc: "Attempts at once.")
    static let breaker = Key(
      "breaker",
      .either(
        .keyword("off", as: BreakerSetting.off),
        ValueType<BreakerSection>.section(BreakerSection.self).map { BreakerSetting.on($0.rules) }),
      defaultText: "{after: 5, probe: 30s}",
      doc: "After so many failures in a row only one probe each `probe` is made until one works; or `off`.")
    static let rate = Key(
      "rate", .rate, defaultText: "none; a chat service's own", doc: "At most this many attempts.")
    static let digest = Key(
      "digest",
      .either(
        .keyword("off", as: DigestSetting.off),
        ValueType<DigestSection>.section(DigestSection.self).map { DigestSetting.on($0.rules) }),
      defaultText: "off; of a chat service {after: 5, every: 30s}",
      doc:
        "Where more than so many events wait, they are folded into one message, one each `every`; or `off`."
    )
  }

  enum BreakerSetting: Sendable {
    case off
    case on(BreakerRules)
  }

  enum DigestSetting: Sendable {
    case off
    case on(DigestRules)
  }

  package static let keys: [AnyKey] = [
    AnyKey(Keys.retry), AnyKey(Keys.timeout), AnyKey(Keys.concurrency), AnyKey(Keys.breaker),
    AnyKey(Keys.rate), AnyKey(Keys.digest),
  ]

  /// Of one attempt, where the config says so.
  package let timeout: Duration?
  private let retry: RetryPolicy?
  private let concurrency: Int?
  private let breaker: BreakerSetting?
  private let rate: Rate?
  private let digest: DigestSetting?

  package init?(_ section: Section) {
    retry = section[Keys.retry]?.policy
    timeout = section[Keys.timeout]
    concurrency = section[Keys.concurrency]
    breaker = section[Keys.breaker]
    rate = section[Keys.rate]
    digest = section[Keys.digest]
  }

  /// The rules, where the arguments, which depend on the action, stand in for what the config leaves out.
  package func rules(
    retry defaultRetry: RetryPolicy, concurrency defaultConcurrency: Int, rate defaultRate: Rate? = nil,
    digest defaultDigest: DigestRules? = nil
  ) -> DeliveryRules {
    let breaker: BreakerRules? =
      switch self.breaker {
      case nil: BreakerRules()
      case .off: nil
      case .on(let rules): rules
      }
    let digest: DigestRules? =
      switch self.digest {
      case nil: defaultDigest
      case .off: nil
      case .on(let rules): rules
      }
    return DeliveryRules(
      retry: retry ?? defaultRetry, concurrency: concurrency ?? defaultConcurrency,
      rate: rate ?? defaultRate, breaker: breaker, digest: digest)
  }
}

/// `breaker:` of a hook.
struct BreakerSection: ConfigSection {
  enum Keys {
    static let after = Key(
      "after", .integer(1...1_000_000), default: BreakerRules().after,
      doc: "Failures in a row, with no delivery between, that open it.")
    static let probe = Key(
      "probe", .duration, default: BreakerRules().probe, doc: "Time between two probes while it is open.")
  }

  static let keys: [AnyKey] = [AnyKey(Keys.after), AnyKey(Keys.probe)]
  let rules: BreakerRules

  init?(_ section: Section) {
    rules = BreakerRules(after: section[Keys.after], probe: section[Keys.probe])
  }
}

/// `digest:` of a hook.
struct DigestSection: ConfigSection {
  enum Keys {
    static let after = Key(
      "after", .integer(0...1000), default: DigestRules().after,
      doc: "Events that may wait and go out one by one.")
    static let every = Key(
      "every", .duration, default: DigestRules().every, doc: "Time from one digest to the next.")
  }

  static let keys: [AnyKey] = [AnyKey(Keys.after), AnyKey(Keys.every)]
  let rules: DigestRules

  init?(_ section: Section) {
    rules = DigestRules(after: section[Keys.after], every: section[Keys.every])
  }
}

/// `retry:` of a hook, in one of its two forms.
struct RetrySection: ConfigSection {
  enum Keys {
    static let schedule = Key(
      "schedule", .list(of: .duration(in: .milliseconds(1) ... .hours(24)), atLeast: 1),
      doc: "The waits after each failed attempt, at most 24h each; one more attempt than waits is made.")
    static let attempts = Key("attempts", .integer(1...1000), doc: "Attempts in all.")
    static let first = Key(
      "first", .duration(in: .milliseconds(1) ... .hours(24)), default: .seconds(1),
      doc: "The wait after the first; it doubles from then on.")
    static let most = Key(
      "most", .duration(in: .milliseconds(1) ... .hours(24)), default: .hours(1), doc: "The longest wait.")
  }

  static let keys: [AnyKey] = [
    AnyKey(Keys.schedule), AnyKey(Keys.attempts), AnyKey(Keys.first), AnyKey(Keys.most),
  ]
  let policy: RetryPolicy

  init?(_ section: Section) {
    if let schedule = section[Keys.schedule] {
      if section.has(Keys.attempts) { section.fail(at: Keys.attempts, Self.clash) }
      if section.has(Keys.first) { section.fail(at: Keys.first, Self.clash) }
      if section.has(Keys.most) { section.fail(at: Keys.most, Self.clash) }
      policy = .schedule(schedule)
      return
    }
    if section.has(Keys.schedule) { return nil }
    guard let attempts = section[Keys.attempts] else {
      if !section.has(Keys.attempts) {
        section.fail("schedule or attempts is missing", expected: "{schedule: [5s, 5m]} or {attempts: 5}")
      }
      return nil
    }
    let first = section[Keys.first]
    let most = section.has(Keys.most) ? section[Keys.most] : max(section[Keys.most], first)
    if most < first { section.fail(at: Keys.most, "shorter than first", expected: "at least first") }
    policy = .backoff(attempts: attempts, first: first, most: most)
  }

  private static let clash = "does not go together with schedule"
}
