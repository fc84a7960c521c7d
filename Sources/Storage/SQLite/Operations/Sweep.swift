import GRDB
import Model

extension SQLiteStore {
  /// Rows looked through in one read, and rows deleted in one transaction.
  private static let looked = 20_000
  private static let deleted = 200

  package func sweep(endedBefore time: Timestamp) async throws(StoreError) -> Int {
    var count = 0
    var after: Int64 = 0
    while true {
      let from = after
      // Looking through goes by on a reader; only what is to go costs the writer.
      let (candidates, last) = try await transactions.read(.slow) { db in
        var candidates: [Int64] = []
        var last: Int64?
        try db.each(
          "SELECT row, ended_at FROM task WHERE row > ? ORDER BY row LIMIT ?",
          [.integer(from), .integer(Self.looked)]
        ) { columns in
          last = columns.integer(0)
          if let ended = columns.optionalInteger(1), ended < time.milliseconds { candidates.append(last!) }
          return .next
        }
        return (candidates, last)
      }
      guard let last else { break }
      after = last
      count += try await delete(candidates) { row, db in try Self.deleteTask(row, endedBefore: time, db) }
    }
    let events = try await transactions.read(.slow) { db in
      try db.all(
        "SELECT row FROM event WHERE task IS NULL AND at < ? AND row < (SELECT max(row) FROM event)",
        [.integer(time.milliseconds)]
      ) { $0.integer(0) }
    }
    _ = try await delete(events) { row, db in try Self.deleteEvent(row, db) }
    _ = try await transactions.write(weight: 1) { db in
      try db.run("DELETE FROM pace WHERE used_at < ?", .integer(time.milliseconds))
    }
    return count
  }

  private func delete(
    _ rows: [Int64], _ delete: @escaping @Sendable (Int64, Database) throws -> Bool
  ) async throws(StoreError) -> Int {
    var count = 0
    var start = 0
    while start < rows.count {
      let part = Array(rows[start..<min(start + Self.deleted, rows.count)])
      start += part.count
      count += try await transactions.write(weight: part.count * 5) { db in
        try part.reduce(0) { try $0 + (delete($1, db) ? 1 : 0) }
      }
    }
    return count
  }

  private static func deleteTask(_ row: Int64, endedBefore time: Timestamp, _ db: Database) throws -> Bool {
    let mayGo = try db.exists(
      """
      SELECT 1 FROM task WHERE row = ? AND ended_at < ?
        AND NOT EXISTS (SELECT 1 FROM event JOIN delivery ON delivery.event = event.row
          WHERE event.task = task.row AND delivery.state < 2)
        -- The last event stays: its number would be given again, and those who follow the events count by it.
        AND NOT EXISTS (SELECT 1 FROM event WHERE event.task = task.row
          AND event.row = (SELECT max(row) FROM event))
        AND NOT EXISTS (SELECT 1 FROM save WHERE save.task = task.row AND save.state = 0)
        -- What a daemon has yet to be told of a task it can only be told while the task is there.
        AND NOT EXISTS (SELECT 1 FROM signal WHERE subject = task.row AND kind IN (1, 2))
      """, .integer(row), .integer(time.milliseconds))
    if !mayGo { return false }
    try db.run(
      """
      DELETE FROM attempt WHERE delivery IN (SELECT delivery.row FROM event
        JOIN delivery ON delivery.event = event.row WHERE event.task = ?)
      """, .integer(row))
    try db.run(
      "DELETE FROM delivery WHERE event IN (SELECT event.row FROM event WHERE event.task = ?)", .integer(row))
    try db.run("DELETE FROM event WHERE task = ?", .integer(row))
    try db.run("DELETE FROM file WHERE task = ?", .integer(row))
    try db.run("DELETE FROM save WHERE task = ?", .integer(row))
    try db.run("DELETE FROM callback WHERE task = ?", .integer(row))
    try db.run("DELETE FROM task WHERE row = ?", .integer(row))
    return true
  }

  private static func deleteEvent(_ row: Int64, _ db: Database) throws -> Bool {
    if try db.exists("SELECT 1 FROM delivery WHERE event = ? AND state < 2", .integer(row)) { return false }
    try db.run(
      "DELETE FROM attempt WHERE delivery IN (SELECT row FROM delivery WHERE event = ?)", .integer(row))
    try db.run("DELETE FROM delivery WHERE event = ?", .integer(row))
    try db.run("DELETE FROM event WHERE row = ?", .integer(row))
    return true
  }
}
