import Hummingbird
import Model

/// One request to an operation of the API, checked and read to its end.
struct Call: Sendable {
  /// Values of the path parameters, decoded, in order.
  var arguments: [String]
  var query: Query
  var headers: HTTPFields
  var body: [UInt8]
  /// Whether the caller may see what the token protects.
  var isTrusted: Bool

  init(
    arguments: [String] = [], query: Query = Query(), headers: HTTPFields = [:], body: [UInt8] = [],
    isTrusted: Bool = true
  ) {
    self.arguments = arguments
    self.query = query
    self.headers = headers
    self.body = body
    self.isTrusted = isTrusted
  }

  /// Whether an answer of this kind is what the caller wants most: it names this type and not the other.
  func accepts(_ type: String, ratherThan other: String) -> Bool {
    let accepted = headers[.accept]?.lowercased() ?? ""
    return accepted.contains(type) && !accepted.contains(other)
  }
}

/// What an operation answers.
struct Answer: Sendable {
  enum Content: Sendable {
    case bytes([UInt8])
    /// An event stream, for as long as the caller reads it.
    case events(EventSubscription)
  }

  var status: Int
  var headers: HTTPFields
  var content: Content

  init(_ status: Int, headers: HTTPFields = [:], content: Content) {
    self.status = status
    self.headers = headers
    self.content = content
  }

  static func json(_ status: Int = 200, _ write: (inout JSONWriter) -> Void) -> Answer {
    var writer = JSONWriter()
    write(&writer)
    return Answer(status, headers: [.contentType: "application/json"], content: .bytes(writer.bytes))
  }

  /// An answer that is one JSON object.
  static func object(_ status: Int = 200, _ write: (inout JSONWriter) -> Void) -> Answer {
    json(status) { $0.object(write) }
  }

  static let empty = Answer(204, content: .bytes([]))
}
