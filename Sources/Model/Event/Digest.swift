/// Many events of one hook, told in one message.
package struct Digest: Sendable, Equatable {
  /// The hook whose events they are.
  package var hook: String
  /// How many events there are of each type, the most frequent first.
  package var counts: [Count]
  /// The first few of them, in the order in which they were due.
  package var first: [Event]
  /// When the earliest and the latest of them were observed.
  package var from: Timestamp
  package var to: Timestamp

  package struct Count: Sendable, Equatable {
    package var type: EventType
    package var count: Int

    package init(_ type: EventType, _ count: Int) {
      self.type = type
      self.count = count
    }
  }

  package init(hook: String, counts: [Count], first: [Event], from: Timestamp, to: Timestamp) {
    self.hook = hook
    self.counts = counts
    self.first = first
    self.from = from
    self.to = to
  }

  /// What is told of many events: the first `named` of them, and how many there are of each type.
  package init(hook: String, events: some Sequence<Event>, named: Int) {
    var counts: [EventType: Int] = [:]
    var first: [Event] = []
    var from: Timestamp?
    var to: Timestamp?
    for event in events {
      counts[event.type, default: 0] += 1
      if first.count < named { first.append(event) }
      from = min(from ?? event.timestamp, event.timestamp)
      to = max(to ?? event.timestamp, event.timestamp)
    }
    self.init(
      hook: hook,
      counts: counts.map { Count($0.key, $0.value) }.sorted {
        ($1.count, $0.type.name) < ($0.count, $1.type.name)
      },
      first: first, from: from ?? Timestamp(milliseconds: 0), to: to ?? Timestamp(milliseconds: 0))
  }

  /// How many events there are in all.
  package var count: Int { counts.reduce(0) { $0 + $1.count } }

  /// The type as receivers see it.
  package static let type = "digest"
}

/// What an attempt tells.
package enum Message: Sendable, Equatable {
  case event(Event)
  case digest(Digest)

  /// The type as receivers see it.
  package var type: String {
    switch self {
    case .event(let event): event.type.name
    case .digest: Digest.type
    }
  }
}
