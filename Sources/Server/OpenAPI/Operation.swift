import Hummingbird
import Model

/// One operation of the API: how it is called, what it answers, and what it does. The router and the OpenAPI document
/// are both made from these.
struct Operation: Sendable {
  struct Parameter: Sendable {
    enum Place: String, Sendable { case path, query, header }

    var name: String
    var place: Place
    var schema: Schema
    var doc: String
    /// May be given several times.
    var isList = false

    static func path(_ name: String, _ doc: String) -> Parameter {
      Parameter(name: name, place: .path, schema: .text, doc: doc)
    }
    static func query(_ name: String, _ schema: Schema = .text, _ doc: String) -> Parameter {
      Parameter(name: name, place: .query, schema: schema, doc: doc)
    }
    static func list(_ name: String, _ schema: Schema = .text, _ doc: String) -> Parameter {
      Parameter(name: name, place: .query, schema: schema, doc: doc, isList: true)
    }
  }

  struct Body: Sendable {
    var schema: Schema
    var doc: String
    /// Whether JSON lines (`application/x-ndjson`) are taken, too.
    var takesLines = false
  }

  struct Outcome: Sendable {
    var status: Int
    var doc: String
    /// By content type; none for an empty body.
    var content: [(type: String, schema: Schema)]

    static func json(_ status: Int, _ doc: String, _ schema: Schema) -> Outcome {
      Outcome(status: status, doc: doc, content: [("application/json", schema)])
    }
    static func problem(_ status: Int, _ doc: String) -> Outcome {
      Outcome(status: status, doc: doc, content: [(Problem.contentType, .ref("Problem"))])
    }
    static func empty(_ status: Int, _ doc: String) -> Outcome {
      Outcome(status: status, doc: doc, content: [])
    }
  }

  typealias Work = @Sendable (Call, APIContext) async throws -> Answer

  var method: HTTPRequest.Method
  /// A path template of OpenAPI: path parameters stand in braces.
  var path: String
  var id: String
  var summary: String
  var parameters: [Parameter] = []
  /// Names of further query parameters begin so and go on as the caller likes.
  var prefixes: [String] = []
  var body: Body?
  /// What it may answer beside what any operation may.
  var outcomes: [Outcome]
  /// Whether it answers without the token.
  var isOpen = false
  var work: Work

  /// All that it may answer, by status.
  var allOutcomes: [Outcome] {
    var all = outcomes
    func may(_ status: Int, _ doc: String) {
      if !all.contains(where: { $0.status == status }) { all.append(.problem(status, doc)) }
    }
    may(400, "The request cannot be understood.")
    if !isOpen { may(401, "The token is missing or wrong.") }
    may(403, "The request comes from a page of another site.")
    may(413, "The body is too large.")
    if body != nil {
      may(415, "The body is neither JSON nor JSON lines.")
      may(422, "The body is not what it must be.")
    }
    may(421, "The Host header is no name of this server.")
    may(431, "The header lines are too large.")
    may(500, "A fault of the server.")
    may(503, "The state cannot be read or written.")
    return all.sorted { $0.status < $1.status }
  }

  var queryNames: [String] { parameters.filter { $0.place == .query }.map(\.name) }
}
