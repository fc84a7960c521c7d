import GRDB
import Model

/// What a guest leaves for the daemon.
enum LeftSignal {
  case tasksAdded
  case watchAgain(row: Int64)
  case unwatch(row: Int64)
  case replayed(hook: Int64)
  case resumed(hook: Int64)
  case savesOrdered
  case callbackSet(row: Int64)

  /// The kind and its subject, as stored.
  var stored: (kind: Int64, subject: Int64) {
    switch self {
    case .tasksAdded: (0, 0)
    case .watchAgain(let row): (1, row)
    case .unwatch(let row): (2, row)
    case .replayed(let hook): (3, hook)
    case .resumed(let hook): (4, hook)
    case .savesOrdered: (5, 0)
    case .callbackSet(let row): (6, row)
    }
  }

  init?(kind: Int64, subject: Int64) {
    switch kind {
    case 0: self = .tasksAdded
    case 1: self = .watchAgain(row: subject)
    case 2: self = .unwatch(row: subject)
    case 3: self = .replayed(hook: subject)
    case 4: self = .resumed(hook: subject)
    case 5: self = .savesOrdered
    case 6: self = .callbackSet(row: subject)
    default: return nil
    }
  }

  /// Whether it says the same if it is said once.
  var isIdempotent: Bool {
    switch self {
    case .tasksAdded, .replayed, .resumed, .savesOrdered, .callbackSet: true
    case .watchAgain, .unwatch: false
    }
  }
}

extension SQLiteStore {
  /// Asking costs one `PRAGMA data_version` where no other connection has written since.
  package func signals() async throws(StoreError) -> [Signal] {
    if role != .daemon || path == nil { return [] }
    let quiet = quietVersion.withLock { $0 }
    let (version, isEmpty) = try await transactions.read(.quick) { db in
      let version = try db.first("PRAGMA data_version") { $0.integer(0) } ?? 0
      if version == quiet { return (version, true) }
      return (version, try !db.exists("SELECT 1 FROM signal LIMIT 1"))
    }
    if isEmpty {
      quietVersion.withLock { $0 = version }
      return []
    }
    // Taken in one transaction: each is told once, whoever asks, and what is left meanwhile stays.
    return try await transactions.write { [self] db in
      let left = try db.all("SELECT kind, subject FROM signal ORDER BY row") {
        LeftSignal(kind: $0.integer(0), subject: $0.integer(1))
      }
      try db.run("DELETE FROM signal")
      return try left.compactMap { try $0.flatMap { try read($0, db) } }
    }
  }

  /// Writes a signal into the transaction that gives cause for it.
  func leave(_ signal: LeftSignal, _ db: Database) throws {
    let (kind, subject) = signal.stored
    let isThere =
      try signal.isIdempotent
      && db.exists(
        "SELECT 1 FROM signal WHERE kind = ? AND subject = ?", .integer(kind), .integer(subject))
    if isThere { return }
    try db.run("INSERT INTO signal (kind, subject) VALUES (?, ?)", .integer(kind), .integer(subject))
  }

  private func read(_ signal: LeftSignal, _ db: Database) throws -> Signal? {
    switch signal {
    case .tasksAdded: return .tasksAdded
    case .savesOrdered: return .savesOrdered
    case .replayed(let hook): return .replayed(hook: try rows.names.name(of: hook, .hook, db))
    case .resumed(let hook): return .resumed(hook: try rows.names.name(of: hook, .hook, db))
    case .unwatch(let row):
      return try record(row, db).map { .unwatch(row: row, ref: $0.ref) }
    case .callbackSet(let row):
      return try record(row, db).flatMap { record in
        record.callback.map { .callbackSet(row: row, ref: record.ref, $0) }
      }
    case .watchAgain(let row):
      // Removed again since: the signal of that follows.
      guard let record = try record(row, db), record.ending == nil else { return nil }
      return .watchAgain(record)
    }
  }

  private func record(_ row: Int64, _ db: Database) throws -> TaskRecord? {
    try db.first("SELECT \(Rows.taskColumns) FROM \(Rows.taskTables) WHERE row = ?", .integer(row)) {
      try rows.task($0, db)
    }
  }
}
