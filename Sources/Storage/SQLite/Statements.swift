import GRDB
import GRDBSQLite

/// One value bound to a statement.
///
/// Values are bound with their length, so that a status with a NUL character in it comes back whole.
enum Value {
  case null
  case integer(Int64)
  case real(Double)
  case text(String)
  case blob([UInt8])

  static func integer(_ value: Int) -> Value { .integer(Int64(value)) }
  static func integer(_ value: Int64?) -> Value { value.map(Value.integer) ?? .null }
  static func real(_ value: Double?) -> Value { value.map(Value.real) ?? .null }
  static func text(_ value: String?) -> Value { value.map(Value.text) ?? .null }
  static func blob(_ value: [UInt8]?) -> Value { value.map(Value.blob) ?? .null }
}

/// The columns of the row a statement stands on, counted from 0.
struct Columns {
  private let statement: OpaquePointer

  fileprivate init(_ statement: OpaquePointer) { self.statement = statement }

  func integer(_ index: Int32) -> Int64 { sqlite3_column_int64(statement, index) }

  func optionalInteger(_ index: Int32) -> Int64? { isNull(index) ? nil : integer(index) }

  func optionalReal(_ index: Int32) -> Double? {
    isNull(index) ? nil : sqlite3_column_double(statement, index)
  }

  func text(_ index: Int32) -> String {
    guard let bytes = sqlite3_column_text(statement, index) else { return "" }
    let count = Int(sqlite3_column_bytes(statement, index))
    return String(decoding: UnsafeBufferPointer(start: bytes, count: count), as: UTF8.self)
  }

  func optionalText(_ index: Int32) -> String? { isNull(index) ? nil : text(index) }

  func optionalBlob(_ index: Int32) -> [UInt8]? {
    if isNull(index) { return nil }
    guard let bytes = sqlite3_column_blob(statement, index) else { return [] }
    return Array(UnsafeRawBufferPointer(start: bytes, count: Int(sqlite3_column_bytes(statement, index))))
  }

  private func isNull(_ index: Int32) -> Bool { sqlite3_column_type(statement, index) == SQLITE_NULL }
}

/// Whether a loop over rows goes on.
enum Step { case next, stop }

/// A statement looked up once and run for many rows: the look-up reads all of its text. Good within the access to the
/// database that it was made in.
struct Prepared {
  private let sql: String
  private let statement: OpaquePointer
  private let database: Database

  fileprivate init(_ sql: String, _ database: Database) throws {
    self.sql = sql
    self.database = database
    statement = try database.cachedStatement(sql: sql).sqliteStatement
  }

  /// As `Database.run`.
  @discardableResult
  func run(_ values: Value...) throws -> Int {
    try loop(values) { _ in .next }
    return Int(sqlite3_changes(database.sqliteConnection))
  }

  /// As `Database.first`.
  func first<T>(_ values: Value..., read: (Columns) throws -> T) throws -> T? {
    var row: T?
    try loop(values) { columns in
      row = try read(columns)
      return .stop
    }
    return row
  }

  /// Whether there is any row.
  func exists(_ values: Value...) throws -> Bool {
    var found = false
    try loop(values) { _ in
      found = true
      return .stop
    }
    return found
  }

  /// Binds, steps to the end, and always resets: a statement left half-way would keep its read snapshot
  /// and with it the WAL.
  fileprivate func loop(_ values: [Value], _ body: (Columns) throws -> Step) throws {
    defer {
      sqlite3_reset(statement)
      sqlite3_clear_bindings(statement)
    }
    for (index, value) in values.enumerated() {
      let code = value.bind(to: statement, at: Int32(index + 1))
      guard code == SQLITE_OK else { throw failure(code) }
    }
    while true {
      switch sqlite3_step(statement) {
      case SQLITE_ROW: if try body(Columns(statement)) == .stop { return }
      case SQLITE_DONE: return
      case let code: throw failure(code)
      }
    }
  }

  private func failure(_ code: Int32) -> DatabaseError {
    let message = database.sqliteConnection.map { String(cString: sqlite3_errmsg($0)) }
    return DatabaseError(resultCode: ResultCode(rawValue: code), message: message, sql: sql)
  }
}

extension Database {
  /// A statement that is to be run for many rows.
  func prepared(_ sql: String) throws -> Prepared { try Prepared(sql, self) }

  /// Runs a statement that answers no rows, and tells how many rows it changed. Statements are prepared
  /// once per connection.
  @discardableResult
  func run(_ sql: String, _ values: Value...) throws -> Int {
    try loop(sql, values) { _ in .next }
    return Int(sqlite3_changes(sqliteConnection))
  }

  /// Calls `body` for each row until it says stop.
  func each(_ sql: String, _ values: [Value] = [], _ body: (Columns) throws -> Step) throws {
    try loop(sql, values, body)
  }

  /// Reads all rows.
  func all<T>(_ sql: String, _ values: [Value] = [], _ read: (Columns) throws -> T) throws -> [T] {
    var rows: [T] = []
    try loop(sql, values) { columns in
      rows.append(try read(columns))
      return .next
    }
    return rows
  }

  /// Reads the first row, if there is one.
  func first<T>(_ sql: String, _ values: Value..., read: (Columns) throws -> T) throws -> T? {
    var row: T?
    try loop(sql, values) { columns in
      row = try read(columns)
      return .stop
    }
    return row
  }

  /// Whether there is any row.
  func exists(_ sql: String, _ values: Value...) throws -> Bool {
    var found = false
    try loop(sql, values) { _ in
      found = true
      return .stop
    }
    return found
  }

  private func loop(_ sql: String, _ values: [Value], _ body: (Columns) throws -> Step) throws {
    try prepared(sql).loop(values, body)
  }
}

extension Value {
  fileprivate func bind(to statement: OpaquePointer, at index: Int32) -> Int32 {
    switch self {
    case .null: return sqlite3_bind_null(statement, index)
    case .integer(let value): return sqlite3_bind_int64(statement, index, value)
    case .real(let value): return sqlite3_bind_double(statement, index, value)
    case .text(var value):
      // An empty string may have no address, and no address would be NULL.
      if value.isEmpty { return sqlite3_bind_text64(statement, index, "", 0, copied, UInt8(SQLITE_UTF8)) }
      return value.withUTF8 { bytes in
        bytes.withMemoryRebound(to: CChar.self) {
          sqlite3_bind_text64(
            statement, index, $0.baseAddress, UInt64($0.count), copied, UInt8(SQLITE_UTF8))
        }
      }
    case .blob(let value):
      if value.isEmpty { return sqlite3_bind_zeroblob(statement, index, 0) }
      return value.withUnsafeBytes {
        sqlite3_bind_blob64(statement, index, $0.baseAddress, UInt64($0.count), copied)
      }
    }
  }
}

/// SQLITE_TRANSIENT: SQLite copies what is bound. The header's cast is one that Swift does not import.
private let copied = unsafeBitCast(-1, to: sqlite3_destructor_type.self)
