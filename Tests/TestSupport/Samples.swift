import Model

/// Small values that tests are made of.
extension Timestamp {
  /// 2026-01-01T00:00:00Z, where `ManualTime` begins.
  package static let start = Timestamp(milliseconds: 1_767_225_600_000)
}

extension Moment {
  package static let start = Moment(milliseconds: 1_767_225_600_000)
}

/// A router that binds every event it is told to want to one hook.
package struct FixedRouter: EventRouter {
  package var types: Set<EventType>?
  package var names: [String]
  package var progress: Bool

  /// `types` nil for all.
  package init(_ names: [String] = ["hook"], types: Set<EventType>? = nil, progress: Bool = false) {
    self.names = names
    self.types = types
    self.progress = progress
  }

  package func hooks(for event: Event) -> [String] {
    if event.type == .progress && !progress { return [] }
    return types.map { $0.contains(event.type) } ?? true ? names : []
  }

  package func wantsProgress(of source: String) -> Bool { progress }
}

extension TaskRecord {
  /// What a watcher makes of seeing the task in a new state: the record afterwards, and the event.
  package func seen(in state: TaskState, at time: Timestamp, body: String) -> (TaskRecord, Event) {
    var after = self
    after.sequence += 1
    after.status = state.rawValue.uppercased()
    after.state = state
    after.changedAt = time
    after.lastPolled = time
    if state.isTerminal { after.ending = .terminal }
    let event = Event(
      type: .task(state), source: ref.source, taskID: ref.id, sequence: after.sequence, timestamp: time,
      status: after.status, state: state, previousStatus: status, previousState: self.state, labels: labels,
      task: Array(body.utf8))
    return (after, event)
  }
}
