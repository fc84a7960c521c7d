/// What hooks are told. Its id is derived from (source, task, sequence) and never changes.
package struct Event: Sendable, Equatable {
  package var type: EventType
  /// Empty where the event is a hook's.
  package var source: String
  /// The hook that the event is about: on `hook.down`, `hook.up` and `delivery.dead`.
  package var hook: String?
  /// The task's id; nil where the event is the source's own, or a hook's.
  package var taskID: String?
  /// Counts the recorded events of the task, of the source, or of the hook, from 1.
  package var sequence: Int
  /// When it was observed.
  package var timestamp: Timestamp
  package var status: String?
  package var state: TaskState?
  /// Nil at first sight.
  package var previousStatus: String?
  package var previousState: TaskState?
  /// From 0 to 1.
  package var progress: Double?
  package var previousProgress: Double?
  package var labels: [String: String]
  /// The provider's task object, byte for byte; nil where none was seen yet.
  package var task: [UInt8]?
  /// In words, why; on the watcher's own events.
  package var reason: String?
  /// The copies of the task's output files, as far as they were saved.
  package var files: [SavedFile]
  /// When the task was created, where the provider told. Told by the store to those who deliver; not recorded
  /// with the event.
  package var createdAt: Timestamp?
  /// When the present watch of the task began. Told by the store to those who deliver; not recorded with the
  /// event.
  package var watchedSince: Timestamp?
  /// The task's own webhook. Told to those who route and deliver; not recorded with the event.
  package var callback: TaskCallback?

  package init(
    type: EventType, source: String, hook: String? = nil, taskID: String?, sequence: Int,
    timestamp: Timestamp,
    status: String? = nil, state: TaskState? = nil, previousStatus: String? = nil,
    previousState: TaskState? = nil, progress: Double? = nil, previousProgress: Double? = nil,
    labels: [String: String] = [:], task: [UInt8]? = nil, reason: String? = nil, files: [SavedFile] = [],
    createdAt: Timestamp? = nil, watchedSince: Timestamp? = nil, callback: TaskCallback? = nil
  ) {
    self.type = type
    self.source = source
    self.hook = hook
    self.taskID = taskID
    self.sequence = sequence
    self.timestamp = timestamp
    self.status = status
    self.state = state
    self.previousStatus = previousStatus
    self.previousState = previousState
    self.progress = progress
    self.previousProgress = previousProgress
    self.labels = labels
    self.task = task
    self.reason = reason
    self.files = files
    self.createdAt = createdAt
    self.watchedSince = watchedSince
    self.callback = callback
  }

  package var id: String {
    if let hook { return Identity.event(hook: hook, sequence: sequence) }
    return Identity.event(source: source, task: taskID, sequence: sequence)
  }
}

/// An event with the hooks it is bound for.
package struct BoundEvent: Sendable, Equatable {
  package var event: Event
  /// Names of hooks; one delivery is made for each.
  package var hooks: [String]
  /// What is to be kept of the task's outputs.
  package var save: SaveOrder?

  package init(_ event: Event, hooks: [String], save: SaveOrder? = nil) {
    self.event = event
    self.hooks = hooks
    self.save = save
  }
}
