import GRDB
import Model

extension SQLiteStore {
  /// How many attempts of a delivery are kept, the latest.
  static let keptAttempts = 1000

  @discardableResult
  package func settle(_ settlements: [Settlement]) async throws(StoreError) -> Bool {
    if settlements.isEmpty { return false }
    let weight = settlements.reduce(0) { $0 + 2 + $1.events.count * 2 }
    return try await transactions.write(weight: weight) { [self] db in
      let statements = try SettleStatements(db)
      var promoted = false
      for settlement in settlements where try settle(settlement, statements, db) { promoted = true }
      return promoted
    }
  }

  /// What every settlement runs.
  private struct SettleStatements {
    let settle: Prepared
    let writeAttempt: Prepared
    let laneFirst: Prepared

    init(_ db: Database) throws {
      settle = try db.prepared(SQLiteStore.settled)
      writeAttempt = try db.prepared(SQLiteStore.attemptMade)
      laneFirst = try db.prepared(SQLiteStore.laneFirst)
    }
  }

  private func settle(_ settlement: Settlement, _ statements: SettleStatements, _ db: Database) throws -> Bool
  {
    if let state = settlement.hookState { try write(state, of: settlement.hook, db) }
    let (state, next) =
      switch settlement.result {
      case .delivered: (DeliveryState.delivered, nil as Moment?)
      case .dead: (DeliveryState.dead, nil)
      case .retry(let moment): (DeliveryState.ready, moment)
      }
    let settled = try statements.settle.first(
      .integer(state.code), .integer(settlement.attempt.number), .text(settlement.attempt.error),
      .integer(next?.millisecondsRoundedUp), .integer(settlement.row)
    ) { (hook: $0.integer(0), lane: $0.optionalInteger(1)) }
    // What ended meanwhile stays ended.
    guard let settled else { return false }
    try write(settlement.attempt, of: settlement.row, statements, db)
    for event in settlement.events { try recordNext(event, of: settlement.hook, db) }
    guard state != .ready, let lane = settled.lane else { return false }
    return try admitNext(hook: settled.hook, lane: lane, statements.laneFirst, db)
  }

  private static let settled = """
    UPDATE delivery SET state = ?, attempts = max(attempts + 1, ?), tries = tries + 1, last_error = ?,
      next = coalesce(?, next)
    WHERE row = ? AND state = 1 RETURNING hook, lane
    """

  private static let attemptMade = """
    INSERT OR REPLACE INTO attempt (delivery, number, at, nanoseconds, code, error, detail)
    VALUES (?, ?, ?, ?, ?, ?, ?)
    """

  package func hookStates() async throws(StoreError) -> [String: HookState] {
    try await transactions.read(.quick) { db in
      let states = try db.all(
        """
        SELECT name, paused, not_before, down FROM hook
        WHERE paused IS NOT NULL OR not_before IS NOT NULL OR down IS NOT NULL
        """
      ) { columns in
        let notBefore = columns.optionalInteger(2).map(Moment.init(stored:))
        let state = HookState(
          paused: columns.optionalText(1), notBefore: notBefore, down: columns.optionalText(3))
        return (columns.text(0), state)
      }
      return Dictionary(uniqueKeysWithValues: states)
    }
  }

  package func setHookState(_ state: HookState, of hook: String) async throws(StoreError) {
    try await transactions.write { [self] db in try write(state, of: hook, db) }
  }

  package func resume(hook: String) async throws(StoreError) -> Bool {
    try await transactions.write { [self] db in
      guard let row = try rows.names.row(of: hook, .hook, db) else { return false }
      let wasHeld = try db.exists(
        "SELECT 1 FROM hook WHERE row = ? AND (paused IS NOT NULL OR not_before > ?)", .integer(row),
        .integer(time.now.milliseconds))
      let changed = try db.run(
        """
        UPDATE hook SET paused = NULL, not_before = NULL
        WHERE row = ? AND (paused IS NOT NULL OR not_before IS NOT NULL)
        """, .integer(row))
      if wasHeld {
        // What the receiver put off is due now.
        try db.run(
          "UPDATE delivery SET next = ? WHERE hook = ? AND state = 1 AND next > ?",
          .integer(time.now.milliseconds), .integer(row), .integer(time.now.milliseconds))
      }
      if changed > 0 && leavesSignals { try leave(.resumed(hook: row), db) }
      return wasHeld
    }
  }

  static let laneFirst =
    "SELECT row, state FROM delivery WHERE hook = ? AND lane = ? AND state < 2 ORDER BY sequence LIMIT 1"

  /// Makes the first delivery of a lane ready that has not ended; answers whether it waited.
  @discardableResult
  func admitNext(hook: Int64, lane: Int64, _ db: Database) throws -> Bool {
    try admitNext(hook: hook, lane: lane, try db.prepared(Self.laneFirst), db)
  }

  private func admitNext(hook: Int64, lane: Int64, _ laneFirst: Prepared, _ db: Database) throws -> Bool {
    let first = try laneFirst.first(.integer(hook), .integer(lane)) {
      (row: $0.integer(0), state: $0.integer(1))
    }
    guard let first, first.state == DeliveryState.waiting.code else { return false }
    try db.run(
      "UPDATE delivery SET state = 1, next = ? WHERE row = ?", .integer(time.now.milliseconds),
      .integer(first.row))
    return true
  }

  private func write(
    _ attempt: AttemptRecord, of delivery: Int64, _ statements: SettleStatements, _ db: Database
  ) throws {
    try statements.writeAttempt.run(
      .integer(delivery), .integer(attempt.number), .integer(attempt.at.milliseconds),
      .integer(attempt.duration.nanoseconds), .integer(attempt.code.map(Int64.init)), .text(attempt.error),
      .text(attempt.detail.isEmpty ? nil : attempt.detail))
    if attempt.number > Self.keptAttempts {
      try db.run(
        "DELETE FROM attempt WHERE delivery = ? AND number <= ?", .integer(delivery),
        .integer(attempt.number - Self.keptAttempts))
    }
  }

  private func write(_ state: HookState, of hook: String, _ db: Database) throws {
    let row = try rows.names.makeRow(of: hook, .hook, db)
    try db.run(
      "UPDATE hook SET paused = ?, not_before = ?, down = ? WHERE row = ?", .text(state.paused),
      .integer(state.notBefore?.millisecondsRoundedUp), .text(state.down), .integer(row))
  }
}
