import Foundation
import GRDB
import Model
import Synchronization

/// The store as one SQLite file in WAL mode, flushed at every commit.
///
/// One daemon holds the file; guests (the other commands) look and steer beside it, and what they asked for
/// reaches the daemon as signals. The operations are in `Operations/`, a file each.
package final class SQLiteStore: Store {
  /// What a process may do with the file.
  package enum Role: Sendable {
    /// Watches and delivers: takes the exclusive hold, is told signals.
    case daemon
    /// A command beside it, or before the next start: takes no hold, leaves signals.
    case guest
  }

  let transactions: Transactions
  let rows: Rows
  let time: any TimeSource
  let role: Role
  /// nil in memory.
  package let path: String?
  /// What `PRAGMA data_version` said when there were no signals left.
  let quietVersion = Mutex<Int64?>(nil)
  private let holding: Mutex<Holding?>

  /// Opens the state file at `path`, which is made where there is none (its folder must exist).
  ///
  /// A daemon drops signals that were left for the last one, since it reads everything anew, and pulls due
  /// times that lie absurdly far ahead (a clock that was wrong when they were set) to now.
  ///
  /// `committed` is told of each write transaction, with how many operations shared it; on the writer's thread.
  package static func open(
    path: String, role: Role, time: any TimeSource, committed: @escaping @Sendable (Int) -> Void = { _ in }
  ) throws(StoreError) -> SQLiteStore {
    let path = try StateFile.resolve(path)
    let place = Place(path: path)
    let file = try StateFile.prepare(path)
    let use = try FileUse(file, path)
    StateFile.restrict(path)
    let hold = role == .daemon ? try Hold(of: path, since: time.wall) : nil
    do {
      let rows = Rows()
      let connections = try Connections.open(path, stays: role == .daemon)
      let transactions = Transactions(
        writer: connections.writer, quick: connections.quick, slow: connections.slow, place: place,
        names: rows.names, committed: committed)
      StateFile.restrict(path)
      if role == .daemon { try connections.writer.inDatabase { try takeOver($0, now: time.now) } }
      return SQLiteStore(
        transactions: transactions, rows: rows, time: time, role: role, path: path,
        holding: Holding(use: use, hold: hold))
    } catch {
      throw place.fault(error)
    }
  }

  /// A state that ends with the process.
  package static func inMemory(time: any TimeSource) throws(StoreError) -> SQLiteStore {
    let place = Place(path: nil)
    do {
      let connection = try Connections.openInMemory()
      let rows = Rows()
      let transactions = Transactions(
        writer: connection, quick: connection, slow: connection, place: place, names: rows.names)
      return SQLiteStore(
        transactions: transactions, rows: rows, time: time, role: .daemon, path: nil, holding: nil)
    } catch {
      throw place.fault(error)
    }
  }

  /// Which daemon runs on the state file at `path`, if one does.
  package static func holder(of path: String) -> Holder? {
    (try? StateFile.resolve(path)).flatMap(Hold.holder(of:))
  }

  /// How many write transactions were committed through this store.
  package var commits: Int { transactions.count }

  private init(
    transactions: Transactions, rows: Rows, time: any TimeSource, role: Role, path: String?,
    holding: Holding?
  ) {
    self.transactions = transactions
    self.rows = rows
    self.time = time
    self.role = role
    self.path = path
    self.holding = Mutex(holding)
  }

  /// Writes what is on its way, closes the file and lets go of it. Closing twice is fine.
  package func close() async throws(StoreError) {
    guard try await transactions.close() else { return }
    holding.withLock { $0 = nil }
  }

  /// Whether what this store does has to be told to a daemon.
  var leavesSignals: Bool { role == .guest }
}

/// What a store keeps of its file until it is closed.
private struct Holding: Sendable {
  let use: FileUse
  let hold: Hold?
}

/// This process's having the file open.
private final class FileUse: Sendable {
  private let file: StateFile.Identity

  init(_ file: StateFile.Identity, _ path: String) throws(StoreError) {
    try StateFile.enter(file, path)
    self.file = file
  }

  deinit { StateFile.leave(file) }
}
