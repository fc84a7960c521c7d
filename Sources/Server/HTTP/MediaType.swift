import Hummingbird

/// What bodies of requests may be. A form of a web page cannot send either without asking first (the Fetch
/// Standard's preflight), so that no other site's page can use them.
enum MediaType: Sendable, Equatable {
  case json
  /// JSON lines.
  case lines

  static func of(_ headers: HTTPFields) -> MediaType? {
    let name = headers[.contentType]?.split(separator: ";").first?.lowercased()
      .trimmingPrefix { $0.isWhitespace }
    switch name.map({ $0.split(separator: " ").first.map(String.init) ?? "" }) {
    case "application/json": return .json
    case "application/x-ndjson", "application/jsonl": return .lines
    default: return nil
    }
  }
}
