import Config
import Foundation
import Model
import Testing

@testable import Hooks

/// What is known of each service, as files: Tests/Fixtures/Chat/NAME.
enum ChatFixtures {
  static let folder = URL(fileURLWithPath: #filePath)
    .deletingLastPathComponent().appendingPathComponent("../../Fixtures/Chat").standardizedFileURL

  static func url(_ service: String, _ file: String) -> URL {
    folder.appendingPathComponent(service).appendingPathComponent(file)
  }

  static func read<Content: ConfigSection>(
    _ service: String, _ file: String, _ type: Content.Type
  ) throws -> Content {
    let diagnostics = Diagnostics()
    let bytes = Array(try Data(contentsOf: url(service, file)))
    let content = ConfigFile.parse(
      bytes, name: "\(service)/\(file)", folder: "/", diagnostics: diagnostics)?.read(type)
    try #require(diagnostics.errors.isEmpty, "\(diagnostics.errors)")
    return try #require(content)
  }

  /// Compares a payload with the one of a file. With UPDATE_FIXTURES in the environment the file is written, and the
  /// test fails all the same.
  static func compare(_ payload: [UInt8], with file: String, of service: String) throws {
    let pretty = PrettyJSON.text(try JSONDocument(payload).root) + "\n"
    let url = url(service, file)
    if ProcessInfo.processInfo.environment["UPDATE_FIXTURES"] != nil {
      try Data(pretty.utf8).write(to: url)
      Issue.record("\(service)/\(file) was written")
      return
    }
    let expected = try String(contentsOf: url, encoding: .utf8)
    #expect(pretty == expected, "\(service)/\(file)")
  }
}

/// JSON with a line for each member and element, in the order in which it came.
enum PrettyJSON {
  static func text(_ value: JSONSlice, indent: String = "") -> String {
    let inner = indent + "  "
    switch value.kind {
    case .object:
      let members = value.members.map { "\(inner)\"\($0.key)\": " + text($0.value, indent: inner) }
      return members.isEmpty ? "{}" : "{\n" + members.joined(separator: ",\n") + "\n\(indent)}"
    case .array:
      let elements = value.elements.map { inner + text($0, indent: inner) }
      return elements.isEmpty ? "[]" : "[\n" + elements.joined(separator: ",\n") + "\n\(indent)]"
    default: return String(decoding: value.bytes, as: UTF8.self)
    }
  }
}

/// The answers of a service and what becomes of each.
struct AnswerTable: ConfigSection {
  static let answers = Key("answers", .list(of: .section(Row.self)), required: true, doc: "Rows.")
  static let keys = [AnyKey(answers)]

  let rows: [Row]

  init?(_ section: Section) {
    guard let rows = section[Self.answers] else { return nil }
    self.rows = rows
  }

  struct Row: ConfigSection {
    enum Means: String, CaseIterable { case delivered, retry, dead, gone }

    static let status = Key("status", .integer(), required: true, doc: "The answer's status.")
    static let body = Key("body", .text, default: "", doc: "Its body.")
    static let headers = Key("headers", .map(of: .string), default: [], doc: "Its headers.")
    static let attempt = Key("attempt", .integer(), default: 1, doc: "Which attempt it answers.")
    static let means = Key("means", .word(Means.self), required: true, doc: "The outcome.")
    static let wait = Key("wait", .duration, doc: "What the hook waits at least.")
    static let pause = Key("pause", .duration, doc: "What it waits even though all is well.")
    static let reason = Key("reason", .string, doc: "The attempt's error.")
    static let keys = [
      AnyKey(status), AnyKey(body), AnyKey(headers), AnyKey(attempt), AnyKey(means), AnyKey(wait),
      AnyKey(pause), AnyKey(reason),
    ]

    let response: HTTPResponse
    let attempt: Int
    let outcome: Outcome
    let pause: Duration?

    init?(_ section: Section) {
      guard let status = section[Self.status], let means = section[Self.means] else { return nil }
      response = HTTPResponse(
        status: status, headers: HTTPHeaders(section[Self.headers].map { HTTPHeader($0.name, $0.value) }),
        body: Array(section[Self.body].utf8))
      attempt = section[Self.attempt]
      pause = section[Self.pause]
      let reason = section[Self.reason] ?? ""
      outcome =
        switch means {
        case .delivered: .delivered
        case .retry: .retry(reason: reason, after: section[Self.wait])
        case .dead: .dead(reason: reason)
        case .gone: .gone(reason: reason)
        }
    }
  }
}
