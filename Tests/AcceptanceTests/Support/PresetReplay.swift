import Foundation
import Model
import Synchronization
import TestSupport

/// The life of one task, as a preset's fixtures tell it: pending, running, and its end. It is a source of its own,
/// below a path of its own at the `ReplayServer`.
struct PresetReplay: Sendable {
  /// Of the source.
  let name: String
  /// `succeeded` or `failed`.
  let last: String
  let id: String
  private let preset: String
  private let fixture: ProviderFixture
  let rows: [ProviderFixture.Row]

  init(_ preset: String, _ fixture: ProviderFixture, last: String) throws {
    self.preset = preset
    self.fixture = fixture
    self.last = last
    name = "\(preset)-\(last)"
    id = fixture.id
    rows = try ["pending", "running", last].map { try fixture.row($0) }
  }

  /// The statuses that are told, in their order: those that differ from the one before.
  var statuses: [String] {
    rows.compactMap(\.status).reduce(into: []) { told, status in
      if told.last != status { told.append(status) }
    }
  }

  /// `https://api.example.com`, where the API really is.
  private var origin: String {
    let url = fixture.asks.split(separator: " ")[1]
    let host = url.range(of: "://").map { url[$0.upperBound...].prefix { $0 != "/" } } ?? ""
    return String(url[..<host.endIndex])
  }

  /// A text of the fixture with the server's address in place of the API's.
  func moved(_ text: String, to server: String) -> String {
    text.replacing(origin, with: "\(server)/\(name)")
  }

  /// The source, as a line of a config.
  func source(_ server: String, key: String) -> String {
    let params = fixture.params.sorted { $0.key < $1.key }.map { "\($0.key): \"\($0.value)\"" }
    return """
        \(name): {provider: \(preset), base_url: "\(server)/\(name)", api_key: \(key), \
      poll: {every: 100ms}, params: {\(params.joined(separator: ", "))}}
      """
  }

  /// The task, as a line of a config.
  func task(_ server: String) -> String {
    let url = fixture.url.map { ", url: \"\(moved($0, to: server))\"" } ?? ""
    return "  - {id: \"\(id)\", source: \(name)\(url)}"
  }

  /// The task object of its end.
  func lastTask(_ server: String) throws -> [UInt8] {
    try rows[rows.count - 1].taskObject { moved($0, to: server) }
  }

  /// `GET /name/v1/tasks/1`: what its polls look like at the server.
  func poll(_ server: String) -> String { line(fixture.asks, server) }

  var body: String? { fixture.sends.map { $0.trimmingCharacters(in: .newlines) } }

  func line(_ asks: String, _ server: String) -> String {
    moved(asks, to: server).replacing(server, with: "")
  }
}

/// A server that plays all replays at once, each below the path of its name; it counts their polls.
final class ReplayServer: Sendable {
  private final class Book: Sendable {
    let url = Mutex("")
    let polls = Mutex<[String: Int]>([:])
    let unscripted = Mutex<[String]>([])
  }

  private let book: Book
  private let server: LoopbackServer

  init(_ replays: [PresetReplay], key: String) throws {
    let book = Book()
    self.book = book
    let byName = Dictionary(uniqueKeysWithValues: replays.map { ($0.name, $0) })
    server = try LoopbackServer { request in
      let url = book.url.withLock { $0 }
      let name = String(request.target.dropFirst().prefix { $0 != "/" })
      let line = "\(request.method) \(request.target)"
      guard let replay = byName[name], request.headers.carry(key) else {
        book.unscripted.withLock { $0.append(line) }
        return .respond(404, body: "")
      }
      let response: HTTPResponse
      if line == replay.poll(url), replay.body == (request.body.isEmpty ? nil : request.text) {
        let number = book.polls.withLock { polls in
          polls[name, default: 0] += 1
          return polls[name]!
        }
        response = replay.rows[min(number, replay.rows.count) - 1].response
      } else if let result = replay.rows.last?.result, line == replay.line(result.asks, url) {
        response = result.response
      } else {
        book.unscripted.withLock { $0.append("\(line) \(request.text)") }
        return .respond(404, body: "")
      }
      return Self.answer(response, replay, url)
    }
    book.url.withLock { $0 = server.url("") }
  }

  var url: String { server.url("") }

  /// What was asked for that no fixture has, or without the key.
  var unscripted: [String] { book.unscripted.withLock { $0 } }

  /// As recorded, but for the addresses in it, and for a wait that no test has the time for.
  private static func answer(
    _ response: HTTPResponse, _ replay: PresetReplay, _ url: String
  ) -> LoopbackServer.Answer {
    var headers = [HTTPHeader("content-type", "application/json")]
    if let wait = response.headers["openai-poll-after-ms"] {
      headers.append(HTTPHeader("openai-poll-after-ms", wait))
    }
    if response.headers["retry-after"] != nil { headers.append(HTTPHeader("retry-after", "1")) }
    let body = String(decoding: response.body, as: UTF8.self)
    return .respond(response.status, headers: headers, body: replay.moved(body, to: url))
  }
}

extension HTTPHeaders {
  fileprivate func carry(_ key: String) -> Bool {
    ["authorization", "x-goog-api-key"].contains { self[$0]?.hasSuffix(key) == true }
  }
}
