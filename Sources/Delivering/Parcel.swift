import Model

/// What goes out in one attempt: a delivery, or many as a digest.
struct Parcel: Sendable {
  /// At least one, in the order in which they were due.
  let deliveries: [ClaimedDelivery]
  let attempt: Attempt

  init(_ delivery: ClaimedDelivery) {
    deliveries = [delivery]
    attempt = Attempt(delivery: delivery.id, event: delivery.event, number: delivery.attempts + 1)
  }

  /// Many deliveries of `hook` as one message. Those that it names bring their task objects.
  init(digest deliveries: [ClaimedDelivery], of hook: String) {
    self.deliveries = deliveries
    // In the order of rows: however they were due again, the same deliveries have the same id.
    let ids = deliveries.sorted { $0.row < $1.row }.map(\.id)
    attempt = Attempt(
      delivery: Identity.digest(of: ids),
      message: .digest(
        Digest(
          hook: hook, events: deliveries.lazy.map(\.event), named: DeliveryRules.namedInDigest)),
      number: (deliveries.map(\.attempts).max() ?? 0) + 1)
  }

  var isDigest: Bool { if case .digest = attempt.message { true } else { false } }

  /// What is to be written of the attempt for each delivery: its own outcome, by its own tries. Those of a digest
  /// that were tried equally often are due again together, or jitter would scatter it.
  ///
  /// What is told of a death bears the time at which the attempt ended.
  func entries<G: RandomNumberGenerator>(
    _ ended: Ended, policy: RetryPolicy, events: HookEvents, using generator: inout G
  ) -> [Ledger.Entry] {
    if deliveries.count == 1, ended.report.outcome == .delivered {
      return [entry(deliveries[0], 0, Verdict(result: .delivered), ended, events)]
    }
    var verdicts: [Int: Verdict] = [:]
    return deliveries.enumerated().map { index, delivery in
      let tries = delivery.tries + 1
      let verdict =
        verdicts[tries]
        ?? Verdict.on(
          ended.report.outcome, tries: tries, policy: policy, at: ended.ended, using: &generator)
      verdicts[tries] = verdict
      return entry(delivery, index, verdict, ended, events)
    }
  }

  private func entry(
    _ delivery: ClaimedDelivery, _ index: Int, _ verdict: Verdict, _ ended: Ended, _ events: HookEvents
  ) -> Ledger.Entry {
    let took = ended.ended - ended.begun
    var told: [BoundEvent] = []
    if case .dead = verdict.result {
      let now = Timestamp(milliseconds: ended.at.milliseconds + took.milliseconds)
      told = [events.death(of: delivery, error: verdict.error ?? "", at: now)].compactMap(\.self)
    }
    let attempt = AttemptRecord(
      number: delivery.attempts + 1, at: ended.at, duration: took, error: verdict.error,
      code: ended.report.code, detail: detail(ended.report, at: index))
    return Ledger.Entry(
      delivery: delivery.withoutTask,
      settlement: Settlement(
        row: delivery.row, hook: events.hook, result: verdict.result, attempt: attempt, events: told))
  }

  /// What came back. Of a digest it is kept once, with the first delivery; all name the digest.
  private func detail(_ report: AttemptReport, at index: Int) -> String {
    guard isDigest else { return report.detail }
    let name = "in the digest \(attempt.delivery) of \(deliveries.count) deliveries"
    return index > 0 || report.detail.isEmpty ? name : name + "\n" + report.detail
  }
}

/// How an attempt went, and when.
struct Ended: Sendable {
  var report: AttemptReport
  var begun: Moment
  var ended: Moment
  /// When it began, on the wall.
  var at: Timestamp
}

extension ClaimedDelivery {
  /// The same but for its task object, which only the attempt needs.
  fileprivate var withoutTask: ClaimedDelivery {
    var delivery = self
    delivery.event.task = nil
    return delivery
  }
}
