import GRDB
import Model

extension SQLiteStore {
  package func watched(after row: Int64, limit: Int) async throws(StoreError) -> [TaskRecord] {
    try await tasks(TaskQuery(watchedOnly: true, after: row, limit: limit))
  }

  package func tasks(_ query: TaskQuery) async throws(StoreError) -> [TaskRecord] {
    try await transactions.read(.slow) { [rows] db in
      var conditions: [String] = ["TRUE"]
      var values: [Value] = []
      if let row = query.after {
        conditions.append(query.newestFirst ? "task.row < ?" : "task.row > ?")
        values.append(.integer(row))
      }
      if let source = query.source {
        guard let row = try rows.names.row(of: source, .source, db) else { return [] }
        conditions.append("task.source = ?")
        values.append(.integer(row))
      }
      if let id = query.id {
        conditions.append("task.id = ?")
        values.append(.text(id))
        // Sources are few: naming them all lets the index on (source, id) answer.
        if query.source == nil { conditions.append("task.source IN (SELECT row FROM source)") }
      }
      if let states = query.states {
        conditions.append("task.state IN (\(codes(states.map(\.code))))")
      }
      if query.watchedOnly { conditions.append("task.ending IS NULL") }
      for (name, value) in query.labels.sorted(by: { $0.key < $1.key }) {
        conditions.append("EXISTS (SELECT 1 FROM json_each(task.labels) WHERE key = ? AND value = ?)")
        values += [.text(name), .text(value)]
      }
      if let search = query.search {
        conditions.append(
          """
          (task.id LIKE ? ESCAPE '\\' OR task.status LIKE ? ESCAPE '\\'
            OR EXISTS (SELECT 1 FROM json_each(task.labels) WHERE value LIKE ? ESCAPE '\\'))
          """)
        values += Array(repeating: .text(Self.containing(search)), count: 3)
      }
      values.append(.integer(max(query.limit, 0)))
      return try db.all(
        "SELECT \(Rows.taskColumns) FROM \(Rows.taskTables) WHERE \(conditions.joined(separator: " AND ")) "
          + "ORDER BY task.row \(query.newestFirst ? "DESC " : "")LIMIT ?", values
      ) { try rows.task($0, db) }
    }
  }

  /// A pattern of LIKE for texts in which this one is.
  private static func containing(_ text: String) -> String {
    "%" + text.map { "\\%_".contains($0) ? "\\\($0)" : String($0) }.joined() + "%"
  }

  package func sourceRecords() async throws(StoreError) -> [SourceRecord] {
    try await transactions.read(.quick) { db in
      try db.all(
        "SELECT name, sequence, down FROM source WHERE sequence > 0 OR down IS NOT NULL ORDER BY row"
      ) {
        SourceRecord(name: $0.text(0), sequence: Int($0.integer(1)), down: $0.optionalText(2))
      }
    }
  }

  package func touch(_ polled: [(row: Int64, at: Timestamp)]) async throws(StoreError) {
    if polled.isEmpty { return }
    try await transactions.write(weight: polled.count) { db in
      for poll in polled {
        try db.run(
          "UPDATE task SET last_polled = ? WHERE row = ?", .integer(poll.at.milliseconds),
          .integer(poll.row))
      }
    }
  }

  package func remove(_ refs: [TaskRef]) async throws(StoreError) -> [TaskRef] {
    if refs.isEmpty { return [] }
    return try await transactions.write(weight: refs.count) { [self] db in
      var removed: [TaskRef] = []
      for ref in refs {
        guard let source = try rows.names.row(of: ref.source, .source, db),
          let row = try db.first(
            "SELECT row FROM task WHERE source = ? AND id = ? AND ending IS NULL", .integer(source),
            .text(ref.id), read: { $0.integer(0) })
        else { continue }
        try db.run(
          "UPDATE task SET ending = ?, ended_at = ? WHERE row = ?",
          .integer(TaskRecord.Ending.removed.code), .integer(time.wall.milliseconds), .integer(row))
        if leavesSignals { try leave(.unwatch(row: row), db) }
        removed.append(ref)
      }
      return removed
    }
  }
}

/// A list of numbers for `IN`, in one order: few texts, few prepared statements.
func codes(_ codes: [Int64]) -> String { Set(codes).sorted().map(String.init).joined(separator: ", ") }
