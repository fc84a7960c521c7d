import Model

/// Dates as the two formats of this API spell them.
enum CalendarText {
  /// `2026-05-01T12:47:47.351Z` (ISO 8601), as in `createdAt`.
  static func iso8601(_ time: Timestamp) -> String {
    let (days, rest) = time.milliseconds.flooredDivision(by: 86_400_000)
    let date = civil(days)
    let seconds = rest / 1000
    return "\(pad(date.year, 4))-\(pad(date.month, 2))-\(pad(date.day, 2))T\(clock(seconds))."
      + "\(pad(Int(rest % 1000), 3))Z"
  }

  /// `Fri, 01 May 2026 12:47:47 GMT` (RFC 9110 section 5.6.7), cut to the second.
  static func http(_ time: Timestamp) -> String {
    let whole = time.milliseconds.flooredDivision(by: 1000).quotient
    let (days, seconds) = whole.flooredDivision(by: 86400)
    let date = civil(days)
    let weekday = weekdays[Int((days + 4).flooredDivision(by: 7).remainder)]
    return
      "\(weekday), \(pad(date.day, 2)) \(months[date.month - 1]) \(pad(date.year, 4)) \(clock(seconds)) GMT"
  }

  private static let weekdays = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"]
  private static let months = [
    "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
  ]

  /// Gregorian date of a day since 1970-01-01, by counting in eras of 400 years (146,097 days) that begin on
  /// the first of March, so that a leap day comes last.
  private static func civil(_ day: Int64) -> (year: Int, month: Int, day: Int) {
    let (era, dayOfEra) = (day + 719_468).flooredDivision(by: 146_097)
    let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36524 - dayOfEra / 146_096) / 365
    let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
    let shifted = (5 * dayOfYear + 2) / 153
    let month = shifted < 10 ? shifted + 3 : shifted - 9
    let year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
    return (Int(year), Int(month), Int(dayOfYear - (153 * shifted + 2) / 5 + 1))
  }

  private static func clock(_ seconds: Int64) -> String {
    "\(pad(Int(seconds / 3600), 2)):\(pad(Int(seconds / 60 % 60), 2)):\(pad(Int(seconds % 60), 2))"
  }

  private static func pad(_ number: Int, _ width: Int) -> String {
    let digits = String(number)
    return String(repeating: "0", count: max(0, width - digits.utf8.count)) + digits
  }
}

extension Int64 {
  fileprivate func flooredDivision(by divisor: Int64) -> (quotient: Int64, remainder: Int64) {
    let (quotient, remainder) = quotientAndRemainder(dividingBy: divisor)
    return remainder < 0 ? (quotient - 1, remainder + divisor) : (quotient, remainder)
  }
}
