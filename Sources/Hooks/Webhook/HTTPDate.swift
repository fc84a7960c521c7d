import Model

/// Dates of HTTP headers (RFC 9110 section 5.6.7), in all three forms that a recipient must take.
enum HTTPDate {
  /// Reads `Sun, 06 Nov 1994 08:49:37 GMT`, `Sunday, 06-Nov-94 08:49:37 GMT` or
  /// `Sun Nov  6 08:49:37 1994`; nil for anything else. `now` decides the century of two-digit years: a date
  /// that would be more than 50 years ahead is of the century before.
  static func parse(_ text: String, now: Timestamp) -> Timestamp? {
    let words = text.split { $0 == " " || $0 == "-" || $0 == "," }.map(String.init)
    guard let first = words.first, weekdays.contains(first.prefix(3).lowercased()) else { return nil }
    if words.count == 6 {
      guard words[5] == "GMT" || words[5] == "UTC", let year = year(words[3], now: now) else { return nil }
      return instant(year: year, month: words[2], day: words[1], clock: words[4])
    }
    if words.count == 5, words[4].utf8.count == 4, let year = number(words[4]) {
      return instant(year: year, month: words[1], day: words[2], clock: words[3])
    }
    return nil
  }

  private static let weekdays: Set = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
  private static let months = [
    "jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec",
  ]

  private static func instant(year: Int64, month: String, day: String, clock: String) -> Timestamp? {
    let parts = clock.split(separator: ":", omittingEmptySubsequences: false).map { number(String($0)) }
    guard let month = months.firstIndex(of: month.lowercased()), let day = number(day),
      parts.count == 3, let hour = parts[0], let minute = parts[1], let second = parts[2],
      // A leap second is written as 60.
      hour < 24, minute < 60, second <= 60
    else { return nil }
    let date = CivilDate(year: year, month: Int64(month + 1), day: day)
    // Refuses 31 April and 29 February of other years.
    guard CivilDate(daysSince1970: date.daysSince1970) == date else { return nil }
    let seconds = date.daysSince1970 * 86_400 + hour * 3600 + minute * 60 + second
    return Timestamp(milliseconds: seconds * 1000)
  }

  private static func year(_ text: String, now: Timestamp) -> Int64? {
    guard let year = number(text) else { return nil }
    if text.utf8.count == 4 { return year }
    guard text.utf8.count == 2 else { return nil }
    let current = CivilDate(daysSince1970: now.milliseconds / 86_400_000).year
    let sameCentury = current - current % 100 + year
    return sameCentury > current + 50 ? sameCentury - 100 : sameCentury
  }

  private static func number(_ text: String) -> Int64? {
    guard (1...4).contains(text.utf8.count), text.utf8.allSatisfy({ (0x30...0x39).contains($0) }) else {
      return nil
    }
    return Int64(text)
  }
}
