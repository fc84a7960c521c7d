extension Timestamp {
  /// `2026-05-01T12:47:47.351Z` (RFC 3339, UTC, milliseconds).
  package var iso8601: String {
    let days = milliseconds.floorDividing(86_400_000)
    let inDay = milliseconds - days * 86_400_000
    let (year, month, day) = Self.civil(fromDays: days)
    let seconds = inDay / 1000
    return Self.padded(year, 4) + "-" + Self.padded(month, 2) + "-" + Self.padded(day, 2) + "T"
      + Self.padded(seconds / 3600, 2) + ":" + Self.padded(seconds / 60 % 60, 2) + ":"
      + Self.padded(seconds % 60, 2) + "." + Self.padded(inDay % 1000, 3) + "Z"
  }

  /// Days since 1970-01-01 to year, month, day in the proleptic Gregorian calendar (H. Hinnant,
  /// "chrono-compatible low-level date algorithms", civil_from_days).
  private static func civil(fromDays days: Int64) -> (Int64, Int64, Int64) {
    let shifted = days + 719_468
    let era = shifted.floorDividing(146_097)
    let dayOfEra = shifted - era * 146_097
    let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
    let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
    let monthIndex = (5 * dayOfYear + 2) / 153
    let day = dayOfYear - (153 * monthIndex + 2) / 5 + 1
    let month = monthIndex < 10 ? monthIndex + 3 : monthIndex - 9
    return (yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month, day)
  }

  private static func padded(_ value: Int64, _ width: Int) -> String {
    let text = String(value)
    return String(repeating: "0", count: max(0, width - text.count)) + text
  }
}

extension Int64 {
  fileprivate func floorDividing(_ divisor: Int64) -> Int64 {
    let quotient = self / divisor
    return self < 0 && self % divisor != 0 ? quotient - 1 : quotient
  }
}
