import Logging
import Model
import Storage
import TestSupport

@testable import Server

/// A server on loopback over a state in memory, and what a test does with it.
struct ServerBench: Sendable {
  let time: any TimeSource
  let store: SQLiteStore
  let control: ScriptedControl
  let metrics: Metrics
  let feed: EventFeed
  let server: Server
  let port: Int

  var host: String { "127.0.0.1:\(port)" }

  /// One request on a connection of its own.
  func send(
    _ method: String, _ target: String, headers: [String] = [], body: String? = nil, host: String? = nil
  ) async throws -> Wire.Reply {
    var lines = ["\(method) \(target) HTTP/1.1", "Host: \(host ?? self.host)", "Connection: close"] + headers
    if let body { lines.append("Content-Length: \(body.utf8.count)") }
    if body != nil, !headers.contains(where: { $0.lowercased().hasPrefix("content-type") }) {
      lines.append("Content-Type: application/json")
    }
    let wire = try Wire(port: port)
    wire.send(lines.joined(separator: "\r\n") + "\r\n\r\n" + (body ?? ""))
    return try await wire.reply(bodyless: method == "HEAD")
  }

  func get(_ target: String, headers: [String] = []) async throws -> Wire.Reply {
    try await send("GET", target, headers: headers)
  }

  /// The JSON that GET answers.
  func json(_ target: String, headers: [String] = []) async throws -> JSONSlice {
    try JSONDocument(try await get(target, headers: headers).body).root
  }

  // MARK: The state

  func register(
    _ id: String, source: String = "runway", url: String? = nil, labels: [String: String] = [:],
    callback: TaskCallback? = nil
  ) async throws -> TaskRecord {
    let task = NewTask(
      ref: TaskRef(source: source, id: id), url: url, labels: labels, callback: callback)
    switch try await store.register([task], mark: nil)[0] {
    case .added(let record), .known(let record): return record
    }
  }

  /// Records the next transition of a task, bound for hooks, and answers the record afterwards.
  @discardableResult
  func advance(
    _ record: TaskRecord, to state: TaskState, hooks: [String] = [], body: String? = nil
  ) async throws -> TaskRecord {
    let (after, event) = record.seen(
      in: state, at: time.wall, body: body ?? "{\"status\":\n \"\(state)\"}")
    try await store.commit([.task(after, [BoundEvent(event, hooks: hooks)])])
    feed.wake()
    return after
  }
}

/// Runs `body` with a server, and stops it.
func withServer<Value>(
  token: String? = nil, hosts: [AllowedPlace] = [], proxy: (any RequestHandler)? = nil,
  proxySettings: ProxySettings = ProxySettings(), pages: StaticFiles = StaticFiles(),
  limits: ServerLimits = ServerLimits(), patience: EventClient.Patience = EventClient.Patience(),
  time: any TimeSource = SystemTime(), _ body: (ServerBench) async throws -> Value
) async throws -> Value {
  let log = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
  let store = try SQLiteStore.inMemory(time: time)
  let control = ScriptedControl(store: store, time: time)
  let metrics = Metrics()
  let feed = EventFeed(store: store, time: time, metrics: metrics, log: log, patience: patience)
  let server = Server(
    Server.Settings(
      listen: ListenAddress(host: "127.0.0.1", port: 0), token: token.map { Secret($0) }, hosts: hosts,
      proxy: proxySettings),
    control: control, metrics: metrics, feed: feed, proxy: proxy, pages: pages, limits: limits, time: time,
    log: log)
  let address = try await server.start()
  let bench = ServerBench(
    time: time, store: store, control: control, metrics: metrics, feed: feed, server: server,
    port: address.port)
  do {
    let value = try await body(bench)
    await server.stop()
    try await store.close()
    return value
  } catch {
    await server.stop()
    throw error
  }
}
