import Model

/// How a poll ended, as `taskhook_polls_total` counts it.
package enum PollOutcome: String, Sendable, CaseIterable {
  case observed, unchanged
  case notFound = "not_found"
  case throttled, refused, failed, unreadable, gone
}

/// How an attempt ended, as `taskhook_delivery_attempts_total` counts it.
package enum AttemptOutcome: String, Sendable, CaseIterable { case delivered, retry, dead, gone }

/// The meters of one source, looked up once: counting a poll costs two of them and no look-up.
package struct SourceMeters: Sendable {
  private let polls: [Counter]
  /// From a poll's request to its answer.
  package let pollDuration: Histogram
  /// The time between two polls of which the second saw a transition.
  package let detectionLag: Histogram

  package init(_ metrics: Metrics, source: String) {
    polls = PollOutcome.allCases.map { metrics.polls[source, $0.rawValue] }
    pollDuration = metrics.pollDuration[source]
    detectionLag = metrics.detectionLag[source]
  }

  package func polled(_ outcome: PollOutcome, in duration: Duration) {
    polls[outcome.index].add()
    pollDuration.observe(duration)
  }
}

/// The meters of one hook, looked up once.
package struct HookMeters: Sendable {
  private let attempts: [Counter]
  private let duration: Histogram
  private let latency: Histogram

  /// - Parameter hook: the name under which deliveries go; those of callbacks share their meters.
  package init(_ metrics: Metrics, hook: String) {
    let label = Metrics.label(ofHook: hook)
    attempts = AttemptOutcome.allCases.map { metrics.attempts[label, $0.rawValue] }
    duration = metrics.attemptDuration[label]
    latency = metrics.deliveryLatency[label]
  }

  /// - Parameter latency: from the time the event was seen, where it was delivered.
  package func attempted(_ outcome: AttemptOutcome, in time: Duration, latency: Duration? = nil) {
    attempts[outcome.index].add()
    duration.observe(time)
    if let latency { self.latency.observe(latency) }
  }
}

extension Metrics {
  /// Events were recorded.
  package func recorded(_ event: EventType) { eventCounts[event.name].add() }

  /// A write transaction was committed.
  package func committed(operations: Int) {
    commits[].add()
    commitOperations[].observe(Double(operations))
  }

  /// What answered a request to the proxy.
  package enum Served: String, Sendable { case upstream, observation }

  package func proxied(source: String, by served: Served) { proxyRequests[source, served.rawValue].add() }
}

extension PollOutcome {
  fileprivate var index: Int {
    switch self {
    case .observed: 0
    case .unchanged: 1
    case .notFound: 2
    case .throttled: 3
    case .refused: 4
    case .failed: 5
    case .unreadable: 6
    case .gone: 7
    }
  }
}

extension AttemptOutcome {
  fileprivate var index: Int {
    switch self {
    case .delivered: 0
    case .retry: 1
    case .dead: 2
    case .gone: 3
    }
  }
}
