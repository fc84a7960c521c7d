import Config

/// Where a task API is reached: scheme and host, and perhaps a path prefix before the API's own paths.
package struct BaseURL: Sendable, Hashable, CustomStringConvertible {
  /// The URL without a trailing slash.
  package let description: String
  /// Host, and port where one is given: what hints and logs may show.
  package let host: String

  /// What is wrong with a URL, to follow "the URL"; says nothing of the text, which may be a credential.
  package struct Mistake: Error, Sendable, Equatable {
    package var message: String
  }

  package init(_ text: String) throws(Mistake) {
    if let refusal = URLText.refusal(of: text, schemes: ["http", "https"]) {
      throw Mistake(message: refusal)
    }
    if text.contains("?") { throw Mistake(message: "has a query, which a base URL cannot have") }
    if text.contains("#") { throw Mistake(message: "has a fragment, which a base URL cannot have") }
    let afterScheme = text.range(of: "://").map { text[$0.upperBound...] } ?? Substring(text)
    let authority = afterScheme.prefix { $0 != "/" }
    if authority.contains("@") {
      throw Mistake(message: "holds a user or password; credentials go into api_key or headers")
    }
    let segments = afterScheme[authority.endIndex...].split(separator: "/")
    if segments.contains(where: { $0 == "." || $0 == ".." }) {
      throw Mistake(message: "has \".\" or \"..\" in its path")
    }
    // RFC 3986: other characters go into a path percent-encoded. The host may be an international name.
    if !segments.allSatisfy({ $0.utf8.allSatisfy { $0 < 0x80 } }) {
      throw Mistake(message: "has characters in its path that need percent-encoding")
    }
    var end = text.endIndex
    while text[..<end].hasSuffix("/") { end = text.index(before: end) }
    description = String(text[..<end])
    host = String(authority)
  }
}
