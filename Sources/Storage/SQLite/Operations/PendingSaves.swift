import GRDB
import Model

extension SQLiteStore {
  /// The rule of `save_pending` is spelled out, so that those that have ended are not looked through.
  static let pendingSaves = """
    SELECT \(Rows.eventColumns), save.task, save.outputs, save.ordered_at, task.url
    FROM save JOIN event ON event.row = save.event JOIN task ON task.row = save.task
    WHERE save.state = 0 AND save.task > ? ORDER BY save.task LIMIT ?
    """

  package func pendingSaves(after row: Int64, limit: Int) async throws(StoreError) -> [PendingSave] {
    try await transactions.read(.slow) { [rows] db in
      var saves = try db.all(Self.pendingSaves, [.integer(row), .integer(max(limit, 0))]) { columns in
        let event = try rows.event(columns, db)
        return PendingSave(
          row: columns.integer(Rows.eventWidth), ref: TaskRef(source: event.source, id: event.taskID ?? ""),
          url: columns.optionalText(Rows.eventWidth + 3), event: event,
          outputs: try Outputs.parse(columns.text(Rows.eventWidth + 1)),
          orderedAt: Timestamp(milliseconds: columns.integer(Rows.eventWidth + 2)))
      }
      for index in saves.indices {
        let task = saves[index].row
        saves[index].files = try Self.files(of: task, db)
        saves[index].event.callback = try Self.callback(of: task, db)
        if saves[index].event.task == nil {
          saves[index].event.task = try Self.lastBody(of: task, before: saves[index].event.sequence, db)
        }
      }
      return saves
    }
  }

  package func note(
    _ progress: SaveProgress, of output: Int, task row: Int64
  ) async throws(StoreError) {
    try await transactions.write { db in
      let isPending = try db.exists("SELECT 1 FROM save WHERE task = ? AND state = 0", .integer(row))
      if !isPending { return }
      switch progress {
      case .partial(let file):
        try db.run(
          """
          INSERT OR REPLACE INTO file (task, output, part, validator, length, content_type, upload)
          VALUES (?, ?, ?, ?, ?, ?, ?)
          """, .integer(row), .integer(output), .text(file.path), .text(file.validator),
          .integer(file.length), .text(file.contentType), .text(file.upload))
      case .saved(let file):
        try db.run(
          """
          INSERT OR REPLACE INTO file (task, output, url, path, bytes, sha256, content_type)
          VALUES (?, ?, ?, ?, ?, ?, ?)
          """, .integer(row), .integer(output), .text(file.url), .text(file.path), .integer(file.bytes),
          .text(file.sha256), .text(file.contentType))
      }
    }
  }

  private static func files(of task: Int64, _ db: Database) throws -> [Int: SaveProgress] {
    let files = try db.all(
      """
      SELECT output, url, path, bytes, sha256, content_type, part, validator, length, upload
      FROM file WHERE task = ?
      """, [.integer(task)]
    ) { columns -> (Int, SaveProgress) in
      let place = Int(columns.integer(0))
      if let path = columns.optionalText(2) {
        let file = SavedFile(
          url: columns.text(1), path: path, bytes: columns.integer(3), sha256: columns.text(4),
          contentType: columns.optionalText(5))
        return (place, .saved(file))
      }
      let file = PartialFile(
        path: columns.text(6), validator: columns.optionalText(7), length: columns.optionalInteger(8),
        contentType: columns.optionalText(5), upload: columns.optionalText(9))
      return (place, .partial(file))
    }
    return Dictionary(uniqueKeysWithValues: files)
  }
}
