import Model

/// Which events a client of the stream wants, and how much of them.
struct EventFilter: Sendable, Hashable {
  var source: String?
  /// A task's id.
  var id: String?
  /// Empty for all.
  var types: Set<EventType> = []
  /// The hook that events are about.
  var hook: String?
  /// Whether events come with their task object.
  var withTask = true

  func fits(_ event: Event) -> Bool {
    if let source, event.hook != nil || event.source != source { return false }
    if let id, event.taskID != id { return false }
    if !types.isEmpty, !types.contains(event.type) { return false }
    if let hook, event.hook != hook { return false }
    return true
  }

  /// Whether every event fits.
  var isEmpty: Bool { source == nil && id == nil && types.isEmpty && hook == nil }
}

/// What a client asked the stream for.
struct EventSubscription: Sendable, Equatable {
  var filter: EventFilter
  /// The row after which it begins; nil for what comes from now on.
  var after: Int64?
}
