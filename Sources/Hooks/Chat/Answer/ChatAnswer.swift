import Model

/// An answer of a chat service, as its rules read it.
struct ChatAnswer: Sendable {
  let response: HTTPResponse
  /// The number of the attempt that it answers.
  let attempt: Int
  /// The body without white space around it.
  let text: String
  /// The body, where it is JSON.
  let json: JSONSlice?

  init(_ response: HTTPResponse, attempt: Int) {
    self.response = response
    self.attempt = attempt
    text = String(Substring(String(decoding: response.body, as: UTF8.self)).trimmed)
    json = (try? JSONDocument(response.body))?.root
  }

  /// Whether the body is a page for people: services speak JSON or plain words.
  var isPage: Bool { text.hasPrefix("<") }

  /// What stands at these places, joined by colons; of a list its elements. Where the body is no JSON, its own
  /// words. Nil where it says nothing, and of a page.
  func words(at paths: [JSONPath]) -> String? {
    guard let json else { return isPage || text.isEmpty ? nil : text }
    if let text = json.string { return text }
    let found = paths.compactMap { path in
      let values = path.all(in: json).flatMap { $0.kind == .array ? Array($0.elements) : [$0] }
      let texts = values.filter { !$0.isNull }.map(\.plainText).filter { !$0.isEmpty }
      return texts.isEmpty ? nil : texts.joined(separator: ", ")
    }
    return found.isEmpty ? nil : found.joined(separator: ": ")
  }
}

extension JSONSlice {
  /// A string's characters; of anything else its JSON text.
  var plainText: String { string ?? String(decoding: bytes, as: UTF8.self) }
}
