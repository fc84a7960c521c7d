import GRDB
import Model

/// What is known of the copies of output files, whoever's they are.
extension SQLiteStore {
  static let owner = "SELECT task, output FROM file WHERE path = ? LIMIT 1"
  static let savedBytes = "SELECT sum(bytes) FROM file WHERE path >= ? AND path < ?"

  package func owner(ofFile path: String) async throws(StoreError) -> (task: TaskRef, output: Int)? {
    try await transactions.read(.quick) { [rows] db in
      let copy = try db.first(Self.owner, .text(path)) {
        (task: $0.integer(0), output: Int($0.integer(1)))
      }
      guard let copy else { return nil }
      return try db.first("SELECT source, id FROM task WHERE row = ?", .integer(copy.task)) {
        let source = try rows.names.name(of: $0.integer(0), .source, db)
        return (TaskRef(source: source, id: $0.text(1)), copy.output)
      }
    }
  }

  package func savedBytes(under prefix: String) async throws(StoreError) -> Int64 {
    try await transactions.read(.slow) { db in
      guard let end = Self.end(ofPrefix: prefix) else {
        return try db.first("SELECT sum(bytes) FROM file WHERE path >= ?", .text(prefix)) { $0.integer(0) }
          ?? 0
      }
      return try db.first(Self.savedBytes, .text(prefix), .text(end)) { $0.integer(0) } ?? 0
    }
  }

  /// The first text, in the order of UTF-8, after all those that begin so; nil where none is.
  private static func end(ofPrefix prefix: String) -> String? {
    var scalars = prefix.unicodeScalars
    while let last = scalars.popLast() {
      // D7FF is followed by the surrogates, which are no characters.
      let next = last.value == 0xD7FF ? 0xE000 : last.value + 1
      guard let next = Unicode.Scalar(next) else { continue }
      scalars.append(next)
      return String(scalars)
    }
    return nil
  }
}
