import GRDB
import Model

/// Rows of the tables as values of the model.
struct Rows: Sendable {
  let names = Names()
  private let labels = Labels()

  /// The columns that `task` reads, of `taskTables`.
  static let taskColumns = """
    task.row, task.source, task.id, task.first_seen, task.sequence, task.stalled, task.ending, task.state, \
    task.status, task.progress, task.changed_at, task.last_polled, task.watched_since, task.labels, task.url, \
    task.created_at, callback.url, callback.secret, callback.rule
    """

  static let taskTables = "task LEFT JOIN callback ON callback.task = task.row"

  func task(_ columns: Columns, _ db: Database) throws -> TaskRecord {
    let firstSeen = Timestamp(milliseconds: columns.integer(3))
    return TaskRecord(
      row: columns.integer(0),
      ref: TaskRef(source: try names.name(of: columns.integer(1), .source, db), id: columns.text(2)),
      url: columns.optionalText(14), labels: try labels.parse(columns.optionalText(13)),
      status: columns.optionalText(8),
      state: try columns.optionalInteger(7).map(TaskState.init(code:)), progress: columns.optionalReal(9),
      sequence: Int(columns.integer(4)), firstSeen: firstSeen,
      watchedSince: columns.optionalInteger(12).map(Timestamp.init(milliseconds:)) ?? firstSeen,
      changedAt: columns.optionalInteger(10).map(Timestamp.init(milliseconds:)),
      createdAt: columns.optionalInteger(15).map(Timestamp.init(milliseconds:)),
      lastPolled: columns.optionalInteger(11).map(Timestamp.init(milliseconds:)),
      stalled: columns.integer(5) != 0,
      ending: try columns.optionalInteger(6).map(TaskRecord.Ending.init(code:)),
      callback: Self.callback(columns, from: 16))
  }

  /// A callback out of its three columns; nil where there is none.
  static func callback(_ columns: Columns, from first: Int32) -> TaskCallback? {
    guard let url = columns.optionalText(first) else { return nil }
    return TaskCallback(
      url: SecretURL(url), secret: columns.optionalText(first + 1).map { Secret($0) },
      on: columns.text(first + 2))
  }

  /// The columns that `event` reads, of `event LEFT JOIN task`. The body comes last: it may lie on pages of
  /// its own.
  static let eventColumns = bareEventColumns + ", event.body"

  /// The same without the body: its pages are not read.
  static let eventColumnsWithoutBody = bareEventColumns + ", NULL"

  private static let bareEventColumns = """
    coalesce(event.source, task.source), task.id, event.sequence, event.type, event.at, event.state, \
    event.status, event.previous_state, event.previous_status, event.progress, event.previous_progress, \
    event.reason, event.labels, event.hook, coalesce(task.watched_since, task.first_seen), \
    task.created_at, event.files
    """

  /// How many there are.
  static let eventWidth: Int32 = 18

  func event(_ columns: Columns, _ db: Database) throws -> Event {
    let at = Timestamp(milliseconds: columns.integer(4))
    // Of an earlier watch than the present one it is not kept when that began.
    let watchedSince = columns.optionalInteger(14).map(Timestamp.init(milliseconds:)).flatMap {
      $0 <= at ? $0 : nil
    }
    return Event(
      type: try EventType(code: columns.integer(3)), source: try source(columns.optionalInteger(0), db),
      hook: try columns.optionalInteger(13).map { try names.name(of: $0, .hook, db) },
      taskID: columns.optionalText(1), sequence: Int(columns.integer(2)), timestamp: at,
      status: columns.optionalText(6), state: try columns.optionalInteger(5).map(TaskState.init(code:)),
      previousStatus: columns.optionalText(8),
      previousState: try columns.optionalInteger(7).map(TaskState.init(code:)),
      progress: columns.optionalReal(9), previousProgress: columns.optionalReal(10),
      labels: try labels.parse(columns.optionalText(12)), task: columns.optionalBlob(17),
      reason: columns.optionalText(11), files: try Files.parse(columns.optionalText(16)),
      createdAt: columns.optionalInteger(15).map(Timestamp.init(milliseconds:)), watchedSince: watchedSince)
  }

  /// The event as receivers are told it: where it has no task object of its own, with the last one that was seen.
  func eventAsDelivered(_ columns: Columns, task: Int64?, _ db: Database) throws -> Event {
    var event = try event(columns, db)
    if event.task == nil, let task {
      event.task = try SQLiteStore.lastBody(of: task, before: event.sequence, db)
    }
    return event
  }

  /// The columns that `delivery` reads, of `delivery JOIN event LEFT JOIN task`.
  static let deliveryColumns = """
    delivery.row, delivery.hook, event.type, coalesce(event.source, task.source), task.id, \
    event.sequence, delivery.state, delivery.attempts, delivery.created, delivery.next, \
    delivery.last_error, event.hook
    """

  static let deliveryTables = """
    delivery JOIN event ON event.row = delivery.event LEFT JOIN task ON task.row = event.task
    """

  func delivery(_ columns: Columns, _ db: Database) throws -> DeliveryRow {
    let hook = try names.name(of: columns.integer(1), .hook, db)
    let source = try source(columns.optionalInteger(3), db)
    let aboutHook = try columns.optionalInteger(11).map { try names.name(of: $0, .hook, db) }
    let task = columns.optionalText(4)
    let sequence = Int(columns.integer(5))
    let state = try DeliveryState(code: columns.integer(6))
    let event =
      aboutHook.map { Identity.event(hook: $0, sequence: sequence) }
      ?? Identity.event(source: source, task: task, sequence: sequence)
    return DeliveryRow(
      row: columns.integer(0), id: Identity.delivery(event: event, hook: hook), hook: hook,
      eventType: try EventType(code: columns.integer(2)), source: source, aboutHook: aboutHook, taskID: task,
      sequence: sequence, state: state, attempts: Int(columns.integer(7)),
      createdAt: Timestamp(milliseconds: columns.integer(8)),
      nextAttempt: state == .ready ? Moment(stored: columns.integer(9)) : nil,
      lastError: columns.optionalText(10))
  }

  /// Events of hooks have none.
  private func source(_ row: Int64?, _ db: Database) throws -> String {
    try row.map { try names.name(of: $0, .source, db) } ?? ""
  }
}
