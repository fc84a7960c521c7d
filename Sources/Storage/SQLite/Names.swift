import GRDB
import Synchronization

/// The numbers of sources and hooks. Both tables only grow, so what is committed stays true.
final class Names: Sendable {
  enum Kind: String, CaseIterable { case source, hook }

  private struct Known {
    var rows: [String: Int64] = [:]
    var names: [Int64: String] = [:]
  }

  private let known = Mutex<[Kind: Known]>([:])

  /// The number of a name; nil where the state has never heard of it.
  func row(of name: String, _ kind: Kind, _ db: Database) throws -> Int64? {
    if let row = known.withLock({ $0[kind]?.rows[name] }) { return row }
    let found = try db.first(
      kind == .source ? "SELECT row FROM source WHERE name = ?" : "SELECT row FROM hook WHERE name = ?",
      .text(name)
    ) { $0.integer(0) }
    if let found { learn(name, found, kind) }
    return found
  }

  /// The number of a name, which gets one where it has none. Only within a write transaction.
  func makeRow(of name: String, _ kind: Kind, _ db: Database) throws -> Int64 {
    if let row = try row(of: name, kind, db) { return row }
    try db.run(
      kind == .source ? "INSERT INTO source (name) VALUES (?)" : "INSERT INTO hook (name) VALUES (?)",
      .text(name))
    return db.lastInsertedRowID
  }

  func name(of row: Int64, _ kind: Kind, _ db: Database) throws -> String {
    if let name = known.withLock({ $0[kind]?.names[row] }) { return name }
    let found = try db.first(
      kind == .source ? "SELECT name FROM source WHERE row = ?" : "SELECT name FROM hook WHERE row = ?",
      .integer(row)
    ) { $0.text(0) }
    guard let found else {
      throw DatabaseError(resultCode: .SQLITE_CORRUPT, message: "no \(kind.rawValue) has the number \(row)")
    }
    learn(found, row, kind)
    return found
  }

  /// Forgets everything: after a roll-back, numbers learned within may belong to nobody.
  func forget() { known.withLock { $0 = [:] } }

  private func learn(_ name: String, _ row: Int64, _ kind: Kind) {
    known.withLock {
      $0[kind, default: Known()].rows[name] = row
      $0[kind, default: Known()].names[row] = name
    }
  }
}
