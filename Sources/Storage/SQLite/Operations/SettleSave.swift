import GRDB
import Model

extension SQLiteStore {
  package func settle(_ settlement: SaveSettlement) async throws(StoreError) -> BoundEvent? {
    try await transactions.write(weight: 4 + settlement.event.hooks.count * 2) { [self] db in
      let task = settlement.row
      let success = try db.first(
        "SELECT event FROM save WHERE task = ? AND state = 0 AND ordered_at = ?", .integer(task),
        .integer(settlement.orderedAt.milliseconds)
      ) { $0.integer(0) }
      guard let success,
        let sequence = try db.first(
          "UPDATE task SET sequence = sequence + 1 WHERE row = ? RETURNING sequence", .integer(task),
          read: { Int($0.integer(0)) })
      else { return nil }
      var bound = settlement.event
      bound.event.sequence = sequence
      try record(sparing(bound, db, task: task), about: .task(task), db)
      let event = bound.event
      try db.run(
        "UPDATE event SET files = ? WHERE row = ?", .text(Files.text(event.files)), .integer(success))
      try release(heldOf: success, db)
      let state: SaveState = event.type == .saved ? .saved : .failed
      // Addresses that nobody will ask for are not kept: they may be credentials.
      try db.run(
        "UPDATE save SET state = ?, reason = ?, outputs = '[]' WHERE task = ?", .integer(state.rawValue),
        .text(event.reason), .integer(task))
      return bound
    }
  }

  /// The event without its task object where a claim would give it the same one.
  private func sparing(_ bound: BoundEvent, _ db: Database, task: Int64) throws -> BoundEvent {
    guard let body = bound.event.task,
      try Self.lastBody(of: task, before: bound.event.sequence, db) == body
    else { return bound }
    var bound = bound
    bound.event.task = nil
    return bound
  }
}
