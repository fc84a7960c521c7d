import GRDB
import Model

extension SQLiteStore {
  static let lastSuccess = "SELECT row FROM event WHERE task = ? AND type = ? ORDER BY sequence DESC LIMIT 1"

  package func save(_ ref: TaskRef, outputs: [TaskOutput]) async throws(StoreError) -> Bool {
    try await transactions.write(weight: 2 + outputs.count) { [self] db in
      guard let source = try rows.names.row(of: ref.source, .source, db),
        let task = try db.first(
          "SELECT row FROM task WHERE source = ? AND id = ?", .integer(source), .text(ref.id),
          read: { $0.integer(0) }),
        let success = try db.first(
          Self.lastSuccess, .integer(task), .integer(EventType.task(.succeeded).code),
          read: { $0.integer(0) })
      else { return false }
      try order(outputs, of: task, event: success, db)
      if leavesSignals { try leave(.savesOrdered, db) }
      return true
    }
  }

  /// Makes a task's outputs the next to be saved. A pending save of another success is given up: what waited for
  /// it waits no more.
  func order(_ outputs: [TaskOutput], of task: Int64, event: Int64, _ db: Database) throws {
    let last = try db.first("SELECT event, state, ordered_at FROM save WHERE task = ?", .integer(task)) {
      (event: $0.integer(0), state: $0.integer(1), orderedAt: $0.integer(2))
    }
    if let last {
      let isAnother = last.event != event
      if isAnother && last.state == SaveState.pending.rawValue { try release(heldOf: last.event, db) }
      try keep(outputs, of: task, afterAnotherSuccess: isAnother, db)
    }
    // The time tells orders apart, on whatever clock.
    let orderedAt = max(time.wall.milliseconds, (last?.orderedAt ?? .min) &+ 1)
    try db.run(
      """
      INSERT INTO save (task, event, outputs, state, ordered_at) VALUES (?, ?, ?, 0, ?)
      ON CONFLICT (task) DO UPDATE SET event = excluded.event, outputs = excluded.outputs, state = 0,
        ordered_at = excluded.ordered_at, reason = NULL
      """, .integer(task), .integer(event), .text(Outputs.text(outputs)), .integer(orderedAt))
  }

  /// Lets go the deliveries of a success that waited for its outputs.
  func release(heldOf event: Int64, _ db: Database) throws {
    let held = try db.all(
      "SELECT hook, lane FROM delivery WHERE event = ? AND state = -1", [.integer(event)]
    ) { (hook: $0.integer(0), lane: $0.integer(1)) }
    try db.run("UPDATE delivery SET state = 0 WHERE event = ? AND state = -1", .integer(event))
    for delivery in held { try admitNext(hook: delivery.hook, lane: delivery.lane, db) }
  }

  /// Drops what is known of files that are not of these outputs. Within one success the place alone tells, since
  /// URLs are renewed; a later success may have other files in the same places, told by all of their URLs but the
  /// query (where signatures are). What was begun stays: whoever goes on with it compares validators.
  private func keep(
    _ outputs: [TaskOutput], of task: Int64, afterAnotherSuccess: Bool, _ db: Database
  ) throws {
    try db.run("DELETE FROM file WHERE task = ? AND output >= ?", .integer(task), .integer(outputs.count))
    if !afterAnotherSuccess { return }
    let copies = try db.all(
      "SELECT output, url FROM file WHERE task = ? AND path IS NOT NULL", [.integer(task)]
    ) { (output: $0.integer(0), url: $0.text(1)) }
    for copy in copies where !Self.isSame(copy.url, outputs[Int(copy.output)].url) {
      try db.run("DELETE FROM file WHERE task = ? AND output = ?", .integer(task), .integer(copy.output))
    }
  }

  private static func isSame(_ url: String, _ other: String) -> Bool {
    let query = UInt8(ascii: "?")
    return url.utf8.prefix { $0 != query }.elementsEqual(other.utf8.prefix { $0 != query })
  }
}
