/// Which bytes of which whole an answer holds (RFC 9110 section 14.4): `bytes 500-999/1234`, `bytes */1234`.
struct ContentRange: Sendable, Equatable {
  /// Nil where the answer holds none.
  var first: Int64?
  /// Nil where the server does not know.
  var total: Int64?

  init?(_ header: String?) {
    guard let header else { return nil }
    let words = header.split(separator: " ", omittingEmptySubsequences: true)
    guard words.count == 2, words[0].lowercased() == "bytes" else { return nil }
    let parts = words[1].split(separator: "/", omittingEmptySubsequences: false)
    guard parts.count == 2 else { return nil }
    if parts[1] != "*" {
      guard let total = Int64(digits: parts[1]) else { return nil }
      self.total = total
    }
    if parts[0] == "*" {
      if total == nil { return nil }
      return
    }
    let ends = parts[0].split(separator: "-", omittingEmptySubsequences: false)
    guard ends.count == 2, let first = Int64(digits: ends[0]), let last = Int64(digits: ends[1]),
      first <= last, last < total ?? .max
    else { return nil }
    self.first = first
  }
}

extension Int64 {
  /// Reads a text of nothing but decimal digits.
  init?(digits text: some StringProtocol) {
    guard !text.isEmpty, text.utf8.allSatisfy({ (48...57).contains($0) }) else { return nil }
    self.init(text)
  }
}
