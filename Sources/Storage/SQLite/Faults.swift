import Foundation
import GRDB
import Model

/// Where the state is, for messages.
struct Place: Sendable {
  /// The file; nil for a state in memory.
  var path: String?

  var name: String { path.map { "the state file \($0)" } ?? "the state in memory" }

  /// What an error of SQLite means to the person who has to act on it.
  func fault(_ error: any Error) -> StoreError {
    if let error = error as? StoreError { return error }
    guard let error = error as? DatabaseError else { return StoreError(.fault, "\(name): \(error)") }
    let cause = error.message ?? "SQLite error \(error.extendedResultCode.rawValue)"
    switch error.resultCode {
    case .SQLITE_FULL:
      return StoreError(
        .unwritable, "\(name) cannot grow: \(cause). Free space where it lies; nothing recorded is lost")
    case .SQLITE_READONLY, .SQLITE_PERM, .SQLITE_AUTH:
      return StoreError(
        .unwritable,
        "\(name) cannot be written: \(cause). Make the file and its folder writable for this user")
    case .SQLITE_IOERR:
      return StoreError(
        .unwritable,
        "\(name) cannot be read or written: \(cause) (\(error.extendedResultCode.rawValue)). "
          + "Look at the disk and its free space")
    case .SQLITE_CANTOPEN:
      return StoreError(
        .unwritable, "\(name) cannot be opened: \(cause). Look at the rights of the file and its folder")
    case .SQLITE_BUSY, .SQLITE_LOCKED:
      return StoreError(
        .unwritable,
        "\(name) has been locked by another process for \(Patience.seconds) s. "
          + "End what holds it (a backup, an sqlite3 shell) and try again")
    case .SQLITE_NOTADB:
      return StoreError(.unreadable, "\(name) is no SQLite file: \(cause)")
    case .SQLITE_CORRUPT:
      return StoreError(
        .unreadable,
        "\(name) is damaged: \(cause). Restore a backup, or save what can be read with \"sqlite3 FILE .recover\""
      )
    default:
      return StoreError(.fault, "\(name): \(cause) (\(error.extendedResultCode.rawValue))")
    }
  }
}

extension Error {
  /// Whether the whole transaction failed, not just the operation that happened to meet the error.
  var failsTransaction: Bool {
    guard let error = self as? DatabaseError else { return false }
    switch error.resultCode {
    case .SQLITE_FULL, .SQLITE_IOERR, .SQLITE_NOMEM, .SQLITE_BUSY, .SQLITE_LOCKED, .SQLITE_READONLY,
      .SQLITE_CANTOPEN, .SQLITE_CORRUPT, .SQLITE_NOTADB, .SQLITE_PROTOCOL, .SQLITE_ABORT, .SQLITE_INTERRUPT,
      .SQLITE_PERM, .SQLITE_AUTH, .SQLITE_MISUSE:
      return true
    default:
      return false
    }
  }
}

/// How long a connection waits for another process to let go of the file.
enum Patience {
  /// About so long; the tries below add up to it.
  static let seconds = 10

  /// A daemon under load is between two transactions for some microseconds only. Asking a thousand times a
  /// second finds such a gap; SQLite's own waits of up to 100 ms would miss most of them.
  static let busy: Database.BusyMode = .callback { tries in
    if tries > seconds * 1000 { return false }
    usleep(tries < 20 ? 200 : 900)
    return true
  }
}
