import Model

/// A task that the stand-in knows. What it is follows from these values and the time alone.
struct SimulatedTask {
  let created: Moment
  let createdAt: Timestamp
  let media: Media
  let lifecycle: Lifecycle
  var cancelledAt: Moment?
  /// Deleted after it had ended: unknown from then on.
  var deleted = false
  /// How many requests about it have come.
  var requests = 0
  var lastPoll: Moment?

  /// Seconds of API time since it was created.
  func age(at now: Moment, speed: Double) -> Double { max(0, (now - created).seconds) * speed }

  /// nil while or since the API does not know it.
  func phase(at now: Moment, speed: Double) -> Phase? {
    if deleted { return nil }
    if let cancelledAt, now >= cancelledAt { return .cancelled }
    return lifecycle.phase(at: age(at: now, speed: speed))
  }
}
