import Foundation
import Model
import Synchronization

/// The state by way of a daemon's control API.
final class RemoteState: StateAccess {
  private let client: ControlClient
  /// The cursors of the pages that follow, by the numbers that stand for rows here.
  private let cursors = Mutex(Cursors())

  private struct Cursors {
    var next: Int64 = 1
    var known: [Int64: String] = [:]
  }

  init(_ client: ControlClient) { self.client = client }

  /// A daemon that lives tells its names at once; one that does not keeps nobody from its file for long.
  private static let patience: Duration = .seconds(10)

  /// What the daemon's config has.
  func names() async throws -> StateNames {
    StateNames(
      sources: try await list("/v1/sources", "sources", within: Self.patience).compactMap {
        $0["name"]?.string
      },
      hooks: try await list("/v1/hooks", "hooks", within: Self.patience).compactMap { $0["name"]?.string }
        .filter { !TaskCallback.isHook($0) })
  }

  func register(_ tasks: [NewTask]) async throws -> [Registration] {
    if tasks.isEmpty { return [] }
    var body = JSONWriter()
    body.array { json in for task in tasks { json.object { task.write(into: &$0) } } }
    let (status, json) = try await client.send(
      "POST", "/v1/tasks", body: body.bytes, fine: [200, 201, 422])
    guard let json else { throw RemoteReading.strange("no JSON") }
    if status == 422 { throw RemoteReading.refusal(json) }
    return try RemoteReading.registrations(json)
  }

  func tasks(_ query: TaskQuery) async throws -> [TaskRecord] {
    if let source = query.source, let id = query.id {
      let (status, json) = try await client.send("GET", Self.path(source, id), fine: [200, 404])
      return status == 404 ? [] : try [RemoteReading.task(json?["task"])]
    }
    var items: [(String, String)] = [("order", query.newestFirst ? "newest" : "oldest")]
    items.append(("limit", String(min(query.limit, 1000))))
    if let source = query.source { items.append(("source", source)) }
    if let id = query.id { items.append(("id", id)) }
    for state in query.states ?? [] { items.append(("state", state.rawValue)) }
    if query.watchedOnly { items.append(("watched", "true")) }
    if let search = query.search { items.append(("q", search)) }
    for (name, value) in query.labels.sorted(by: { $0.key < $1.key }) {
      items.append(("label.\(name)", value))
    }
    return try await page("/v1/tasks", "tasks", items, after: query.after) { json, row in
      var task = try RemoteReading.task(json)
      task.row = row
      return task
    }
  }

  func remove(_ refs: [TaskRef]) async throws -> [TaskRef] {
    var removed: [TaskRef] = []
    for ref in refs {
      let (_, json) = try await client.send("GET", Self.path(ref.source, ref.id))
      if try RemoteReading.task(json?["task"]).ending != nil { continue }
      _ = try await client.send("DELETE", Self.path(ref.source, ref.id))
      removed.append(ref)
    }
    return removed
  }

  func report(of task: TaskRecord) async throws -> TaskReport {
    let (_, json) = try await client.send("GET", Self.path(task.ref.source, task.ref.id))
    return try RemoteReading.report(json)
  }

  func deliveries(_ selection: DeliverySelection) async throws -> [DeliveryRow] {
    var items: [(String, String)] = [("order", selection.newestFirst ? "newest" : "oldest")]
    items.append(("limit", String(min(selection.limit, 1000))))
    if let hook = selection.hook { items.append(("hook", hook)) }
    for state in selection.states ?? [] { items.append(("state", state.rawValue)) }
    if let since = selection.since { items.append(("since", since.iso8601)) }
    return try await page("/v1/deliveries", "deliveries", items, after: selection.after) { json, row in
      var delivery = try RemoteReading.delivery(json)
      delivery.row = row
      return delivery
    }
  }

  func replay(_ selection: DeliverySelection, dryRun: Bool) async throws -> [DeliveryRow] {
    var body = JSONWriter()
    body.object { json in
      if let ids = selection.ids {
        json.key("ids")
        json.array { json in for id in ids { json.string(id) } }
      }
      if selection.states == [.dead] {
        json.key("dead")
        json.bool(true)
      }
      if let hook = selection.hook {
        json.key("hook")
        json.string(hook)
      }
      if let since = selection.since {
        json.key("since")
        json.string(since.iso8601)
      }
      json.key("dry_run")
      json.bool(dryRun)
    }
    let (_, json) = try await client.send("POST", "/v1/deliveries/replay", body: body.bytes)
    return try json?["deliveries"]?.elements.map { try RemoteReading.delivery($0) } ?? []
  }

  func hookStates() async throws -> [String: HookState] {
    var states: [String: HookState] = [:]
    for hook in try await list("/v1/hooks", "hooks") {
      guard let name = hook["name"]?.string else { continue }
      states[name] = HookState(
        paused: hook["paused"]?.string, notBefore: RemoteReading.moment(hook["not_before"]),
        down: hook["down_reason"]?.string)
    }
    return states
  }

  func resume(hook: String) async throws -> Bool {
    let (_, json) = try await client.send("POST", "/v1/hooks/\(PercentEncoding.encode(hook))/resume")
    return json?["held"]?.bool ?? false
  }

  func follow(after row: Int64?, _ each: (RecordedEvent) throws -> Void) async throws {
    try await EventTail(client: client).follow(after: row, each)
  }

  // MARK: Pages

  private func list(
    _ path: String, _ member: String, within limit: Duration = ControlClient.timeout
  ) async throws -> [JSONSlice] {
    let (_, json) = try await client.send("GET", path, timeout: limit)
    guard let list = json?[member] else { throw RemoteReading.strange("\(path) without \(member)") }
    return Array(list.elements)
  }

  private func page<T>(
    _ path: String, _ member: String, _ query: [(String, String)], after row: Int64?,
    _ read: (JSONSlice, Int64) throws -> T
  ) async throws -> [T] {
    var query = query
    if let row {
      guard let cursor = cursors.withLock({ $0.known.removeValue(forKey: row) }) else { return [] }
      query.append(("cursor", cursor))
    }
    let (_, json) = try await client.send("GET", path, query: query)
    guard let list = json?[member] else { throw RemoteReading.strange("\(path) without \(member)") }
    var last: Int64 = 0
    let found = try list.elements.map { entry in
      last = cursors.withLock { cursors in
        defer { cursors.next += 1 }
        return cursors.next
      }
      return try read(entry, last)
    }
    if let cursor = json?["next"]?.string { cursors.withLock { $0.known[last] = cursor } }
    return found
  }

  private static func path(_ source: String, _ id: String) -> String {
    "/v1/tasks/\(PercentEncoding.encode(source))/\(PercentEncoding.encode(id))"
  }
}

extension NewTask {
  fileprivate func write(into json: inout JSONWriter) {
    json.key("id")
    json.string(ref.id)
    json.key("source")
    json.string(ref.source)
    if let url {
      json.key("url")
      json.string(url)
    }
    if !labels.isEmpty {
      json.key("labels")
      json.strings(labels)
    }
    if again {
      json.key("again")
      json.bool(true)
    }
  }
}
