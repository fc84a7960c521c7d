import GRDB
import Model

extension SQLiteStore {
  package func deliveries(_ selection: DeliverySelection) async throws(StoreError) -> [DeliveryRow] {
    try await transactions.read(.slow) { [self] db in try select(selection, db) }
  }

  package func history(of ref: TaskRef) async throws(StoreError) -> [HistoryEntry] {
    try await transactions.read(.slow) { [rows] db in
      guard let source = try rows.names.row(of: ref.source, .source, db) else { return [] }
      let events = try db.all(
        """
        SELECT \(Rows.eventColumns), event.row FROM task JOIN event ON event.task = task.row
        WHERE task.source = ? AND task.id = ? ORDER BY event.sequence
        """, [.integer(source), .text(ref.id)]
      ) { (row: $0.integer(Rows.eventWidth), event: try rows.event($0, db)) }
      return try events.map { entry in
        let deliveries = try db.all(
          "SELECT \(Rows.deliveryColumns) FROM \(Rows.deliveryTables) WHERE delivery.event = ? ORDER BY delivery.row",
          [.integer(entry.row)]
        ) { try rows.delivery($0, db) }
        return HistoryEntry(
          event: entry.event,
          deliveries: try deliveries.map { ($0, try Self.attempts(of: $0.row, db)) })
      }
    }
  }

  package func delivery(_ id: String) async throws(StoreError) -> DeliveryEntry? {
    try await transactions.read(.slow) { [self] db in
      guard let delivery = try select(DeliverySelection(ids: [id], limit: 1), db).first else { return nil }
      let event = try db.first(
        """
        SELECT \(Rows.eventColumns), event.task FROM \(Rows.deliveryTables) WHERE delivery.row = ?
        """, .integer(delivery.row)
      ) { try rows.eventAsDelivered($0, task: $0.optionalInteger(Rows.eventWidth), db) }
      guard let event else { return nil }
      return DeliveryEntry(
        delivery: delivery, attempts: try Self.attempts(of: delivery.row, db), event: event)
    }
  }

  /// At most `limit` of a selection, in the order asked for.
  func select(_ selection: DeliverySelection, _ db: Database) throws -> [DeliveryRow] {
    var conditions: [String] = ["TRUE"]
    var values: [Value] = []
    if let row = selection.after {
      conditions.append(selection.newestFirst ? "delivery.row < ?" : "delivery.row > ?")
      values.append(.integer(row))
    }
    if let hook = selection.hook {
      guard let row = try rows.names.row(of: hook, .hook, db) else { return [] }
      conditions.append("delivery.hook = ?")
      values.append(.integer(row))
    }
    if let states = selection.states {
      conditions.append("delivery.state IN (\(codes(states.map(\.code))))")
    }
    if let since = selection.since {
      conditions.append("delivery.created >= ?")
      values.append(.integer(since.milliseconds))
    }
    if let task = selection.task {
      guard let source = try rows.names.row(of: task.source, .source, db) else { return [] }
      conditions.append(
        """
        delivery.event IN (SELECT event.row FROM event WHERE event.task =
          (SELECT task.row FROM task WHERE task.source = ? AND task.id = ?))
        """)
      values += [.integer(source), .text(task.id)]
    }
    let ids = selection.ids.map(Set.init)
    if let ids {
      conditions.append("delivery.key IN (SELECT value FROM json_each(?))")
      values.append(.text("[\(codes(ids.compactMap(DeliveryKey.of)))]"))
    }
    var found: [DeliveryRow] = []
    if selection.limit <= 0 { return found }
    try db.each(
      "SELECT \(Rows.deliveryColumns) FROM \(Rows.deliveryTables) "
        + "WHERE \(conditions.joined(separator: " AND ")) ORDER BY delivery.row"
        + (selection.newestFirst ? " DESC" : ""), values
    ) { columns in
      let delivery = try rows.delivery(columns, db)
      if ids?.contains(delivery.id) ?? true { found.append(delivery) }
      return found.count < selection.limit ? .next : .stop
    }
    return found
  }

  private static func attempts(of delivery: Int64, _ db: Database) throws -> [AttemptRecord] {
    try db.all(
      "SELECT number, at, nanoseconds, error, code, detail FROM attempt WHERE delivery = ? ORDER BY number",
      [.integer(delivery)]
    ) {
      AttemptRecord(
        number: Int($0.integer(0)), at: Timestamp(milliseconds: $0.integer(1)),
        duration: .nanoseconds($0.integer(2)), error: $0.optionalText(3),
        code: $0.optionalInteger(4).map(Int.init), detail: $0.text(5))
    }
  }
}
