import Model

/// What goes out in one attempt.
struct Parcel: Sendable {
  let delivery: ClaimedDelivery

  var attempt: Attempt {
    Attempt(delivery: delivery.id, event: delivery.event, number: delivery.attempts + 1)
  }
}

/// How an attempt went, and when.
struct Ended: Sendable {
  var report: AttemptReport
  var begun: Moment
  var ended: Moment
  /// On the wall, as it is kept with the attempt.
  var at: Timestamp
}
