import Model

/// What the control API shows and steers: the daemon, as `Assembly` makes it known here.
package protocol Control: Sendable {
  var store: any Store { get }

  // MARK: Looking

  func sources() async -> [SourceStatus]
  func hooks() async -> [HookStatus]
  /// The records with what only memory knows of watched tasks: progress that was not recorded, the last poll.
  func live(_ records: [TaskRecord]) async -> [TaskRecord]
  /// The output files that a task object names.
  func outputs(of task: [UInt8], ref: TaskRef, url: String?) -> [TaskOutput]
  func health() async -> Health

  // MARK: Steering

  /// Why a task cannot be watched: an unknown source, an id that is none, a URL that its source may not ask. Nil
  /// where it can.
  func refusal(of task: NewTask) -> ControlRefusal?
  /// A task's own webhook from what the API was given; `on` is JSON, nil for what is usual: every event of the task but
  /// its progress and that it stands still.
  func callback(url: String, secret: String?, on: [UInt8]?) throws(ControlRefusal) -> TaskCallback
  func add(_ tasks: [NewTask]) async throws(StoreError) -> [Registration]
  /// Answers which were watched.
  func remove(_ refs: [TaskRef]) async throws(StoreError) -> [TaskRef]
  func replay(_ selection: DeliverySelection, dryRun: Bool) async throws(StoreError) -> [DeliveryRow]
  /// Answers whether the hook was held.
  func resume(hook: String) async throws(StoreError) -> Bool
  /// Sends one sample event through a hook now; nothing of it is recorded.
  func test(hook: String) async throws(CancellationError) -> AttemptReport
}

/// Why something that came in through the API cannot be done.
package struct ControlRefusal: Error, Sendable, Equatable {
  /// Which member of what came in: `source`, `callback.url`.
  package var member: String
  package var reason: String

  package init(_ member: String, _ reason: String) {
    self.member = member
    self.reason = reason
  }
}

/// One source as it stands.
package struct SourceStatus: Sendable, Equatable {
  package var name: String
  /// The preset, or `http`.
  package var provider: String
  package var baseURL: String
  /// Why it is down; nil where it is up.
  package var down: String?
  /// Tasks that are polled.
  package var watched: Int
  /// Of these, how many are due and wait for the budget or a connection.
  package var overdue: Int
  package var pollEvery: Duration
  /// Requests a second that the source may make.
  package var rate: Rate
  package var connections: Int
  /// Requests that run.
  package var running: Int
  /// Polls and failed polls since the daemon began, and within the last minute.
  package var polls: Int
  package var failures: Int
  package var pollsLastMinute: Int
  package var failuresLastMinute: Int
  /// No poll before then: the API asked for it, or it is down.
  package var pausedUntil: Timestamp?

  package init(
    name: String, provider: String, baseURL: String, down: String? = nil, watched: Int, overdue: Int,
    pollEvery: Duration, rate: Rate, connections: Int, running: Int, polls: Int, failures: Int,
    pollsLastMinute: Int, failuresLastMinute: Int, pausedUntil: Timestamp? = nil
  ) {
    self.name = name
    self.provider = provider
    self.baseURL = baseURL
    self.down = down
    self.watched = watched
    self.overdue = overdue
    self.pollEvery = pollEvery
    self.rate = rate
    self.connections = connections
    self.running = running
    self.polls = polls
    self.failures = failures
    self.pollsLastMinute = pollsLastMinute
    self.failuresLastMinute = failuresLastMinute
    self.pausedUntil = pausedUntil
  }
}

/// One hook as it stands; also the queue of one server of callbacks.
package struct HookStatus: Sendable, Equatable {
  package enum Breaker: String, Sendable, CaseIterable { case off, closed, open }

  package var name: String
  /// `webhook`, `run`, `slack` and the like; `callback` for a queue of callbacks.
  package var action: String
  /// What it sends to, without what is secret in it; a run hook's program.
  package var target: String
  package var state: HookState
  package var breaker: Breaker
  /// When the next probe may be made.
  package var nextProbe: Timestamp?
  /// Attempts that run.
  package var running: Int

  package init(
    name: String, action: String, target: String, state: HookState, breaker: Breaker,
    nextProbe: Timestamp? = nil, running: Int
  ) {
    self.name = name
    self.action = action
    self.target = target
    self.state = state
    self.breaker = breaker
    self.nextProbe = nextProbe
    self.running = running
  }
}

/// Whether the daemon does its work.
package struct Health: Sendable, Equatable {
  /// Why the poll loop does not get on; nil where it does.
  package var polling: String?
  /// Why the store cannot be written; nil where it can.
  package var store: String?

  package init(polling: String? = nil, store: String? = nil) {
    self.polling = polling
    self.store = store
  }

  package var isFine: Bool { polling == nil && store == nil }
}
