import Model

/// How long a receiver asks to be left alone (RFC 9110 section 10.2.3).
enum RetryAfter {
  /// No receiver can hold a hook longer than this.
  static let longest = Duration.seconds(24 * 3600)

  /// Reads seconds, with decimals as Discord sends them, or a date; a date that has passed is no wait. Nil
  /// for anything else.
  static func parse(_ text: String, now: Timestamp) -> Duration? {
    if let first = text.utf8.first, (0x30...0x39).contains(first),
      text.utf8.allSatisfy({ (0x30...0x39).contains($0) || $0 == UInt8(ascii: ".") }),
      let seconds = Double(text)
    {
      guard seconds < longest.seconds else { return longest }
      return .milliseconds(Int64((seconds * 1000).rounded(.up)))
    }
    guard let date = HTTPDate.parse(text, now: now) else { return nil }
    return min(max(date - now, .zero), longest)
  }
}
