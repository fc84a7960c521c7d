import Delivering
import Model
import Server
import Synchronization
import Watching

/// Counts what the daemon does, and wakes the event stream when something was recorded.
final class Counting: WatchObserver, DeliveryObserver {
  let metrics: Metrics
  private let hooks = Mutex<[String: HookMeters]>([:])
  private let feed = Mutex<EventFeed?>(nil)

  init(_ metrics: Metrics) { self.metrics = metrics }

  /// The feed that is woken from now on.
  func wake(_ feed: EventFeed?) { self.feed.withLock { $0 = feed } }

  // MARK: What is observed

  func counter(of source: String) -> (any PollCounter)? {
    SourceCounter(meters: SourceMeters(metrics, source: source))
  }

  private struct SourceCounter: PollCounter {
    let meters: SourceMeters

    func polled(_ outcome: PollOutcome, took: Duration) { meters.polled(outcome, in: took) }
    func noticed(lag: Duration) { meters.detectionLag.observe(lag) }
  }

  func recorded(_ events: [BoundEvent]) {
    for event in events { metrics.recorded(event.event.type) }
    feed.withLock { $0 }?.wake()
  }

  func attempted(_ delivery: ClaimedDelivery, hook: String, settlement: Settlement) {
    let attempt = settlement.attempt
    let meters = hooks.withLock { hooks in
      // Callbacks' queues share their meters, under however many names.
      let name = TaskCallback.isHook(hook) ? TaskCallback.anyHook : hook
      if let meters = hooks[name] { return meters }
      let meters = HookMeters(metrics, hook: name)
      hooks[name] = meters
      return meters
    }
    let outcome: AttemptOutcome =
      switch settlement.result {
      case .delivered: .delivered
      case .retry: .retry
      case .dead: attempt.code == 410 ? .gone : .dead
      }
    var latency: Duration?
    if outcome == .delivered {
      latency = max(.zero, attempt.at - delivery.event.timestamp) + attempt.duration
    }
    meters.attempted(outcome, in: attempt.duration, latency: latency)
    if !settlement.events.isEmpty { recorded(settlement.events) }
  }
}
