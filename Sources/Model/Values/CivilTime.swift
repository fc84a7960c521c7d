/// A UTC time in the proleptic Gregorian calendar.
struct CivilTime {
  let year: Int64
  /// 1 to 12.
  let month: Int64
  /// 1 to 31.
  let day: Int64
  let hour: Int64
  let minute: Int64
  let second: Int64
  let millisecond: Int64
  /// 0 is Sunday.
  let weekday: Int64

  /// The date is H. Hinnant's civil_from_days ("chrono-Compatible Low-Level Date Algorithms"): years begin in March,
  /// so that a leap day is the last of its year; 400 years have 146,097 days.
  init(_ time: Timestamp) {
    let days = time.milliseconds.flooredDivision(by: 86_400_000)
    let inDay = time.milliseconds - days * 86_400_000
    let shifted = days + 719_468
    let era = shifted.flooredDivision(by: 146_097)
    let dayOfEra = shifted - era * 146_097
    let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
    let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
    let fromMarch = (5 * dayOfYear + 2) / 153
    day = dayOfYear - (153 * fromMarch + 2) / 5 + 1
    month = fromMarch < 10 ? fromMarch + 3 : fromMarch - 9
    year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
    hour = inDay / 3_600_000
    minute = inDay / 60_000 % 60
    second = inDay / 1000 % 60
    millisecond = inDay % 1000
    weekday = days + 4 - (days + 4).flooredDivision(by: 7) * 7
  }

  /// Days from 1970-01-01 to a date of the years from 0 on. Years are counted from March, so that a leap day
  /// ends one.
  static func daysSince1970(_ year: Int, _ month: Int, _ day: Int) -> Int {
    let year = month > 2 ? year : year - 1
    let fromMarch = (month + 9) % 12
    let leapDays = year / 4 - year / 100 + year / 400
    // 719,468 days lie between 0000-03-01 and 1970-01-01.
    return year * 365 + leapDays + (fromMarch * 153 + 2) / 5 + day - 1 - 719_468
  }

  var clock: String { "\(Self.padded(hour, 2)):\(Self.padded(minute, 2)):\(Self.padded(second, 2))" }

  static func padded(_ value: Int64, _ width: Int) -> String {
    let digits = String(value.magnitude)
    let zeros = String(repeating: "0", count: max(0, width - digits.utf8.count))
    return (value < 0 ? "-" : "") + zeros + digits
  }
}

extension Int64 {
  fileprivate func flooredDivision(by divisor: Int64) -> Int64 {
    let quotient = self / divisor
    return self < 0 && self % divisor != 0 ? quotient - 1 : quotient
  }
}
