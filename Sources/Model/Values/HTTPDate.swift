/// The date forms of HTTP (RFC 9110 section 5.6.7).
package enum HTTPDate {
  private static let months = [
    "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
  ]

  /// Reads `Sun, 06 Nov 1994 08:49:37 GMT`, `Sunday, 06-Nov-94 08:49:37 GMT` or `Sun Nov  6 08:49:37 1994`.
  /// Nil for anything else. The day of the week is not checked. A year of two digits that seems more than 50
  /// years after `now` is of the century before, as the RFC asks.
  package static func parse(_ text: String, now: Timestamp) -> Timestamp? {
    let words = text.split(separator: " ").map(String.init)
    if words.count == 6, words[0].hasSuffix(","), isUTC(words[5]) {
      return timestamp(day: words[1], month: words[2], year: Int(digits: words[3], 4...4), time: words[4])
    }
    if words.count == 4, words[0].hasSuffix(","), isUTC(words[3]) {
      let date = words[1].split(separator: "-").map(String.init)
      guard date.count == 3, let year = Int(digits: date[2], 2...2) else { return nil }
      return timestamp(day: date[0], month: date[1], year: fullYear(year, now: now), time: words[2])
    }
    if words.count == 5 {
      return timestamp(day: words[2], month: words[1], year: Int(digits: words[4], 4...4), time: words[3])
    }
    return nil
  }

  /// `Fri, 01 May 2026 12:47:47 GMT`, cut to the second.
  package static func text(_ time: Timestamp) -> String {
    let civil = CivilTime(time)
    let weekday = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"][Int(civil.weekday)]
    let month = months[Int(civil.month) - 1]
    let day = CivilTime.padded(civil.day, 2)
    return "\(weekday), \(day) \(month) \(CivilTime.padded(civil.year, 4)) \(civil.clock) GMT"
  }

  private static func isUTC(_ zone: String) -> Bool { zone == "GMT" || zone == "UTC" }

  private static func fullYear(_ year: Int, now: Timestamp) -> Int {
    let thisYear = 1970 + Int(Double(now.milliseconds) / (365.2425 * 86_400_000))
    let latest = thisYear + 50
    return latest - ((latest - year) % 100 + 100) % 100
  }

  private static func timestamp(day: String, month: String, year: Int?, time: String) -> Timestamp? {
    let clock = time.split(separator: ":", omittingEmptySubsequences: false).map(String.init)
    guard let day = Int(digits: day, 1...2), let year,
      let month = months.firstIndex(where: { $0.lowercased() == month.lowercased() }).map({ $0 + 1 }),
      (1...31).contains(day), clock.count == 3, let hour = Int(digits: clock[0], 2...2),
      let minute = Int(digits: clock[1], 2...2), let second = Int(digits: clock[2], 2...2),
      hour < 24, minute < 60, second <= 60  // 60: a leap second
    else { return nil }
    let seconds = ((CivilTime.daysSince1970(year, month, day) * 24 + hour) * 60 + minute) * 60 + second
    return Timestamp(milliseconds: Int64(seconds) * 1000)
  }
}

extension Int {
  /// Reads a text of nothing but decimal digits, as many as allowed.
  init?(digits text: some StringProtocol, _ count: ClosedRange<Int>) {
    guard count.contains(text.utf8.count), text.utf8.allSatisfy({ (48...57).contains($0) }) else {
      return nil
    }
    self.init(text)
  }
}
