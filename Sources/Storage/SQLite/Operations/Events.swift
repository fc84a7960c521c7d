import GRDB
import Model

extension SQLiteStore {
  static let eventsInOrder = """
    SELECT \(Rows.eventColumns), event.row, event.task FROM event LEFT JOIN task ON task.row = event.task
    WHERE event.row > ? ORDER BY event.row LIMIT ?
    """

  package func events(after row: Int64, limit: Int) async throws(StoreError) -> [RecordedEvent] {
    try await transactions.read(.slow) { [rows] db in
      try db.all(Self.eventsInOrder, [.integer(row), .integer(max(limit, 0))]) { columns in
        RecordedEvent(
          row: columns.integer(Rows.eventWidth),
          event: try rows.eventAsDelivered(columns, task: columns.optionalInteger(Rows.eventWidth + 1), db))
      }
    }
  }

  package func lastEvent() async throws(StoreError) -> Int64 {
    try await transactions.read(.quick) { db in
      try db.first("SELECT max(row) FROM event") { $0.optionalInteger(0) ?? 0 } ?? 0
    }
  }
}
