import GRDB
import Model

/// The webhooks that tasks have of their own.
extension SQLiteStore {
  static func callback(of task: Int64, _ db: Database) throws -> TaskCallback? {
    try db.first("SELECT url, secret, rule FROM callback WHERE task = ?", .integer(task)) {
      Rows.callback($0, from: 0)
    } ?? nil
  }

  /// Answers whether that is another one than before.
  func set(_ callback: TaskCallback, of task: Int64, _ db: Database) throws -> Bool {
    if try Self.callback(of: task, db) == callback { return false }
    try db.run(
      "INSERT OR REPLACE INTO callback (task, url, secret, rule) VALUES (?, ?, ?, ?)", .integer(task),
      .text(callback.url.reveal()), .text(callback.secret?.reveal()), .text(callback.on))
    return true
  }
}
