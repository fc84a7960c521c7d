import GRDB
import Model

extension SQLiteStore {
  package func paces(limit: Int) async throws(StoreError) -> [LearntPace] {
    try await transactions.read(.slow) { db in
      let sources = try db.all("SELECT row, name FROM source ORDER BY row") { ($0.integer(0), $0.text(1)) }
      return try sources.flatMap { row, name in
        try db.all(
          "SELECT kind, model, used_at FROM pace WHERE source = ? ORDER BY used_at DESC, kind LIMIT ?",
          [.integer(row), .integer(max(limit, 0))]
        ) {
          LearntPace(
            source: name, kind: $0.text(0), model: $0.optionalBlob(1) ?? [],
            usedAt: Timestamp(milliseconds: $0.integer(2)))
        }
      }
    }
  }

  package func keep(_ paces: [LearntPace]) async throws(StoreError) {
    if paces.isEmpty { return }
    try await transactions.write(weight: paces.count) { [rows] db in
      for pace in paces {
        try db.run(
          """
          INSERT INTO pace (source, kind, used_at, model) VALUES (?, ?, ?, ?)
            ON CONFLICT (source, kind) DO UPDATE SET used_at = excluded.used_at, model = excluded.model
          """, .integer(try rows.names.makeRow(of: pace.source, .source, db)), .text(pace.kind),
          .integer(pace.usedAt.milliseconds), .blob(pace.model))
      }
    }
  }
}
