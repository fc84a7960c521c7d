import Model

/// When a task was created, as APIs tell it.
enum CreationTime {
  /// Years that a task can be of: what lies outside is something else, or a counter.
  private static let first: Int64 = 946_684_800_000  // 2000-01-01
  private static let last: Int64 = 4_102_444_800_000  // 2100-01-01

  /// ISO 8601 with or without a zone (then it is UTC), or seconds or milliseconds since 1970 as a number or as
  /// digits. From 100,000,000,000 on a number is milliseconds: as seconds that would be the year 5138.
  static func read(_ value: JSONSlice) -> Timestamp? {
    let time: Int64?
    if let number = value.number {
      time = milliseconds(number)
    } else if let text = value.string {
      time =
        text.utf8.allSatisfy { (48...57).contains($0) || $0 == UInt8(ascii: ".") }
        ? Double(text).flatMap(milliseconds) : Timestamp(iso8601: text)?.milliseconds
    } else {
      time = nil
    }
    guard let time, (first..<last).contains(time) else { return nil }
    return Timestamp(milliseconds: time)
  }

  private static func milliseconds(_ number: Double) -> Int64? {
    guard number >= 0, number < 1e14 else { return nil }
    return Int64((number >= 1e11 ? number : number * 1000).rounded())
  }
}
