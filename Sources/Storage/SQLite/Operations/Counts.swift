import GRDB
import Model

extension SQLiteStore {
  static let openCounts = "SELECT hook, count(*), min(created) FROM delivery WHERE state < 2 GROUP BY hook"
  static let deadCounts = "SELECT hook, count(*) FROM delivery WHERE state = 3 GROUP BY hook"

  package func taskCounts() async throws(StoreError) -> [TaskCount] {
    try await transactions.read(.slow) { [rows] db in
      try db.all(
        """
        SELECT source, state, ending IS NULL, count(*) FROM task
        GROUP BY source, state, ending IS NULL ORDER BY source, state
        """
      ) { columns in
        TaskCount(
          source: try rows.names.name(of: columns.integer(0), .source, db),
          state: try columns.optionalInteger(1).map(TaskState.init(code:)),
          isWatched: columns.integer(2) != 0,
          count: Int(columns.integer(3)))
      }
    }
  }

  package func backlogs() async throws(StoreError) -> [HookBacklog] {
    try await transactions.read(.slow) { [rows] db in
      var found: [Int64: HookBacklog] = [:]
      try db.each(Self.openCounts) { columns in
        let hook = columns.integer(0)
        found[hook] = HookBacklog(
          hook: try rows.names.name(of: hook, .hook, db), open: Int(columns.integer(1)),
          oldest: Timestamp(milliseconds: columns.integer(2)), dead: 0)
        return .next
      }
      try db.each(Self.deadCounts) { columns in
        let hook = columns.integer(0)
        let name = try rows.names.name(of: hook, .hook, db)
        found[hook, default: HookBacklog(hook: name, open: 0, oldest: nil, dead: 0)].dead =
          Int(columns.integer(1))
        return .next
      }
      return found.sorted { $0.key < $1.key }.map(\.value)
    }
  }
}
