import Model

/// Makes the events that a hook's attempts give cause for: that it is down, that it works again, that a delivery
/// is dead. None is ever bound for the hook it tells of.
struct HookEvents: Sendable {
  let hook: String
  let router: any EventRouter

  /// The event that a change of the hook is told by; nil for what is only logged.
  func event(of news: HookGate.News, at time: Timestamp) -> BoundEvent? {
    switch news {
    case .down(let reason): bind(.hookDown, reason, at: time)
    case .up(let reason): bind(.hookUp, reason, at: time)
    case .breakerOpened, .breakerClosed, .paused: nil
    }
  }

  /// The event of a delivery's death; nil where that told of a hook itself: two hooks that fail would tell of each
  /// other for ever.
  func death(of delivery: ClaimedDelivery, error: String, at time: Timestamp) -> BoundEvent? {
    let event = delivery.event
    if event.hook != nil { return nil }
    let subject = event.taskID.map { TaskRef(source: event.source, id: $0).description } ?? event.source
    return bind(.deliveryDead, "\(delivery.id), \(event.type.name) of \(subject): \(error)", at: time)
  }

  private func bind(_ type: EventType, _ reason: String, at time: Timestamp) -> BoundEvent {
    let event = Event(
      type: type, source: "", hook: hook, taskID: nil, sequence: 0, timestamp: time, reason: reason)
    return BoundEvent(event, hooks: router.hooks(for: event).filter { $0 != hook })
  }
}
