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
      UPDATE task SET status = ?, state = ?, progress = ?, sequence = ?, changed_at = ?, created_at = ?,
        last_polled = ?, stalled = ?, ending = ?, ended_at = ?
      WHERE row = ? AND ending IS NULL AND coalesce(watched_since, first_seen) = ? AND sequence <= ?
      """,
      .text(record.status), .integer(record.state?.code), .real(record.progress), .integer(record.sequence),
      .integer(record.changedAt?.milliseconds), .integer(record.createdAt?.milliseconds),
      .integer(record.lastPolled?.milliseconds),
      .integer(record.stalled ? 1 : 0), .integer(record.ending?.code), .integer(endedAt?.milliseconds),
      .integer(record.row), .integer(record.watchedSince.milliseconds), .integer(record.sequence))
    if changed == 0 {
      // One that was removed and is watched again is not the one that this change tells of.
      let isWatched = try db.exists(
        "SELECT 1 FROM task WHERE row = ? AND ending IS NULL AND coalesce(watched_since, first_seen) = ?",
        .integer(record.row), .integer(record.watchedSince.milliseconds))
      if !isWatched { return }
    }
    // A watched task whose sequence is ahead has had this change already, and `record` makes sure of it.
    for bound in events { try self.record(bound, about: .task(record.row), db) }
  }

  private func commit(_ record: SourceRecord, _ events: [BoundEvent], _ db: Database) throws {
    let row = try rows.names.makeRow(of: record.name, .source, db)
    try db.run(
      "UPDATE source SET sequence = ?, down = ? WHERE row = ? AND sequence <= ?", .integer(record.sequence),
      .text(record.down), .integer(row), .integer(record.sequence))
    for bound in events { try self.record(bound, about: .source(row), db) }
  }
}
