import Model

/// Texts as they go into a path or a query.
enum PathText {
  /// Percent-encoded, its slashes kept.
  static func whole(_ text: String) -> String {
    if !text.utf8.contains(UInt8(ascii: "/")) { return PercentEncoding.encode(text) }
    return text.split(separator: "/", omittingEmptySubsequences: false)
      .map { PercentEncoding.encode(String($0)) }.joined(separator: "/")
  }

  /// Whether a text with its slashes kept would lead out of where it stands (RFC 3986 section 5.2.4).
  static func hasDotSegment(_ text: String) -> Bool {
    text.utf8.contains(UInt8(ascii: "."))
      && text.split(separator: "/", omittingEmptySubsequences: false).contains { $0 == "." || $0 == ".." }
  }
}
