import Foundation
import Model
import Storage
import TestSupport
import Testing

/// A kind of store that the contract is run on.
enum Backing: String, CaseIterable, Sendable, CustomTestStringConvertible {
  case file, memory

  /// Those where several processes can meet.
  static let shared: [Backing] = [.file]

  var testDescription: String { rawValue }

  /// Opens a new, empty store and hands it to `body`; afterwards it is closed and removed.
  func use(_ body: (Bench) async throws -> Void) async throws {
    let time = ManualTime()
    switch self {
    case .memory:
      let store = try SQLiteStore.inMemory(time: time)
      try await body(Bench(store: store, time: time, openAgain: nil))
      try await store.close()
    case .file:
      try await Folder.use { folder in
        let path = folder.path("state.db")
        let store = try SQLiteStore.open(path: path, role: .daemon, time: time)
        try await body(
          Bench(store: store, time: time) { role in
            try SQLiteStore.open(path: path, role: role == .daemon ? .daemon : .guest, time: time)
          })
        try await store.close()
      }
    }
  }
}

/// A store under test.
struct Bench: Sendable {
  enum Role { case daemon, guest }

  var store: any Store
  var time: ManualTime
  /// Opens the same state once more; nil where it cannot be shared.
  var openAgain: (@Sendable (Role) async throws -> any Store)?

  func guest() async throws -> any Store { try await again(.guest) }
  func daemon() async throws -> any Store { try await again(.daemon) }

  private func again(_ role: Role) async throws -> any Store {
    let open = try #require(openAgain)
    return try await open(role)
  }

  /// Registers one task and answers its record.
  func register(
    _ id: String, source: String = "runway", url: String? = nil, labels: [String: String] = [:],
    again: Bool = false
  ) async throws -> TaskRecord {
    let task = NewTask(ref: TaskRef(source: source, id: id), url: url, labels: labels, again: again)
    switch try await store.register([task], mark: nil)[0] {
    case .added(let record), .known(let record): return record
    }
  }

  /// Records the next transition of a task, bound for hooks, and answers the record afterwards.
  @discardableResult
  func advance(
    _ record: TaskRecord, to state: TaskState, hooks: [String] = [], body: String? = nil
  ) async throws -> TaskRecord {
    let (after, event) = transition(record, to: state, body: body)
    try await store.commit([.task(after, [BoundEvent(event, hooks: hooks)])])
    return after
  }

  /// What a watcher makes of seeing a task in a new state.
  func transition(
    _ record: TaskRecord, to state: TaskState, body: String? = nil
  ) -> (TaskRecord, Event) {
    record.seen(in: state, at: time.wall, body: body ?? "{\"status\": \"\(state)\"}")
  }

  /// What is due now, or at another moment.
  func claim(
    _ hook: String, limit: Int = 100, bodies: ClaimedBodies = .all(bytes: .max), held: Set<Int64> = [],
    at moment: Moment? = nil
  ) async throws -> Claim {
    try await store.claim(hook: hook, limit: limit, bodies: bodies, held: held, now: moment ?? time.now)
  }

  /// Ends or puts off a delivery with one more attempt.
  @discardableResult
  func settle(
    _ delivery: ClaimedDelivery, _ hook: String, _ result: Settlement.Result, state: HookState? = nil,
    events: [BoundEvent] = []
  ) async throws -> Bool {
    try await store.settle([settlement(delivery, hook, result, state: state, events: events)])
  }

  func settlement(
    _ delivery: ClaimedDelivery, _ hook: String, _ result: Settlement.Result, state: HookState? = nil,
    events: [BoundEvent] = []
  ) -> Settlement {
    Settlement(
      row: delivery.row, hook: hook, result: result, attempt: attempt(delivery.attempts + 1, result),
      hookState: state, events: events)
  }

  func attempt(_ number: Int, _ result: Settlement.Result) -> AttemptRecord {
    let failed = result != .delivered
    return AttemptRecord(
      number: number, at: time.wall, duration: .microseconds(1234), error: failed ? "HTTP 503" : nil,
      code: failed ? 503 : 204, detail: failed ? "busy" : "")
  }
}

/// A folder of its own for a test.
struct Folder: Sendable {
  let root: String

  func path(_ name: String) -> String { root + "/" + name }

  static func use(_ body: (Folder) async throws -> Void) async throws {
    let root = FileManager.default.temporaryDirectory.path + "/taskhook-store-" + UUID().uuidString
    try FileManager.default.createDirectory(atPath: root, withIntermediateDirectories: false)
    defer { try? FileManager.default.removeItem(atPath: root) }
    try await body(Folder(root: root))
  }
}
