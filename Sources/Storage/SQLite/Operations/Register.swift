import GRDB
import Model

extension SQLiteStore {
  package func register(_ tasks: [NewTask], mark: Mark?) async throws(StoreError) -> [Registration] {
    for task in tasks { try Self.check(task) }
    return try await transactions.write(weight: tasks.count + 1) { [self] db in
      let now = time.wall
      var answers: [Registration] = []
      answers.reserveCapacity(tasks.count)
      var isAnyNew = false
      for task in tasks {
        let (answer, isNew) = try register(task, at: now, db)
        answers.append(answer)
        isAnyNew = isAnyNew || isNew
      }
      if isAnyNew && leavesSignals { try leave(.tasksAdded, db) }
      if let mark {
        try db.run(
          "INSERT INTO mark (name, value) VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value",
          .text(mark.name), .text(mark.value))
      }
      return answers
    }
  }

  package func mark(_ name: String) async throws(StoreError) -> String? {
    try await transactions.read(.slow) { db in
      try db.first("SELECT value FROM mark WHERE name = ?", .text(name)) { $0.text(0) }
    }
  }

  /// What another process puts in is no better checked than what comes from the config.
  private static func check(_ task: NewTask) throws(StoreError) {
    if let reason = TaskID.refusal(of: task.ref.id) {
      throw StoreError(.fault, "a task of source \(task.ref.source) cannot be registered: \(reason)")
    }
    if task.ref.source.isEmpty {
      throw StoreError(.fault, "the task \(task.ref.id) cannot be registered: it has no source")
    }
  }

  private func register(
    _ task: NewTask, at now: Timestamp, _ db: Database
  ) throws -> (answer: Registration, isNew: Bool) {
    let source = try rows.names.makeRow(of: task.ref.source, .source, db)
    let inserted = try db.run(
      "INSERT OR IGNORE INTO task (source, id, first_seen, labels, url) VALUES (?, ?, ?, ?, ?)",
      .integer(source), .text(task.ref.id), .integer(now.milliseconds), .text(Labels.text(task.labels)),
      .text(task.url))
    if inserted > 0 {
      let record = TaskRecord(
        row: db.lastInsertedRowID, ref: task.ref, url: task.url, labels: task.labels, firstSeen: now,
        callback: task.callback)
      if let callback = task.callback { _ = try set(callback, of: record.row, db) }
      return (.added(record), true)
    }
    var known = try existing(task.ref, source, db)
    if let callback = task.callback, known.ending == nil || task.again {
      known.callback = callback
      let isNew = try set(callback, of: known.row, db)
      if isNew && known.ending == nil && leavesSignals { try leave(.callbackSet(row: known.row), db) }
    }
    guard task.again, known.ending != nil else { return (.known(known), false) }
    known = TaskRecord(
      row: known.row, ref: known.ref, url: task.url ?? known.url,
      labels: task.labels.isEmpty ? known.labels : task.labels, sequence: known.sequence,
      firstSeen: known.firstSeen, watchedSince: now, createdAt: known.createdAt, lastPolled: known.lastPolled,
      callback: known.callback)
    try db.run(
      """
      UPDATE task SET status = NULL, state = NULL, progress = NULL, changed_at = NULL, stalled = 0,
        ending = NULL, ended_at = NULL, watched_since = ?, labels = ?, url = ? WHERE row = ?
      """, .integer(now.milliseconds), .text(Labels.text(known.labels)), .text(known.url),
      .integer(known.row))
    if leavesSignals { try leave(.watchAgain(row: known.row), db) }
    return (.added(known), false)
  }

  private func existing(_ ref: TaskRef, _ source: Int64, _ db: Database) throws -> TaskRecord {
    let record = try db.first(
      "SELECT \(Rows.taskColumns) FROM \(Rows.taskTables) WHERE source = ? AND id = ?", .integer(source),
      .text(ref.id)
    ) { try rows.task($0, db) }
    guard let record else {
      throw DatabaseError(
        resultCode: .SQLITE_CORRUPT, message: "the index of tasks names a task that is none")
    }
    return record
  }
}
