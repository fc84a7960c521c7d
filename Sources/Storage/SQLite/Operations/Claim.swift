import GRDB
import Model

extension SQLiteStore {
  /// Goes along the index of ready deliveries, which is in the order of due times, and ends at the first
  /// one that is not handed out. The rule of `delivery_ready` has to be spelled out for SQLite to use it.
  static let readyInOrder = "SELECT row, next FROM delivery WHERE hook = ? AND state = 1 ORDER BY next, row"

  static let claimed = claimed(Rows.eventColumns)
  private static let claimedBare = claimed(Rows.eventColumnsWithoutBody)

  private static func claimed(_ columns: String) -> String {
    """
    SELECT \(columns), delivery.attempts, delivery.tries, event.task
    FROM \(Rows.deliveryTables) WHERE delivery.row = ?
    """
  }

  package func claim(
    hook: String, limit: Int, bodies: ClaimedBodies, held: Set<Int64>, now: Moment
  ) async throws(StoreError) -> Claim {
    // One for a digest reads thousands of rows: those of other hooks do not wait for it.
    let reader: Transactions.Reader = if case .first = bodies { .slow } else { .quick }
    return try await transactions.read(reader) { [self] db in
      guard let hookRow = try rows.names.row(of: hook, .hook, db) else {
        return Claim(deliveries: [], nextDue: nil)
      }
      var due: [(row: Int64, at: Moment)] = []
      var nextDue: Moment?
      try db.each(Self.readyInOrder, [.integer(hookRow)]) { columns in
        let row = columns.integer(0)
        if held.contains(row) { return .next }
        let next = Moment(stored: columns.integer(1))
        if next <= now && due.count < limit {
          due.append((row, next))
          return .next
        }
        nextDue = next
        return .stop
      }
      var claim = Claim(deliveries: [], due: due.count, nextDue: nextDue)
      var bytes = 0
      let (whole, bare) = (try db.prepared(Self.claimed), try db.prepared(Self.claimedBare))
      for (index, entry) in due.enumerated() {
        var brings = true
        if case .first(let count) = bodies { brings = index < count }
        guard let delivery = try load(entry.row, hook: hook, brings ? whole : bare, brings, db) else {
          throw DatabaseError(
            resultCode: .SQLITE_CORRUPT, message: "delivery \(entry.row) has no event: the file is damaged")
        }
        bytes += delivery.event.task?.count ?? 0
        if case .all(let most) = bodies, bytes > most, index > 0 {
          claim.nextDue = entry.at
          break
        }
        claim.deliveries.append(delivery)
      }
      return claim
    }
  }

  private func load(
    _ row: Int64, hook: String, _ statement: Prepared, _ brings: Bool, _ db: Database
  ) throws -> ClaimedDelivery? {
    try statement.first(.integer(row)) { columns in
      let task = columns.optionalInteger(Rows.eventWidth + 2)
      var event =
        try brings ? rows.eventAsDelivered(columns, task: task, db) : rows.event(columns, db)
      if let task, TaskCallback.isHook(hook) { event.callback = try Self.callback(of: task, db) }
      return ClaimedDelivery(
        row: row, id: Identity.delivery(event: event.id, hook: hook), event: event,
        attempts: Int(columns.integer(Rows.eventWidth)), tries: Int(columns.integer(Rows.eventWidth + 1)))
    }
  }

  package func openDeliveries() async throws(StoreError) -> [String: Int] {
    try await transactions.read(.quick) { db in
      let counts = try db.all(
        """
        SELECT hook.name, count(*) FROM delivery JOIN hook ON hook.row = delivery.hook
        WHERE delivery.state < 2 GROUP BY hook.row
        """
      ) { ($0.text(0), Int($0.integer(1))) }
      return Dictionary(uniqueKeysWithValues: counts)
    }
  }

  /// The task object of the last event before one that has none.
  static func lastBody(of task: Int64, before sequence: Int, _ db: Database) throws -> [UInt8]? {
    try db.first(
      """
      SELECT body FROM event WHERE task = ? AND sequence < ? AND body IS NOT NULL
      ORDER BY sequence DESC LIMIT 1
      """, .integer(task), .integer(Int64(sequence))
    ) { $0.optionalBlob(0) } ?? nil
  }
}
