import Foundation
import GRDB
import Model
import TestSupport
import Testing

@testable import Storage

/// What runs all the time has to be a range of an index, however large the file.
@Suite struct QueryPlanTests {
  private func plan(_ sql: String) async throws -> String {
    let store = try SQLiteStore.inMemory(time: ManualTime())
    let plan = try await store.transactions.read(.slow) { db in
      try db.all("EXPLAIN QUERY PLAN " + sql) { $0.text(3) }.joined(separator: "; ")
    }
    try await store.close()
    return plan
  }

  @Test(arguments: [
    (SQLiteStore.readyInOrder, "SEARCH delivery USING INDEX delivery_ready (hook=?)"),
    (
      SQLiteStore.laneBefore,
      "SEARCH delivery USING INDEX delivery_lane (hook=? AND lane=? AND sequence<?)"
    ),
    (SQLiteStore.laneFirst, "SEARCH delivery USING INDEX delivery_lane (hook=? AND lane=?)"),
    (
      "SELECT row FROM task WHERE source = ? AND id = ?",
      "SEARCH task USING COVERING INDEX task_ref (source=? AND id=?)"
    ),
    (
      "SELECT row FROM event WHERE task = ? ORDER BY sequence",
      "SEARCH event USING COVERING INDEX event_task (task=?)"
    ),
    (
      "SELECT row FROM event WHERE hook = ? AND sequence = ?",
      "SEARCH event USING COVERING INDEX event_hook (hook=? AND sequence=?)"
    ),
    (
      SQLiteStore.claimed,
      "SEARCH delivery USING INTEGER PRIMARY KEY (rowid=?); SEARCH event USING INTEGER PRIMARY KEY (rowid=?); "
        + "SEARCH task USING INTEGER PRIMARY KEY (rowid=?) LEFT-JOIN"
    ),
    (
      "SELECT 1 FROM delivery WHERE event = ?",
      "SEARCH delivery USING COVERING INDEX delivery_event (event=?)"
    ),
    (
      SQLiteStore.lastSuccess,
      "SEARCH event USING INDEX event_task (task=?)"
    ),
    (
      SQLiteStore.pendingSaves,
      "SEARCH save USING INDEX save_pending (state=? AND rowid>?); "
        + "SEARCH event USING INTEGER PRIMARY KEY (rowid=?); SEARCH task USING INTEGER PRIMARY KEY (rowid=?)"
    ),
    (SQLiteStore.owner, "SEARCH file USING COVERING INDEX file_path (path=?)"),
    (SQLiteStore.savedBytes, "SEARCH file USING COVERING INDEX file_path (path>? AND path<?)"),
    (
      "SELECT hook, lane FROM delivery WHERE event = ? AND state = -1",
      "SEARCH delivery USING INDEX delivery_event (event=?)"
    ),
    (
      "SELECT 1 FROM attempt WHERE delivery = ? AND number <= ?",
      "SEARCH attempt USING COVERING INDEX attempt_number (delivery=? AND number<?)"
    ),
  ])
  func isARangeOfAnIndex(sql: String, expected: String) async throws {
    #expect(try await plan(sql) == expected)
  }

  private static let asked: [(sql: String, expected: String)] = [
    (
      SQLiteStore.eventsInOrder,
      "SEARCH event USING INTEGER PRIMARY KEY (rowid>?); "
        + "SEARCH task USING INTEGER PRIMARY KEY (rowid=?) LEFT-JOIN"
    ),
    ("SELECT max(row) FROM event", "SEARCH event"),
    (
      "SELECT url, secret, rule FROM callback WHERE task = ?",
      "SEARCH callback USING INTEGER PRIMARY KEY (rowid=?)"
    ),
    (SQLiteStore.openCounts, "SCAN delivery USING INDEX delivery_lane"),
    (SQLiteStore.deadCounts, "SCAN delivery USING COVERING INDEX delivery_dead"),
    (
      "SELECT \(Rows.taskColumns) FROM \(Rows.taskTables) WHERE TRUE AND task.row < ? "
        + "ORDER BY task.row DESC LIMIT ?",
      "SEARCH task USING INTEGER PRIMARY KEY (rowid<?); "
        + "SEARCH callback USING INTEGER PRIMARY KEY (rowid=?) LEFT-JOIN"
    ),
  ]

  /// What the control API asks.
  @Test(arguments: asked)
  func isReadInTheOrderOfAnIndex(sql: String, expected: String) async throws {
    #expect(try await plan(sql) == expected)
  }

  @Test func idsAreLookedUpByKey() async throws {
    let plan = try await plan(
      "SELECT \(Rows.deliveryColumns) FROM \(Rows.deliveryTables) WHERE delivery.row > ? "
        + "AND delivery.key IN (SELECT value FROM json_each(?)) ORDER BY delivery.row")
    #expect(plan.contains("INDEX delivery_key (key=?"), "\(plan)")
  }

  @Test func aTaskIsFoundByItsIdAlone() async throws {
    let plan = try await plan(
      "SELECT \(Rows.taskColumns) FROM \(Rows.taskTables) WHERE task.row > ? AND task.id = ? "
        + "AND task.source IN (SELECT row FROM source) ORDER BY task.row LIMIT ?")
    #expect(plan.contains("INDEX task_ref (source=? AND id=?"), "\(plan)")
  }
}
