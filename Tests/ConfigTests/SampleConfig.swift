import Config
import Model

/// A config much like the real one, for tests: every kind of type that a key can have.
struct SampleConfig: ConfigSection {
  enum Keys {
    static let sources = Key(
      "sources", .map(of: .section(SampleSource.self)), required: true, doc: "Where tasks are.")
    static let hooks = Key(
      "hooks", .map(of: .section(SampleHook.self)), required: true, doc: "What events do.")
    static let tasks = Key("tasks", .list(of: .string), doc: "Ids to watch from the start.")
    static let retention = Key(
      "retention", .duration, default: .seconds(30 * 86400), doc: "How long ended tasks are kept.")
    static let state = Key(
      "state", .path, defaultText: "`taskhook.db` beside the config", doc: "SQLite file.")
  }

  static let keys = [
    AnyKey(Keys.sources), AnyKey(Keys.hooks), AnyKey(Keys.tasks), AnyKey(Keys.retention), AnyKey(Keys.state),
  ]

  let sources: [Named<SampleSource>]
  let hooks: [Named<SampleHook>]
  let tasks: [String]
  let retention: Duration
  let state: String?

  init?(_ section: Section) {
    guard let sources = section[Keys.sources], let hooks = section[Keys.hooks] else { return nil }
    self.sources = sources
    self.hooks = hooks
    tasks = section[Keys.tasks] ?? []
    retention = section[Keys.retention]
    state = section[Keys.state]
  }
}

struct SampleSource: ConfigSection {
  enum Provider: String, CaseIterable { case runway, http }

  struct Poll: ConfigSection {
    enum Keys {
      static let every = Key(
        "every", .duration(in: .seconds(1)...(.seconds(3600))), default: .seconds(6), doc: "Pace of one task."
      )
      static let rate = Key("rate", .rate, default: Rate(20, per: .seconds(1)), doc: "Budget of the source.")
      static let connections = Key("connections", .integer(1...1000), default: 16, doc: "At once.")
    }

    static let keys = [AnyKey(Keys.every), AnyKey(Keys.rate), AnyKey(Keys.connections)]

    let every: Duration
    let rate: Rate
    let connections: Int

    init?(_ section: Section) {
      every = section[Keys.every]
      rate = section[Keys.rate]
      connections = section[Keys.connections]
    }
  }

  enum Keys {
    static let provider = Key("provider", .word(Provider.self), required: true, doc: "Which API.")
    static let baseURL = Key("base_url", .url, doc: "Where it is.")
    static let apiKey = Key("api_key", .secret, defaultText: "none", doc: "Its key.")
    static let headers = Key("headers", .map(of: .string), doc: "Extra headers.")
    static let poll = Key("poll", .section(Poll.self), doc: "The pace.")
  }

  static let keys =
    [
      AnyKey(Keys.provider), AnyKey(Keys.baseURL), AnyKey(Keys.apiKey), AnyKey(Keys.headers),
      AnyKey(Keys.poll),
    ] + ConnectionKeys.all

  let provider: Provider
  let baseURL: String?
  let apiKey: Secret?
  let headers: [Named<String>]
  let poll: Poll?
  let connection: ConnectionOptions

  init?(_ section: Section) {
    guard let provider = section[Keys.provider] else { return nil }
    self.provider = provider
    baseURL = section[Keys.baseURL]
    apiKey = section[Keys.apiKey]
    headers = section[Keys.headers] ?? []
    poll = section[Keys.poll]
    connection = ConnectionKeys.options(section)
  }
}

struct SampleHook: ConfigSection {
  enum Breaker: Sendable, Equatable {
    case off
    case rules(after: Int, probe: Duration)
  }

  struct BreakerRules: ConfigSection {
    enum Keys {
      static let after = Key("after", .integer(1...100), default: 5, doc: "Failures in a row.")
      static let probe = Key("probe", .duration, default: .seconds(30), doc: "Time between probes.")
    }

    static let keys = [AnyKey(Keys.after), AnyKey(Keys.probe)]

    let breaker: Breaker

    init?(_ section: Section) {
      breaker = .rules(after: section[Keys.after], probe: section[Keys.probe])
    }
  }

  struct Webhook: ConfigSection {
    enum Keys {
      static let url = Key("url", .secretURL, required: true, doc: "Where requests go.")
      static let secret = Key("secret", .oneOrMany(of: .secret), doc: "Signs requests.")
      static let verify = Key("verify", .boolean, default: true, doc: "Whether to verify.")
    }

    static let keys = [AnyKey(Keys.url), AnyKey(Keys.secret), AnyKey(Keys.verify)]

    let url: SecretURL
    let secrets: [Secret]
    let verify: Bool

    init?(_ section: Section) {
      guard let url = section[Keys.url] else { return nil }
      self.url = url
      secrets = section[Keys.secret] ?? []
      verify = section[Keys.verify]
    }
  }

  enum Keys {
    static let on = Key("on", .oneOrMany(of: .string), required: true, doc: "Which events.")
    static let webhook = Key("webhook", .section(Webhook.self), doc: "Sends a request.")
    static let run = Key("run", .oneOrMany(of: .string), doc: "Runs a program.")
    static let breaker = Key(
      "breaker",
      .either(.keyword("off", as: .off), ValueType<BreakerRules>.section(BreakerRules.self).map(\.breaker)),
      default: .rules(after: 5, probe: .seconds(30)), defaultText: "`{after: 5, probe: 30s}`",
      doc: "Stops hammering.")
    static let limit = Key("limit", .size, default: 64 << 10, doc: "Most output kept.")
    static let step = Key("step", .percentage, doc: "Progress to tell.")
  }

  static let keys = [
    AnyKey(Keys.on), AnyKey(Keys.webhook), AnyKey(Keys.run), AnyKey(Keys.breaker), AnyKey(Keys.limit),
    AnyKey(Keys.step),
  ]

  let on: [String]
  let webhook: Webhook?
  let run: [String]?
  let breaker: Breaker
  let limit: Int
  let step: Double?

  init?(_ section: Section) {
    guard section.requireOne(of: [AnyKey(Keys.webhook), AnyKey(Keys.run)]), let on = section[Keys.on] else {
      return nil
    }
    self.on = on
    webhook = section[Keys.webhook]
    run = section[Keys.run]
    breaker = section[Keys.breaker]
    limit = section[Keys.limit]
    step = section[Keys.step]
  }
}
