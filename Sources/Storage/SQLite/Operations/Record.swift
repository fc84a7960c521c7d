import GRDB
import Model

/// Events and their deliveries, written into the transaction that gives cause for them.
extension SQLiteStore {
  /// Writes an event under the number it has, the save it orders, and a delivery for each of its hooks.
  func record(_ bound: BoundEvent, about subject: Subject, _ db: Database) throws {
    let event = bound.event
    let inserted = try db.run(
      """
      INSERT OR IGNORE INTO event (task, source, hook, sequence, type, at, state, status, previous_state,
        previous_status, progress, previous_progress, reason, labels, files, body)
      VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
      """,
      .integer(subject.task), .integer(subject.source), .integer(subject.hook), .integer(event.sequence),
      .integer(event.type.code), .integer(event.timestamp.milliseconds), .integer(event.state?.code),
      .text(event.status), .integer(event.previousState?.code), .text(event.previousStatus),
      .real(event.progress), .real(event.previousProgress), .text(event.reason),
      .text(Labels.text(event.labels)), .text(Files.text(event.files)), .blob(event.task))
    if inserted == 0 { return try checkIsRecorded(event, about: subject, db) }
    let row = db.lastInsertedRowID
    if let save = bound.save, let task = subject.task { try order(save.outputs, of: task, event: row, db) }
    let isHeld = bound.save?.holds == true && subject.task != nil
    let id = event.id
    // Deaths have no order among each other, and thousands that come at once do not go out one by one.
    let lane = event.type == .deliveryDead ? nil : subject.lane
    var hooks: Set<String> = []
    for hook in bound.hooks where hooks.insert(hook).inserted {
      try insert(event: row, id, event.sequence, hook: hook, lane: lane, isHeld: isHeld, db)
    }
  }

  /// Writes an event of a hook under the hook's next number.
  func recordNext(_ bound: BoundEvent, of hook: String, _ db: Database) throws {
    let row = try rows.names.makeRow(of: hook, .hook, db)
    let last = try db.first("SELECT sequence FROM hook WHERE row = ?", .integer(row)) { Int($0.integer(0)) }
    var next = bound
    next.event.hook = hook
    next.event.sequence = (last ?? 0) + 1
    try db.run(
      "UPDATE hook SET sequence = ? WHERE row = ?", .integer(next.event.sequence), .integer(row))
    try record(next, about: .hook(row), db)
  }

  /// Whether an earlier delivery of the lane has not ended.
  static let laneBefore =
    "SELECT 1 FROM delivery WHERE hook = ? AND lane = ? AND state < 2 AND sequence < ? LIMIT 1"

  private func insert(
    event: Int64, _ id: String, _ sequence: Int, hook name: String, lane: Int64?, isHeld: Bool,
    _ db: Database
  ) throws {
    let hook = try rows.names.makeRow(of: name, .hook, db)
    let waits =
      try lane != nil && db.exists(Self.laneBefore, .integer(hook), .integer(lane), .integer(sequence))
    let state: DeliveryState = isHeld ? .held : waits ? .waiting : .ready
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
  private func checkIsRecorded(_ event: Event, about subject: Subject, _ db: Database) throws {
    let (condition, row) =
      switch subject {
      case .task(let row): ("task = ?", row)
      case .source(let row): ("source = ? AND task IS NULL", row)
      case .hook(let row): ("hook = ?", row)
      }
    let known = try db.first(
      "SELECT type, at, status FROM event WHERE sequence = ? AND \(condition)", .integer(event.sequence),
      .integer(row)
    ) { ($0.integer(0), $0.integer(1), $0.optionalText(2)) }
    if let known, known == (event.type.code, event.timestamp.milliseconds, event.status) { return }
    let name = event.hook.map { "hook \($0)" } ?? event.source + (event.taskID.map { "/" + $0 } ?? "")
    throw StoreError(
      .fault,
      "event \(event.sequence) of \(name) is recorded already, with another content: read the record anew")
  }
}
