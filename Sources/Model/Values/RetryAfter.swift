/// The header by which a server says when to come again (RFC 9110 section 10.2.3).
package enum RetryAfter {
  /// The time to wait, at most `most`. Takes seconds, whole or with a fraction as some services send them,
  /// and the three forms of an HTTP date. Nil where the header is absent, is neither, or lies at or before
  /// `now`: the asker then waits as it sees fit.
  package static func parse(_ header: String?, now: Timestamp, most: Duration) -> Duration? {
    guard let text = header?.split(whereSeparator: { $0 == " " || $0 == "\t" }).joined(separator: " ") else {
      return nil
    }
    if let wait = seconds(text) {
      return wait > 0 ? min(.milliseconds(Int64((min(wait, 1e9) * 1000).rounded(.up))), most) : nil
    }
    guard let date = HTTPDate.parse(text, now: now), date > now else { return nil }
    return min(date - now, most)
  }

  /// Digits, then perhaps a point and more digits; no sign, no exponent.
  private static func seconds(_ text: String) -> Double? {
    let parts = text.split(separator: ".", maxSplits: 1, omittingEmptySubsequences: false)
    let areDigits = parts.allSatisfy { part in
      !part.isEmpty && part.utf8.allSatisfy { (48...57).contains($0) }
    }
    return areDigits ? Double(text) : nil
  }
}
