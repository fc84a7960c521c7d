import GRDB
import Model

extension SQLiteStore {
  package func commit(_ changes: [Change]) async throws(StoreError) {
    if changes.isEmpty { return }
    let weight = changes.reduce(0) { sum, change in
      switch change {
      case .task(_, let events), .source(_, let events):
        sum + 1 + events.reduce(0) { $0 + 1 + $1.hooks.count }
      }
    }
    try await transactions.write(weight: weight) { [self] db in
      for change in changes {
        switch change {
        case .task(let record, let events): try commit(record, events, db)
        case .source(let record, let events): try commit(record, events, db)
        }
      }
    }
  }

  private func commit(_ record: TaskRecord, _ events: [BoundEvent], _ db: Database) throws {
    let endedAt = record.ending.map { _ in events.last?.event.timestamp ?? time.wall }
    let changed = try db.run(
      """
      UPDATE task SET status = ?, state = ?, progress = ?, sequence = ?, changed_at = ?, last_polled = ?,
        stalled = ?, ending = ?, ended_at = ?
      WHERE row = ? AND ending IS NULL AND coalesce(watched_since, first_seen) = ? AND sequence <= ?
      """,
      .text(record.status), .integer(record.state?.code), .real(record.progress), .integer(record.sequence),
      .integer(record.changedAt?.milliseconds), .integer(record.lastPolled?.milliseconds),
      .integer(record.stalled ? 1 : 0), .integer(record.ending?.code), .integer(endedAt?.milliseconds),
      .integer(record.row), .integer(record.watchedSince.milliseconds), .integer(record.sequence))
    if changed == 0 {
      // One that was removed and is watched again is not the one that this change tells of.
      let isWatched = try db.exists(
        "SELECT 1 FROM task WHERE row = ? AND ending IS NULL AND coalesce(watched_since, first_seen) = ?",
        .integer(record.row), .integer(record.watchedSince.milliseconds))
      if !isWatched { return }
    }
    // A watched task whose sequence is ahead has had this change already, and `insert` makes sure of it.
    for bound in events {
      try insert(bound, task: record.row, source: nil, lane: record.row, db)
    }
  }

  private func commit(_ record: SourceRecord, _ events: [BoundEvent], _ db: Database) throws {
    let row = try rows.names.makeRow(of: record.name, .source, db)
    try db.run(
      "UPDATE source SET sequence = ?, down = ? WHERE row = ? AND sequence <= ?", .integer(record.sequence),
      .text(record.down), .integer(row), .integer(record.sequence))
    for bound in events {
      try insert(bound, task: nil, source: row, lane: -row, db)
    }
  }

  private func insert(
    _ bound: BoundEvent, task: Int64?, source: Int64?, lane: Int64, _ db: Database
  ) throws {
    let event = bound.event
    let inserted = try db.run(
      """
      INSERT OR IGNORE INTO event (task, source, sequence, type, at, state, status, previous_state,
        previous_status, progress, previous_progress, reason, labels, body)
      VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
      """,
      .integer(task), .integer(source), .integer(event.sequence), .integer(event.type.code),
      .integer(event.timestamp.milliseconds), .integer(event.state?.code), .text(event.status),
      .integer(event.previousState?.code), .text(event.previousStatus), .real(event.progress),
      .real(event.previousProgress), .text(event.reason), .text(Labels.text(event.labels)),
      .blob(event.task))
    if inserted == 0 { return try checkIsRecorded(event, task: task, source: source, db) }
    let row = db.lastInsertedRowID
    let id = event.id
    var hooks: Set<String> = []
    for hook in bound.hooks where hooks.insert(hook).inserted {
      try insert(event: row, id, event.sequence, hook: hook, lane: lane, db)
    }
  }

  /// Whether an earlier delivery of the lane has not ended.
  static let laneBefore =
    "SELECT 1 FROM delivery WHERE hook = ? AND lane = ? AND state < 2 AND sequence < ? LIMIT 1"

  private func insert(
    event: Int64, _ id: String, _ sequence: Int, hook name: String, lane: Int64, _ db: Database
  ) throws {
    let hook = try rows.names.makeRow(of: name, .hook, db)
    let waits = try db.exists(Self.laneBefore, .integer(hook), .integer(lane), .integer(sequence))
    let state: DeliveryState = waits ? .waiting : .ready
    try db.run(
      """
      INSERT INTO delivery (key, event, hook, lane, sequence, state, next, created)
      VALUES (?, ?, ?, ?, ?, ?, ?, ?)
      """,
      .integer(DeliveryKey.of(Identity.delivery(event: id, hook: name))), .integer(event), .integer(hook),
      .integer(lane), .integer(sequence), .integer(state.code), .integer(time.now.milliseconds),
      .integer(time.wall.milliseconds))
  }

  /// The same change may be handed in twice, where the first answer was lost. Another event under the same
  /// number would be one that hooks never hear of.
  private func checkIsRecorded(_ event: Event, task: Int64?, source: Int64?, _ db: Database) throws {
    let known = try db.first(
      task == nil
        ? "SELECT type, at, status FROM event WHERE source = ? AND sequence = ? AND task IS NULL"
        : "SELECT type, at, status FROM event WHERE task = ? AND sequence = ?",
      .integer(task ?? source), .integer(event.sequence)
    ) { ($0.integer(0), $0.integer(1), $0.optionalText(2)) }
    if let known, known == (event.type.code, event.timestamp.milliseconds, event.status) { return }
    throw StoreError(
      .fault,
      "event \(event.sequence) of \(event.source)\(event.taskID.map { "/" + $0 } ?? "") is recorded already, "
        + "with another content: read the record anew")
  }
}
