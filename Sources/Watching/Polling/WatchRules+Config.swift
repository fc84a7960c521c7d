import Config
import Model

extension WatchRules: ConfigSection {
  enum Keys {
    static let poll = Key(
      "poll", .section(PollSection.self), defaultText: "as below", doc: "How fast the source is polled.")
    static let notFoundFor = Key(
      "not_found_for", .duration, default: WatchRules().notFoundFor,
      doc: "How long a new id may be unknown to the API before `task.not_found`.")
    static let stalledAfter = Key(
      "stalled_after", .duration, default: WatchRules().stalledAfter,
      doc: "No change of status or progress for this long: `task.stalled`, once; watching goes on.")
    static let giveUpAfter = Key(
      "give_up_after", .duration, default: WatchRules().giveUpAfter,
      doc: "Age at which watching ends with `task.timed_out`.")
  }

  /// The keys of a source that say when its tasks are polled.
  package static let keys: [AnyKey] = [
    AnyKey(Keys.poll), AnyKey(Keys.notFoundFor), AnyKey(Keys.stalledAfter), AnyKey(Keys.giveUpAfter),
  ]

  package init?(_ section: Section) {
    self.init()
    if let poll = section[Keys.poll] {
      every = poll.every
      slowest = poll.slowest
      rate = poll.rate
      connections = poll.connections
      timeout = poll.timeout
      groupBy = poll.groupBy
    }
    notFoundFor = section[Keys.notFoundFor]
    stalledAfter = section[Keys.stalledAfter]
    giveUpAfter = section[Keys.giveUpAfter]
  }
}

/// `poll:` of a source.
struct PollSection: ConfigSection {
  enum Keys {
    static let every = Key(
      "every", .duration, default: WatchRules().every,
      doc: "Shortest time between two polls of one task; providers ask for at least 5 s.")
    static let slowest = Key(
      "slowest", .duration, default: WatchRules().slowest,
      doc: "How far adaptive polling may stretch it, and a failing task's back-off.")
    static let rate = Key(
      "rate", .rate, default: WatchRules().rate, doc: "Request budget of the whole source.")
    static let connections = Key(
      "connections", .integer(1...1000), default: WatchRules().connections,
      doc: "Parallel connections; each carries many requests over HTTP/2.")
    static let timeout = Key(
      "timeout", .duration(in: .milliseconds(1) ... .seconds(600)), default: WatchRules().timeout,
      doc: "Of one request.")
    static let groupBy = Key(
      "group_by", .groupBy, defaultText: "none",
      doc: "What tells apart how long tasks take, such as `task.model`: the pace of each kind is learnt.")
  }

  static let keys: [AnyKey] = [
    AnyKey(Keys.every), AnyKey(Keys.slowest), AnyKey(Keys.rate), AnyKey(Keys.connections),
    AnyKey(Keys.timeout), AnyKey(Keys.groupBy),
  ]

  let every: Duration
  let slowest: Duration
  let rate: Rate
  let connections: Int
  let timeout: Duration
  let groupBy: GroupBy?

  init?(_ section: Section) {
    every = section[Keys.every]
    let slowest = section[Keys.slowest]
    if section.has(Keys.slowest), slowest < every {
      section.fail(
        at: Keys.slowest, "shorter than every, which is \(DurationText.write(every))",
        expected: "a duration of at least poll.every")
    }
    self.slowest = max(slowest, every)
    rate = section[Keys.rate]
    connections = section[Keys.connections]
    timeout = section[Keys.timeout]
    groupBy = section[Keys.groupBy]
  }
}
