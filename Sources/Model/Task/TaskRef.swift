/// One remote job: the source that knows it and the id it has there.
package struct TaskRef: Hashable, Sendable, CustomStringConvertible {
  package let source: String
  package let id: String

  package init(source: String, id: String) {
    self.source = source
    self.id = id
  }

  package var description: String { "\(source)/\(id)" }
}

/// What a task id may be. Everything else is percent-encoded where a URL is built.
package enum TaskID {
  /// Longest id taken, in UTF-8 bytes. Known APIs use at most 64; URLs of more than 2,000 bytes are
  /// refused by common gateways.
  package static let longest = 512

  /// Why `id` cannot be watched, or nil where it can.
  package static func refusal(of id: String) -> String? {
    if id.isEmpty { return "a task id cannot be empty" }
    let length = id.utf8.count
    if length > longest { return "a task id has at most \(longest) bytes, this one has \(length)" }
    if id.unicodeScalars.contains(where: { $0.value < 0x20 || $0.value == 0x7F }) {
      return "a task id cannot contain control characters"
    }
    // RFC 3986 section 5.2.4: dot segments vanish from a path even when percent-encoded.
    if id == "." || id == ".." { return "a task id cannot be \"\(id)\", which a URL reads as a folder" }
    if id.first!.isWhitespace || id.last!.isWhitespace {
      return "a task id cannot begin or end with white space"
    }
    return nil
  }
}
