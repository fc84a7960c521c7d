import Logging
import Model

/// What the operations of the API work with.
struct APIContext: Sendable {
  let control: any Control
  let metrics: Metrics
  let time: any TimeSource
  let startedAt: Timestamp
  let figures: Figures
  let log: Logger

  var store: any Store { control.store }

  init(control: any Control, metrics: Metrics, time: any TimeSource, log: Logger) {
    self.control = control
    self.metrics = metrics
    self.time = time
    self.log = log
    startedAt = time.wall
    figures = Figures(store: control.store, time: time)
  }

  /// Deliveries as their hooks let them go.
  func held(_ deliveries: [DeliveryRow]) async throws(StoreError) -> [DeliveryRow] {
    if deliveries.isEmpty { return [] }
    let hooks = try await store.hookStates()
    return deliveries.map { $0.held(by: hooks[$0.hook]) }
  }

  /// Throws 404 where no hook has this name.
  func require(hook name: String) async throws(Problem) {
    if await control.hooks().contains(where: { $0.name == name }) { return }
    throw .notFound("There is no hook \(Quoted.text(name)).")
  }
}

/// Counts that take a look at all that there is: made at most once a second, whoever asks.
actor Figures {
  struct Counts: Sendable {
    var tasks: [TaskCount]
    var backlogs: [HookBacklog]
  }

  private static let lasting = Duration.seconds(1)
  private let store: any Store
  private let time: any TimeSource
  private var made: (at: Moment, counts: Counts)?
  private var making: Task<Counts, any Error>?

  init(store: any Store, time: any TimeSource) {
    self.store = store
    self.time = time
  }

  func counts() async throws -> Counts {
    if let made, time.now - made.at < Self.lasting { return made.counts }
    if let making { return try await making.value }
    let work = Task { [store] in
      Counts(tasks: try await store.taskCounts(), backlogs: try await store.backlogs())
    }
    making = work
    defer { making = nil }
    let counts = try await work.value
    made = (time.now, counts)
    return counts
  }
}
