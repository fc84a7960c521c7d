import Model

extension PollAfterRule {
  /// The wait that an answer asks for, with where it says so; at most `most`. Nil where it asks for none.
  func wait(_ response: HTTPResponse, now: Timestamp, most: Duration) -> (wait: Duration, place: String)? {
    guard (200..<300).contains(response.status) else { return nil }
    for name in header {
      guard let value = response.headers[name] else { continue }
      if let wait = Self.wait(header: name, value, now: now, most: most) { return (wait, "header \(name)") }
    }
    guard !at.isEmpty, let root = try? JSONDocument(response.body).root, let hit = at.hit(in: root),
      let amount = hit.value.number ?? hit.value.string.flatMap(Self.amount)
    else { return nil }
    return Self.wait(amount, unit, most: most).map { ($0, "\(at[hit.index])") }
  }

  private static func wait(header: String, _ value: String, now: Timestamp, most: Duration) -> Duration? {
    if header == "retry-after" { return RetryAfter.parse(value, now: now, most: most) }
    return amount(value).flatMap { wait($0, header.hasSuffix("-ms") ? .milliseconds : .seconds, most: most) }
  }

  private static func wait(_ amount: Double, _ unit: Unit, most: Duration) -> Duration? {
    guard amount > 0 else { return nil }
    let milliseconds = unit == .milliseconds ? amount : amount * 1000
    return min(.milliseconds(Int64(min(milliseconds, 1e12).rounded(.up))), most)
  }

  /// Digits, then perhaps a point and more digits; Double also reads "nan", "inf" and "0x1p3".
  private static func amount(_ text: String) -> Double? {
    let digits = text.drop { $0 == " " }
    guard digits.utf8.allSatisfy({ (48...57).contains($0) || $0 == UInt8(ascii: ".") }) else { return nil }
    return Double(digits)
  }
}
