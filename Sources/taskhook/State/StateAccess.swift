import Model
import Storage

/// The state as commands beside the daemon see and steer it: the state file, or a daemon's control API. Both answer
/// the same.
protocol StateAccess: Sendable {
  /// Fails with `RegistrationRefusal` where some of the tasks cannot be watched; then none is registered.
  func register(_ tasks: [NewTask]) async throws -> [Registration]
  /// Pages follow each other by `after`: the row of the last task of the one before.
  func tasks(_ query: TaskQuery) async throws -> [TaskRecord]
  func remove(_ refs: [TaskRef]) async throws -> [TaskRef]
  func report(of task: TaskRecord) async throws -> TaskReport
  /// With the next attempt as the hook lets it go. Pages follow each other as those of tasks.
  func deliveries(_ selection: DeliverySelection) async throws -> [DeliveryRow]
  func replay(_ selection: DeliverySelection, dryRun: Bool) async throws -> [DeliveryRow]
  func hookStates() async throws -> [String: HookState]
  func resume(hook: String) async throws -> Bool
  /// Calls `each` with what is recorded from now on, or, with `since`, from the first event after that one, until it
  /// throws.
  func follow(after row: Int64?, _ each: (RecordedEvent) throws -> Void) async throws
}

/// What commands have to know of a config, whoever tells it.
struct StateNames: Sendable {
  var sources: [String]
  var hooks: [String]

  func require(source: String) throws { try Lookup.require(source, among: sources, what: "source") }

  func require(hook: String) throws {
    if TaskCallback.isHook(hook) { return }
    try Lookup.require(hook, among: hooks, what: "hook")
  }
}

/// Which of the tasks that were handed in cannot be watched.
struct RegistrationRefusal: Error {
  /// By their places.
  var reasons: [Int: String]
}

extension StateAccess {
  /// The tasks that an id on the command line means; fails where there is none, or more than one.
  func matching(_ id: String, source: String?) async throws -> [TaskRecord] {
    let found = try await tasks(TaskQuery(source: source, id: id))
    if found.isEmpty {
      throw Failure(.usage, "no such task: \(Printable.line(id))\(source.map { " of source \($0)" } ?? "")")
    }
    if found.count > 1 {
      let sources = found.map(\.ref.source).joined(separator: ", ")
      throw Failure(.usage, "\(Printable.line(id)) is known to several sources (\(sources)): say --source")
    }
    return found
  }
}
