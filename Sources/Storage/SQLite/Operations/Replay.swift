import GRDB
import Model

extension SQLiteStore {
  /// Rows handled in one transaction, so that others get their turn.
  private static let page = 500

  package func replay(
    _ selection: DeliverySelection, now: Moment, dryRun: Bool
  ) async throws(StoreError) -> [DeliveryRow] {
    var answer: [DeliveryRow] = []
    var rest = selection
    while rest.limit > 0 {
      let wanted = min(Self.page, rest.limit)
      var part = rest
      part.limit = wanted
      let selection = part
      let replayed: [DeliveryRow]
      if dryRun {
        replayed = try await transactions.read(.slow) { [self] db in
          try select(selection, db).map { Self.replayed($0, now) }
        }
      } else {
        replayed = try await transactions.write(weight: wanted) { [self] db in
          try replay(select(selection, db), now, db)
        }
      }
      answer += replayed
      guard replayed.count == wanted, let last = replayed.last else { break }
      rest.after = last.row
      if rest.limit != .max { rest.limit -= wanted }
    }
    return answer
  }

  private func replay(_ deliveries: [DeliveryRow], _ now: Moment, _ db: Database) throws -> [DeliveryRow] {
    for delivery in deliveries {
      switch delivery.state {
      case .held, .waiting: break
      case .ready:
        try db.run(
          "UPDATE delivery SET next = min(next, ?) WHERE row = ?", .integer(now.milliseconds),
          .integer(delivery.row))
      case .delivered, .dead:
        // Out of its lane: those after it have gone ahead, and those to come need not wait for it.
        try db.run(
          "UPDATE delivery SET state = 1, next = ?, tries = 0, lane = NULL WHERE row = ?",
          .integer(now.milliseconds), .integer(delivery.row))
      }
    }
    if leavesSignals {
      for hook in Set(deliveries.filter { $0.state != .held && $0.state != .waiting }.map(\.hook)).sorted() {
        try leave(.replayed(hook: rows.names.makeRow(of: hook, .hook, db)), db)
      }
    }
    return deliveries.map { Self.replayed($0, now) }
  }

  /// A delivery as it stands after a replay.
  private static func replayed(_ delivery: DeliveryRow, _ now: Moment) -> DeliveryRow {
    var delivery = delivery
    let now = Moment(milliseconds: now.milliseconds)
    switch delivery.state {
    case .held, .waiting: break
    case .ready: delivery.nextAttempt = min(delivery.nextAttempt ?? now, now)
    case .delivered, .dead:
      delivery.state = .ready
      delivery.nextAttempt = now
    }
    return delivery
  }
}
