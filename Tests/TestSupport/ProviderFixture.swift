import Config
import Foundation
import Model

/// What is known of a task API: a task, the request that asks for it, and answers as they were recorded, each with
/// what it means. One file an API, Tests/Fixtures/Providers/NAME.yaml.
package struct ProviderFixture: ConfigSection {
  private enum Keys {
    static let id = Key("id", .string, required: true, doc: "The task that is asked for.")
    static let url = Key("url", .string, doc: "Its own URL, where it is asked by that.")
    static let params = Key("params", .map(of: .string), default: [], doc: "What the source says of itself.")
    static let asks = Key("asks", .string, required: true, doc: "METHOD and URL of the request.")
    static let sends = Key("sends", .string, doc: "Its body.")
    static let answers = Key("answers", .list(of: .section(Row.self)), required: true, doc: "What may come.")
  }

  package static let keys = [
    AnyKey(Keys.id), AnyKey(Keys.url), AnyKey(Keys.params), AnyKey(Keys.asks), AnyKey(Keys.sends),
    AnyKey(Keys.answers),
  ]

  package let id: String
  package let url: String?
  package let params: [String: String]
  /// `GET https://…`
  package let asks: String
  package let sends: String?
  package let answers: [Row]

  package init?(_ section: Section) {
    guard let id = section[Keys.id], let asks = section[Keys.asks], let answers = section[Keys.answers] else {
      return nil
    }
    self.id = id
    self.asks = asks
    self.answers = answers
    url = section[Keys.url]
    params = Dictionary(section[Keys.params].map { ($0.name, $0.value) }) { $1 }
    sends = section[Keys.sends]
  }

  /// The row of a name; throws where there is none.
  package func row(_ name: String) throws -> Row {
    guard let row = answers.first(where: { $0.name == name }) else {
      throw FixtureError("no answer is named \"\(name)\"")
    }
    return row
  }

  // MARK: Files

  private static let folder = URL(fileURLWithPath: #filePath)
    .deletingLastPathComponent().appendingPathComponent("../Fixtures/Providers").standardizedFileURL

  /// The names of all there are.
  package static func names() throws -> [String] {
    try FileManager.default.contentsOfDirectory(atPath: folder.path)
      .filter { $0.hasSuffix(".yaml") }.map { String($0.dropLast(5)) }.sorted()
  }

  /// Reads the file of an API; throws where it is not as it should be.
  package static func named(_ name: String) throws -> ProviderFixture {
    let diagnostics = Diagnostics()
    let bytes = Array(try Data(contentsOf: folder.appendingPathComponent("\(name).yaml")))
    let fixture = ConfigFile.parse(bytes, name: "\(name).yaml", folder: "/", diagnostics: diagnostics)?
      .read(ProviderFixture.self)
    guard let fixture, diagnostics.errors.isEmpty else {
      throw FixtureError(diagnostics.errors.map(\.description).joined(separator: "\n"))
    }
    return fixture
  }
}

extension ProviderFixture {
  /// An answer, and what it means.
  package struct Row: ConfigSection {
    private enum Keys {
      static let name = Key("name", .string, required: true, doc: "What it is.")
      static let http = Key("http", .integer(100...599), default: 200, doc: "Its status.")
      static let headers = Key("headers", .map(of: .string), default: [], doc: "Its headers.")
      static let answer = Key("answer", .text, required: true, doc: "Its body, byte for byte.")
      static let result = Key(
        "result", .section(Result.self), doc: "The second answer, where it is asked for.")
      static let reads = Key("reads", .string, required: true, doc: "What becomes of it.")
      static let reason = Key("reason", .string, doc: "Why, where it is trouble.")
      static let progress = Key("progress", .string, doc: "From 0 to 1.")
      static let outputs = Key("outputs", .list(of: .string), doc: "The files, `own URL` for the API's own.")
      static let created = Key("created", .string, doc: "When the task was created.")
      static let hint = Key("hint", .duration, doc: "What the API wants to be left alone for.")
      static let task = Key("task", .string, doc: "Where in the answer the task object is.")
    }

    package static let keys = [
      AnyKey(Keys.name), AnyKey(Keys.http), AnyKey(Keys.headers), AnyKey(Keys.answer), AnyKey(Keys.result),
      AnyKey(Keys.reads), AnyKey(Keys.reason), AnyKey(Keys.progress), AnyKey(Keys.outputs),
      AnyKey(Keys.created), AnyKey(Keys.hint), AnyKey(Keys.task),
    ]

    package let name: String
    package let response: HTTPResponse
    package let result: Result?
    /// `STATUS state`, or a word or two on what there is instead: `not found`, `throttled 3s`, `failed`.
    package let reads: String
    package let reason: String?
    package let progress: Double?
    package let outputs: [String]?
    package let created: String?
    package let hint: Duration?
    /// A path; `with result` for the whole answer with the second one put in; JSON; nil for the whole answer.
    package let task: String?

    package init?(_ section: Section) {
      guard let name = section[Keys.name], let answer = section[Keys.answer], let reads = section[Keys.reads]
      else { return nil }
      self.name = name
      self.reads = reads
      response = HTTPResponse(
        status: section[Keys.http],
        headers: HTTPHeaders(section[Keys.headers].map { HTTPHeader($0.name, $0.value) }),
        body: Array(answer.utf8))
      result = section[Keys.result]
      reason = section[Keys.reason]
      progress = section[Keys.progress].flatMap { Double($0) }
      outputs = section[Keys.outputs]
      created = section[Keys.created]
      hint = section[Keys.hint]
      task = section[Keys.task]
    }

    /// The status, where the answer shows the task.
    package var status: String? {
      guard let state = reads.split(separator: " ").last.flatMap({ TaskState(rawValue: String($0)) }) else {
        return nil
      }
      return String(reads.dropLast(state.rawValue.count + 1))
    }

    /// The task object that is to be read from it, byte for byte; throws where the fixture does not show it.
    ///
    /// - Parameter change: Done to the bodies before.
    package func taskObject(_ change: (String) -> String = { $0 }) throws -> [UInt8] {
      if let task, task.hasPrefix("{") { return Array(task.utf8) }
      let root = try Self.root(of: response, change)
      switch task {
      case nil: return Array(root.bytes)
      case "with result":
        guard let result else { throw FixtureError("\(name): there is no result") }
        let second = try Self.root(of: result.response, change)
        return root.bytes.dropLast() + Array(",\"result\":".utf8) + second.bytes + [UInt8(ascii: "}")]
      case let path?:
        guard let object = try JSONPath(path).first(in: root) else {
          throw FixtureError("\(name): nothing is at \(path)")
        }
        return Array(object.bytes)
      }
    }

    private static func root(of response: HTTPResponse, _ change: (String) -> String) throws -> JSONSlice {
      try JSONDocument(Array(change(String(decoding: response.body, as: UTF8.self)).utf8)).root
    }
  }

  /// The answer to a second request, which the first answer made necessary.
  package struct Result: ConfigSection {
    private enum Keys {
      static let asks = Key("asks", .string, required: true, doc: "METHOD and URL of the request.")
      static let http = Key("http", .integer(100...599), default: 200, doc: "Its status.")
      static let headers = Key("headers", .map(of: .string), default: [], doc: "Its headers.")
      static let answer = Key("answer", .text, required: true, doc: "Its body, byte for byte.")
    }

    package static let keys = [
      AnyKey(Keys.asks), AnyKey(Keys.http), AnyKey(Keys.headers), AnyKey(Keys.answer),
    ]

    package let asks: String
    package let response: HTTPResponse

    package init?(_ section: Section) {
      guard let asks = section[Keys.asks], let answer = section[Keys.answer] else { return nil }
      self.asks = asks
      response = HTTPResponse(
        status: section[Keys.http],
        headers: HTTPHeaders(section[Keys.headers].map { HTTPHeader($0.name, $0.value) }),
        body: Array(answer.utf8))
    }
  }
}

/// A fixture that is not as it should be.
package struct FixtureError: Error, CustomStringConvertible {
  package let description: String

  package init(_ description: String) { self.description = description }
}
