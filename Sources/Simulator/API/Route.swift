import Foundation

/// What a request asks for.
enum Route: Equatable {
  case about
  case stats
  case task(id: String, surface: Surface)
  case cancel(id: String)
  case create(Media, surface: Surface)
  /// `name` is the file's number and extension.
  case file(id: String, name: String)
  /// A path of the API with a slash too many: gateways answer with a redirect.
  case redirect(to: String)
  /// A path or method the API does not have.
  case wrongAPI
  /// A path outside the API, where a gateway has its web pages.
  case wrongPage

  /// Whose address was used. Both serve the same tasks.
  enum Surface: Equatable {
    /// CometAPI's, below `/runwayml/v1/`.
    case gateway
    /// Runway's own, below `/v1/`, where tasks tell their cost.
    case runway
  }

  /// - Parameter path: as it came, percent-encoded, without the query.
  init(method: String, path: String) {
    let reads = method == "GET" || method == "HEAD"
    var parts = path.split(separator: "/", omittingEmptySubsequences: false).dropFirst()
    if parts.isEmpty || parts == [""] {
      self = reads ? .about : .wrongPage
      return
    }
    var surface = Surface.runway
    if parts.first == "runwayml" {
      surface = .gateway
      parts = parts.dropFirst()
    }
    if parts.first == "v1" {
      if parts.last == "" {
        self = .redirect(to: String(path.dropLast()))
      } else {
        self = Self.api(method, parts.dropFirst().map(String.init), surface)
      }
      return
    }
    switch (reads, parts.map(String.init)) {
    case (true, ["_simulator", "stats"]): self = .stats
    case (true, let words) where words.count == 3 && words[0] == "files" && surface == .runway:
      self = .file(id: Self.decoded(words[1]), name: Self.decoded(words[2]))
    default: self = surface == .gateway ? .wrongAPI : .wrongPage
    }
  }

  private static func api(_ method: String, _ words: [String], _ surface: Surface) -> Route {
    switch method {
    case "GET" where words.count == 2 && words[0] == "tasks",
      "HEAD" where words.count == 2 && words[0] == "tasks":
      .task(id: decoded(words[1]), surface: surface)
    case "DELETE" where words.count == 2 && words[0] == "tasks":
      .cancel(id: decoded(words[1]))
    case "POST":
      Media.made[words.joined(separator: "/")].map { .create($0, surface: surface) } ?? .wrongAPI
    default: .wrongAPI
    }
  }

  /// Percent-decoded; text that is not rightly encoded stays as it is.
  static func decoded(_ text: String) -> String {
    guard text.utf8.contains(UInt8(ascii: "%")) else { return text }
    return text.removingPercentEncoding ?? text
  }
}
