import Foundation
import Model
import Server

/// What the control API answers, as values of the model. What it does not tell, such as rows, is left at nothing.
enum RemoteReading {
  static func strange(_ what: String) -> Failure {
    Failure(.unavailable, "the daemon answered what this version does not understand: \(what)")
  }

  static func task(_ json: JSONSlice?) throws -> TaskRecord {
    guard let json, let source = json["source"]?.string, let id = json["id"]?.string,
      let firstSeen = time(json["first_seen"])
    else { throw strange("a task") }
    return TaskRecord(
      ref: TaskRef(source: source, id: id), url: json["url"]?.string, labels: labels(json["labels"]),
      status: json["status"]?.string, state: json["state"]?.string.flatMap(TaskState.init),
      progress: json["progress"]?.number, firstSeen: firstSeen, changedAt: time(json["changed_at"]),
      createdAt: time(json["created_at"]), lastPolled: time(json["last_polled"]),
      ending: json["ended"]?.string.flatMap(TaskRecord.Ending.init), callback: callback(json["callback"]))
  }

  static func delivery(_ json: JSONSlice?) throws -> DeliveryRow {
    guard let json, let id = json["id"]?.string, let hook = json["hook"]?.string,
      let type = json["event"]?.string.flatMap(EventType.init(name:)), let created = time(json["created_at"]),
      let state = json["state"]?.string.flatMap(DeliveryState.init)
    else { throw strange("a delivery") }
    return DeliveryRow(
      row: 0, id: id, hook: hook, eventType: type, source: json["source"]?.string ?? "",
      aboutHook: json["about_hook"]?.string, taskID: json["task"]?.string, sequence: 0, state: state,
      attempts: int(json["attempts"]) ?? 0, createdAt: created, nextAttempt: moment(json["next_attempt"]),
      lastError: json["last_error"]?.string)
  }

  /// `GET /v1/tasks/SOURCE/ID`.
  static func report(_ json: JSONSlice?) throws -> TaskReport {
    let task = try task(json?["task"])
    let history = try json?["events"]?.elements.map { try entry($0, of: task) } ?? []
    return TaskReport(task: task, history: history, save: try json?["save"].flatMap(save))
  }

  /// The answer to tasks that were handed in, in their order.
  static func registrations(_ json: JSONSlice) throws -> [Registration] {
    guard let tasks = json["tasks"] else { throw strange("no tasks") }
    let known = Set(json["known_at"]?.elements.compactMap { int($0) } ?? [])
    return try tasks.elements.enumerated().map { index, entry in
      let record = try task(entry)
      return known.contains(index) ? .known(record) : .added(record)
    }
  }

  static func refusal(_ problem: JSONSlice) -> any Error {
    var reasons: [Int: String] = [:]
    for error in problem["errors"]?.elements ?? JSONDocument.empty.elements {
      let place = error["pointer"]?.string?.split(separator: "/").first.flatMap { Int($0) }
      if let place { reasons[place] = error["detail"]?.string ?? "it cannot be watched" }
    }
    return reasons.isEmpty
      ? Failure(.usage, Printable.line(problem["detail"]?.string ?? "the tasks cannot be watched"))
      : RegistrationRefusal(reasons: reasons)
  }

  /// An event as the stream tells it, under its number there.
  static func event(_ json: JSONSlice, row: Int64) throws -> RecordedEvent {
    guard let type = json["type"]?.string.flatMap(EventType.init(name:)), let at = time(json["timestamp"]),
      let data = json["data"], let sequence = int(data["sequence"])
    else { throw strange("an event") }
    let event = Event(
      type: type, source: data["source"]?.string ?? "", hook: data["hook"]?.string,
      taskID: data["id"]?.string, sequence: sequence, timestamp: at, status: data["status"]?.string,
      state: data["state"]?.string.flatMap(TaskState.init), previousStatus: data["previous_status"]?.string,
      progress: data["progress"]?.number, labels: labels(data["labels"]), task: body(data["task"]),
      reason: data["reason"]?.string, files: files(data["files"]))
    return RecordedEvent(row: row, event: event)
  }

  static func moment(_ json: JSONSlice?) -> Moment? {
    time(json).map { Moment(milliseconds: $0.milliseconds) }
  }

  // MARK: Parts

  private static func entry(_ json: JSONSlice, of task: TaskRecord) throws -> HistoryEntry {
    guard let type = json["type"]?.string.flatMap(EventType.init(name:)), let at = time(json["timestamp"]),
      let sequence = int(json["sequence"])
    else { throw strange("an event") }
    let event = Event(
      type: type, source: task.ref.source, taskID: task.ref.id, sequence: sequence, timestamp: at,
      status: json["status"]?.string, state: json["state"]?.string.flatMap(TaskState.init),
      previousStatus: json["previous_status"]?.string, task: body(json["task"]),
      reason: json["reason"]?.string, files: files(json["files"]))
    let deliveries = try json["deliveries"]?.elements.map { entry in
      (try delivery(entry["delivery"]), try entry["attempts"]?.elements.map(attempt) ?? [])
    }
    return HistoryEntry(event: event, deliveries: deliveries ?? [])
  }

  private static func attempt(_ json: JSONSlice) throws -> AttemptRecord {
    guard let number = int(json["number"]), let at = time(json["at"]) else { throw strange("an attempt") }
    return AttemptRecord(
      number: number, at: at, duration: .milliseconds(int(json["duration_ms"]) ?? 0),
      error: json["error"]?.string, code: int(json["code"]), detail: json["detail"]?.string ?? "")
  }

  private static func save(_ json: JSONSlice) throws -> SaveStatus? {
    if json.isNull { return nil }
    guard let state = json["state"]?.string.flatMap(SaveStatus.State.init), let since = time(json["since"])
    else { throw strange("a save") }
    return SaveStatus(
      state: state, since: since, saved: int(json["saved"]) ?? 0, outputs: int(json["outputs"]),
      reason: json["reason"]?.string)
  }

  private static func callback(_ json: JSONSlice?) -> TaskCallback? {
    guard let json, let url = json["url"]?.string, let on = json["on"] else { return nil }
    return TaskCallback(url: SecretURL(url), on: String(decoding: on.bytes, as: UTF8.self))
  }

  private static func body(_ json: JSONSlice?) -> [UInt8]? {
    json.flatMap { $0.isNull ? nil : Array($0.bytes) }
  }

  private static func files(_ json: JSONSlice?) -> [SavedFile] {
    json.flatMap { SavedFile.list(from: Array($0.bytes)) } ?? []
  }

  private static func labels(_ json: JSONSlice?) -> [String: String] {
    guard let json else { return [:] }
    return Dictionary(json.members.map { ($0.key, $0.value.string ?? "") }, uniquingKeysWith: { $1 })
  }

  private static func time(_ json: JSONSlice?) -> Timestamp? {
    json?.string.flatMap(Timestamp.init(iso8601:))
  }

  private static func int(_ json: JSONSlice?) -> Int? {
    json.flatMap { Int(String(decoding: $0.bytes, as: UTF8.self)) }
  }
}

extension JSONDocument {
  /// A value without elements.
  fileprivate static var empty: JSONSlice { try! JSONDocument(Array("[]".utf8)).root }
}
