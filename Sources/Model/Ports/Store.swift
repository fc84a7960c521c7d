/// Where tasks, events and deliveries are kept. All methods may be called at any time from anywhere; writes
/// that arrive while a transaction runs share the next one. Errors are `StoreError`.
package protocol Store: Sendable {
  // MARK: Watching

  /// Registers tasks. Known ones are left as they are, unless `again` is set and they have ended: then they
  /// are watched anew (status, state, progress and ending cleared; the sequence goes on; labels and a URL that
  /// come with it replace the old ones) and answered as added. A callback that comes with a task that is watched
  /// becomes its own; the daemon beside is told. Answers in order.
  /// `mark` is written in the same transaction.
  func register(_ tasks: [NewTask], mark: Mark?) async throws(StoreError) -> [Registration]

  /// The watched tasks with rows above `row`, in order of rows, at most `limit`.
  func watched(after row: Int64, limit: Int) async throws(StoreError) -> [TaskRecord]

  /// What is known of each source that ever had an event.
  func sourceRecords() async throws(StoreError) -> [SourceRecord]

  /// Writes records, their events and these events' deliveries, all or nothing. A change of a task that is
  /// no longer watched (removed meanwhile), or watched anew since (`watchedSince` differs), is dropped. An event
  /// with a save orders it; one of the same task that is pending still is given up for it.
  func commit(_ changes: [Change]) async throws(StoreError)

  /// Notes when tasks were last polled: (row, time).
  func touch(_ polled: [(row: Int64, at: Timestamp)]) async throws(StoreError)

  /// What was learnt of how long tasks take, the kinds that taught last first, at most `limit` of each source.
  func paces(limit: Int) async throws(StoreError) -> [LearntPace]
  /// Notes it, in the place of what was known of the same kinds.
  func keep(_ paces: [LearntPace]) async throws(StoreError)

  // MARK: Delivering

  func hookStates() async throws(StoreError) -> [String: HookState]
  func setHookState(_ state: HookState, of hook: String) async throws(StoreError)

  /// Deliveries of a hook that are ready and due at `now`, longest due first, at most `limit`, none of them
  /// in `held`. An event without a task object of its own (the task was lost, stalled or given up) carries the
  /// last one that was seen, as far as `bodies` lets it.
  func claim(hook: String, limit: Int, bodies: ClaimedBodies, held: Set<Int64>, now: Moment)
    async throws(StoreError) -> Claim

  /// How many deliveries of each hook have not ended; hooks without any are left out.
  func openDeliveries() async throws(StoreError) -> [String: Int]

  /// Writes attempts and what follows from them, all or nothing and in order: where a delivery ended, the next
  /// of its lane becomes ready; events of the hook get its next numbers, and their deliveries are made. What was
  /// settled before stays as it is. Answers whether any delivery became ready.
  @discardableResult
  func settle(_ settlements: [Settlement]) async throws(StoreError) -> Bool

  // MARK: Saving outputs

  /// The saves of tasks with rows above `row` that have not ended, in order of rows, at most `limit`.
  func pendingSaves(after row: Int64, limit: Int) async throws(StoreError) -> [PendingSave]
  /// Notes how far the copy of one output of a pending save is.
  func note(_ progress: SaveProgress, of output: Int, task row: Int64) async throws(StoreError)
  /// Ends a save, all or nothing: the event gets the task's next number, its files are written to the event of the
  /// success too, and deliveries that waited for it wait no more. A save that has ended, that was ordered anew
  /// since, or whose task is gone, stays as it is. Answers the event as it was recorded, nil where it was not.
  func settle(_ settlement: SaveSettlement) async throws(StoreError) -> BoundEvent?
  /// Orders the saving of an ended task's outputs anew: what was saved stays saved, as long as it is of the same
  /// place in `outputs`. Answers false where the store knows no success of this task.
  func save(_ ref: TaskRef, outputs: [TaskOutput]) async throws(StoreError) -> Bool
  /// Which task's output a copy at this path is, and its place among them; nil where the path is free.
  func owner(ofFile path: String) async throws(StoreError) -> (task: TaskRef, output: Int)?
  /// Bytes of all saved files whose path begins so.
  func savedBytes(under prefix: String) async throws(StoreError) -> Int64

  // MARK: Steering from outside the daemon

  /// What other processes asked for since the last call.
  func signals() async throws(StoreError) -> [Signal]
  /// Ends the watching of tasks; answers which were watched.
  func remove(_ refs: [TaskRef]) async throws(StoreError) -> [TaskRef]
  /// Makes ended deliveries ready again, due at `now`, with the same ids. Those that have not ended are
  /// due at once. With `dryRun` nothing is written. Answers what was, or would be, sent.
  func replay(_ selection: DeliverySelection, now: Moment, dryRun: Bool) async throws(StoreError)
    -> [DeliveryRow]
  /// Unpauses a hook and lifts its Retry-After: its ready deliveries are due at once. Whether it is down is for
  /// the next delivery to show. Answers whether it was held.
  func resume(hook: String) async throws(StoreError) -> Bool

  // MARK: Looking

  func tasks(_ query: TaskQuery) async throws(StoreError) -> [TaskRecord]
  /// The task's events in order, each with its deliveries and their attempts.
  func history(of ref: TaskRef) async throws(StoreError) -> [HistoryEntry]
  /// In order of creation, or against it.
  func deliveries(_ selection: DeliverySelection) async throws(StoreError) -> [DeliveryRow]
  /// The attempts of one delivery, in their order, and the event it is bound to tell; nil where there is none.
  func delivery(_ id: String) async throws(StoreError) -> DeliveryEntry?
  /// Recorded events with rows above `row`, in order of rows, at most `limit`. Rows are never used again.
  func events(after row: Int64, limit: Int) async throws(StoreError) -> [RecordedEvent]
  /// The row of the last recorded event; 0 where there is none.
  func lastEvent() async throws(StoreError) -> Int64
  /// How many tasks there are, by source and state. Looks at every task.
  func taskCounts() async throws(StoreError) -> [TaskCount]
  /// What each hook has to do still, and what it gave up; hooks without any are left out.
  func backlogs() async throws(StoreError) -> [HookBacklog]
  func mark(_ name: String) async throws(StoreError) -> String?

  // MARK: Upkeep

  /// Deletes tasks that ended before `time` and whose deliveries have all ended, with all that hangs on
  /// them, and so the older events of sources and hooks, and what was learnt of kinds that did not teach since. Answers how many tasks went.
  func sweep(endedBefore time: Timestamp) async throws(StoreError) -> Int
  func close() async throws(StoreError)
}

/// A named place in some input, kept with what was read from it.
package struct Mark: Sendable, Equatable {
  package var name: String
  package var value: String

  package init(name: String, value: String) {
    self.name = name
    self.value = value
  }
}

/// What became of a request to watch a task.
package enum Registration: Sendable, Equatable {
  case added(TaskRecord)
  /// Watched already, or ended before and not asked for again.
  case known(TaskRecord)
}

/// One decision to be written.
package enum Change: Sendable, Equatable {
  /// The record as it stands afterwards, and what happened.
  case task(TaskRecord, [BoundEvent])
  case source(SourceRecord, [BoundEvent])
}

package struct SourceRecord: Sendable, Equatable {
  package var name: String
  /// The number of the source's last own event.
  package var sequence: Int
  /// Why it is down; nil where it is up.
  package var down: String?

  package init(name: String, sequence: Int = 0, down: String? = nil) {
    self.name = name
    self.sequence = sequence
    self.down = down
  }
}

/// What another process asked for through the store.
package enum Signal: Sendable, Equatable {
  /// There are new tasks: call `watched(after:)`.
  case tasksAdded
  /// This task, known before, is to be watched again.
  case watchAgain(TaskRecord)
  case unwatch(row: Int64, ref: TaskRef)
  /// A watched task got a webhook of its own, or another one.
  case callbackSet(row: Int64, ref: TaskRef, TaskCallback)
  /// Deliveries of the hook became ready.
  case replayed(hook: String)
  case resumed(hook: String)
  /// There are new saves: call `pendingSaves`.
  case savesOrdered
}

package struct TaskQuery: Sendable {
  package var source: String?
  package var id: String?
  package var states: [TaskState]?
  /// Only those still watched.
  package var watchedOnly: Bool
  /// A part of the id, of the status or of a label's value, in any case.
  package var search: String?
  /// Labels that the task must have, with these values.
  package var labels: [String: String]
  /// Where the page begins: beyond this row in the order asked for; nil for the first page.
  package var after: Int64?
  /// Whether those registered last come first.
  package var newestFirst: Bool
  package var limit: Int

  package init(
    source: String? = nil, id: String? = nil, states: [TaskState]? = nil, watchedOnly: Bool = false,
    search: String? = nil, labels: [String: String] = [:], after row: Int64? = nil, newestFirst: Bool = false,
    limit: Int = 1000
  ) {
    self.source = source
    self.id = id
    self.states = states
    self.watchedOnly = watchedOnly
    self.search = search
    self.labels = labels
    self.after = row
    self.newestFirst = newestFirst
    self.limit = limit
  }
}

/// Which deliveries are meant; all conditions hold together.
package struct DeliverySelection: Sendable {
  /// Ids, `msg_…`; nil for any.
  package var ids: [String]?
  package var hook: String?
  package var task: TaskRef?
  package var states: [DeliveryState]?
  /// Created at or after.
  package var since: Timestamp?
  /// Where the page begins: beyond this row in the order asked for; nil for the first page.
  package var after: Int64?
  /// Whether those created last come first.
  package var newestFirst: Bool
  package var limit: Int

  package init(
    ids: [String]? = nil, hook: String? = nil, task: TaskRef? = nil, states: [DeliveryState]? = nil,
    since: Timestamp? = nil, after row: Int64? = nil, newestFirst: Bool = false, limit: Int = .max
  ) {
    self.newestFirst = newestFirst
    self.ids = ids
    self.hook = hook
    self.task = task
    self.states = states
    self.since = since
    self.after = row
    self.limit = limit
  }
}

/// A delivery as it is listed.
package struct DeliveryRow: Sendable, Equatable {
  package var row: Int64
  package var id: String
  package var hook: String
  package var eventType: EventType
  /// Empty where the event is a hook's.
  package var source: String
  /// The hook that the event is about, where it is a hook's.
  package var aboutHook: String?
  package var taskID: String?
  package var sequence: Int
  package var state: DeliveryState
  package var attempts: Int
  package var createdAt: Timestamp
  /// On the store's timeline; nil where it has ended or waits for an earlier one.
  package var nextAttempt: Moment?
  package var lastError: String?

  package init(
    row: Int64, id: String, hook: String, eventType: EventType, source: String, aboutHook: String? = nil,
    taskID: String?, sequence: Int, state: DeliveryState, attempts: Int, createdAt: Timestamp,
    nextAttempt: Moment?, lastError: String?
  ) {
    self.row = row
    self.id = id
    self.hook = hook
    self.eventType = eventType
    self.source = source
    self.aboutHook = aboutHook
    self.taskID = taskID
    self.sequence = sequence
    self.state = state
    self.attempts = attempts
    self.createdAt = createdAt
    self.nextAttempt = nextAttempt
    self.lastError = lastError
  }
}

extension DeliveryRow {
  /// The delivery as its hook lets it go: a pause or a wait that the receiver asked for puts the next attempt off.
  package func held(by hook: HookState?) -> DeliveryRow {
    guard let hook, let next = nextAttempt else { return self }
    var delivery = self
    delivery.nextAttempt = hook.paused == nil ? max(next, hook.notBefore ?? next) : nil
    return delivery
  }
}

/// One delivery with all that is known of it.
package struct DeliveryEntry: Sendable {
  package var delivery: DeliveryRow
  package var attempts: [AttemptRecord]
  package var event: Event

  package init(delivery: DeliveryRow, attempts: [AttemptRecord], event: Event) {
    self.delivery = delivery
    self.attempts = attempts
    self.event = event
  }
}

/// An event with the store's number of it.
package struct RecordedEvent: Sendable, Equatable {
  package var row: Int64
  package var event: Event

  package init(row: Int64, event: Event) {
    self.row = row
    self.event = event
  }
}

/// How many tasks of a source are in a state.
package struct TaskCount: Sendable, Equatable {
  package var source: String
  /// Nil before the first sight.
  package var state: TaskState?
  /// Whether they are watched still.
  package var isWatched: Bool
  package var count: Int

  package init(source: String, state: TaskState?, isWatched: Bool, count: Int) {
    self.source = source
    self.state = state
    self.isWatched = isWatched
    self.count = count
  }
}

/// What a hook has to do still.
package struct HookBacklog: Sendable, Equatable {
  package var hook: String
  /// Deliveries that have not ended.
  package var open: Int
  /// When the oldest of these was made.
  package var oldest: Timestamp?
  /// Deliveries that were given up.
  package var dead: Int

  package init(hook: String, open: Int, oldest: Timestamp?, dead: Int) {
    self.hook = hook
    self.open = open
    self.oldest = oldest
    self.dead = dead
  }
}

/// One event of a task and what became of it.
package struct HistoryEntry: Sendable {
  package var event: Event
  package var deliveries: [(delivery: DeliveryRow, attempts: [AttemptRecord])]

  package init(event: Event, deliveries: [(delivery: DeliveryRow, attempts: [AttemptRecord])]) {
    self.event = event
    self.deliveries = deliveries
  }
}

/// What went wrong in the store: the operation, the place, the cause, what to do.
package struct StoreError: Error, Sendable, CustomStringConvertible {
  package enum Kind: Sendable {
    /// Another `taskhook run` has the state file.
    case held
    /// The disk is full, the file read-only or not to be opened.
    case unwritable
    /// The file is no state file, damaged, or of a newer version.
    case unreadable
    case fault
  }

  package var kind: Kind
  package var message: String

  package init(_ kind: Kind, _ message: String) {
    self.kind = kind
    self.message = message
  }

  package var description: String { message }
}
