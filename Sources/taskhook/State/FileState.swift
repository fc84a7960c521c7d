import Model
import Server

/// The state file, looked at and steered by a command.
struct FileState: StateAccess {
  let store: any Store
  private let time = SystemTime()

  init(_ store: any Store) { self.store = store }

  /// How often a file is looked at that is followed.
  private static let glance: Duration = .milliseconds(200)

  func register(_ tasks: [NewTask]) async throws -> [Registration] {
    try await store.register(tasks, mark: nil)
  }

  func tasks(_ query: TaskQuery) async throws -> [TaskRecord] { try await store.tasks(query) }

  func remove(_ refs: [TaskRef]) async throws -> [TaskRef] { try await store.remove(refs) }

  func report(of task: TaskRecord) async throws -> TaskReport {
    let hooks = try await store.hookStates()
    let history = try await store.history(of: task.ref).map { entry in
      HistoryEntry(
        event: entry.event,
        deliveries: entry.deliveries.map { ($0.delivery.held(by: hooks[$0.delivery.hook]), $0.attempts) })
    }
    let pending = try await store.pendingSaves(after: task.row - 1, limit: 1).first { $0.row == task.row }
    return TaskReport(task: task, history: history, save: SaveStatus(pending, history))
  }

  func deliveries(_ selection: DeliverySelection) async throws -> [DeliveryRow] {
    let hooks = try await store.hookStates()
    return try await store.deliveries(selection).map { $0.held(by: hooks[$0.hook]) }
  }

  func replay(_ selection: DeliverySelection, dryRun: Bool) async throws -> [DeliveryRow] {
    try await store.replay(selection, now: time.now, dryRun: dryRun)
  }

  func hookStates() async throws -> [String: HookState] { try await store.hookStates() }

  func resume(hook: String) async throws -> Bool { try await store.resume(hook: hook) }

  func follow(after row: Int64?, _ each: (RecordedEvent) throws -> Void) async throws {
    var last = if let row { row } else { try await store.lastEvent() }
    while true {
      let page = try await store.events(after: last, limit: 1000)
      for event in page { try each(event) }
      last = page.last?.row ?? last
      if page.count < 1000 { try await time.sleep(until: time.now + Self.glance) }
    }
  }
}
