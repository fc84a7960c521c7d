import Foundation
import GRDB
import Model

/// Opening SQLite connections the way the store needs them.
struct Connections {
  var writer: DatabaseQueue
  var quick: DatabaseQueue
  var slow: DatabaseQueue

  /// Opens a prepared state file: its tables, then the journal, then the readers.
  ///
  /// - Parameter stays: for a process that lives long: it makes do with little memory. One that registers a million
  ///   tasks and ends has the index of them in reach.
  static func open(_ path: String, stays: Bool) throws -> Connections {
    try migrate(path)
    var settings = configuration("taskhook.writer")
    settings.prepareDatabase { db in
      // Set before anything is written. FULL: a commit is on the disk when it returns.
      try db.execute(sql: "PRAGMA synchronous = FULL")
      // 16 MiB of journal between two checkpoints, and as much left of it on the disk.
      try db.execute(sql: "PRAGMA wal_autocheckpoint = 4000")
      try db.execute(sql: "PRAGMA journal_size_limit = 16777216")
      try db.execute(sql: "PRAGMA cache_size = \(stays ? -8192 : -131_072)")
    }
    let writer = try DatabaseQueue(path: path, configuration: settings)
    var reading = configuration("taskhook.reader")
    reading.readonly = true
    return Connections(
      writer: writer, quick: try DatabaseQueue(path: path, configuration: reading),
      slow: try DatabaseQueue(path: path, configuration: reading))
  }

  static func openInMemory() throws -> DatabaseQueue {
    let connection = try DatabaseQueue(configuration: configuration("taskhook.memory"))
    try Schema.migrator.migrate(connection)
    return connection
  }

  /// Brings the tables up to date, on a connection of its own and, in a new file, before it is in WAL mode:
  /// so the first thing in the file itself is a header that says whose it is.
  private static func migrate(_ path: String) throws {
    let connection = try DatabaseQueue(path: path, configuration: configuration("taskhook.migration"))
    defer { try? connection.close() }
    try again {
      let version = try connection.inDatabase { db in
        try Int64.fetchOne(db, sql: "PRAGMA user_version") ?? 0
      }
      try StateFile.check(version: version, of: path)
      // Before all else, and in one step: a kill between two must leave a file that says whose it is. One that
      // belongs to another program is not opened at all.
      if version == 0 {
        try connection.inDatabase { try $0.execute(sql: "PRAGMA application_id = \(Schema.application)") }
      }
      // Where several processes make the file at once, all but one find the tables made.
      if version < Schema.version { try Schema.migrator.migrate(connection) }
    }
    try again {
      try connection.inDatabase { db in
        let mode = try String.fetchOne(db, sql: "PRAGMA journal_mode = WAL")
        if mode != "wal" {
          throw StoreError(
            .unwritable,
            "the state file \(path) cannot be put into WAL mode (it is in \(mode ?? "no") mode): "
              + "it has to lie on a local disk")
        }
      }
    }
  }

  /// Runs `body` again where another process was doing the same.
  private static func again(_ body: () throws -> Void) throws {
    for _ in 0..<20 {
      do { return try body() } catch is DatabaseError { usleep(20_000) }
    }
    try body()
  }

  private static func configuration(_ label: String) -> Configuration {
    var configuration = Configuration()
    configuration.label = label
    configuration.busyMode = Patience.busy
    // All references are within one transaction's reach and kept by the operations; checking each insert
    // would double its cost.
    configuration.foreignKeysEnabled = false
    return configuration
  }
}
