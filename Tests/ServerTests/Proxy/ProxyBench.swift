import HTTP
import Hummingbird
import Logging
import Model
import Synchronization
import TestSupport

@testable import Server

/// What requests mean to an API whose tasks are below `/api/tasks/`, and are created at `/api/make`.
struct ScriptedTraffic: TaskTraffic {
  var answersWithTask = true

  func place(_ path: String) -> String { path.hasPrefix("/api/") ? path : "/api" + path }

  func polledID(_ path: String) -> String? {
    path.hasPrefix("/api/tasks/") ? String(path.dropFirst("/api/tasks/".count)) : nil
  }

  func mayCreate(_ method: String, _ path: String) -> Bool { method == "POST" && path == "/api/make" }

  func created(by response: Model.HTTPResponse) -> CreatedTask? {
    guard response.status == 200, let root = try? JSONDocument(response.body).root else { return nil }
    let inner = root["data"] ?? root
    guard let id = inner["id"]?.string else { return nil }
    return CreatedTask(
      address: TaskAddress(id: id), bare: root["data"].map { Array($0.bytes) })
  }

  func bare(_ response: Model.HTTPResponse) -> [UInt8]? {
    (try? JSONDocument(response.body).root)?["data"].map { Array($0.bytes) }
  }
}

/// A mount whose handler comes later.
final class LateHandler: RequestHandler {
  private let handler = Mutex<(any RequestHandler)?>(nil)

  func set(_ handler: any RequestHandler) { self.handler.withLock { $0 = handler } }

  func answer(_ request: Request) async throws -> Response {
    guard let handler = handler.withLock({ $0 }) else { throw Problem(503, "No test has set it.") }
    return try await handler.answer(request)
  }
}

/// Sources as a test gives them.
final class ScriptedSources: ProxySources {
  let sources: [String: ProxySource]

  init(_ sources: [ProxySource]) {
    self.sources = Dictionary(uniqueKeysWithValues: sources.map { ($0.name, $0) })
  }

  func source(named name: String) -> ProxySource? { sources[name] }
}

/// Runs `body` with a server whose proxy leads from the source `runway` to an API.
func withProxy<Value>(
  to api: String, token: String? = nil, sharesKey: Bool = false, time: any TimeSource = SystemTime(),
  traffic: ScriptedTraffic = ScriptedTraffic(),
  latest: @escaping @Sendable (Int64, Duration) async -> LatestAnswer? = { _, _ in nil },
  _ body: (ServerBench) async throws -> Value
) async throws -> Value {
  let late = LateHandler()
  let settings = ProxySettings(sharesKey: sharesKey)
  let loop = try CurlLoop()
  defer { loop.shutdown() }
  return try await withServer(token: token, proxy: late, proxySettings: settings, time: time) { bench in
    let source = ProxySource(
      name: "runway", traffic: traffic, baseURL: api, connection: ConnectionOptions(),
      ownHeaders: [HTTPHeader("Authorization", "Bearer own-key"), HTTPHeader("X-Version", "1")],
      pollEvery: .seconds(6), latest: latest)
    late.set(
      Proxy(
        sources: ScriptedSources([source]), control: bench.control, metrics: bench.metrics, transport: loop,
        settings: settings, time: time, log: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }))
    return try await body(bench)
  }
}
