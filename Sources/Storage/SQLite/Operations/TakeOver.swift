import GRDB
import Model

extension SQLiteStore {
  /// Retry schedules and Retry-After reach 28.8 hours ahead (24 hours and 20% of jitter); what lies beyond
  /// this was set by a clock that has been put back since.
  static let farthest: Duration = .seconds(30 * 3600)

  /// What a daemon does once it holds the file, before anyone else uses the connection.
  static func takeOver(_ db: Database, now: Moment) throws {
    let limit = (now + farthest).millisecondsRoundedUp
    try db.inTransaction(.immediate) {
      try db.run("DELETE FROM signal")
      try db.run(
        "UPDATE delivery SET next = ? WHERE state = 1 AND next > ?", .integer(now.milliseconds),
        .integer(limit))
      try db.run(
        "UPDATE hook SET not_before = ? WHERE not_before > ?", .integer(now.milliseconds), .integer(limit))
      return .commit
    }
  }
}
