import Model

/// Times and durations as people read them.
enum TimeTexts {
  /// `850ms` below a second, else the two largest units, rounded to the second: `32s`, `1m 32s`, `2h 5m`,
  /// `3d 4h`. Nil beyond a thousand years.
  static func duration(_ seconds: Double) -> String? {
    guard abs(seconds) < 3.2e10 else { return nil }
    let sign = seconds < 0 ? "-" : ""
    let milliseconds = Int((abs(seconds) * 1000).rounded())
    if milliseconds < 1000 { return milliseconds == 0 ? "0s" : "\(sign)\(milliseconds)ms" }
    let whole = (milliseconds + 500) / 1000
    let units = [
      (whole / 86_400, "d"), (whole / 3600 % 24, "h"), (whole / 60 % 60, "m"), (whole % 60, "s"),
    ]
    let shown = units.drop { $0.0 == 0 }.prefix(2).filter { $0.0 > 0 }
    return sign + shown.map { "\($0.0)\($0.1)" }.joined(separator: " ")
  }

  /// `2026-05-01 12:47 UTC`
  static func time(_ time: Timestamp) -> String { "\(date(time)) \(clockText(time).prefix(5)) UTC" }

  /// `12:47:47 UTC`
  static func clock(_ time: Timestamp) -> String { "\(clockText(time).prefix(8)) UTC" }

  /// `2026-05-01`
  static func date(_ time: Timestamp) -> String { String(time.iso8601.prefix { $0 != "T" }) }

  /// Whole seconds since 1970.
  static func unix(_ time: Timestamp) -> Int64 {
    time.milliseconds >= 0 ? time.milliseconds / 1000 : (time.milliseconds - 999) / 1000
  }

  private static func clockText(_ time: Timestamp) -> Substring {
    time.iso8601.drop { $0 != "T" }.dropFirst()
  }
}

extension TemplateValue {
  /// The time that the value means: an RFC 3339 text, or seconds since 1970, from 1e11 on milliseconds (in
  /// seconds that would be the year 5138). Nil for anything else, and beyond the year 9999.
  var timestamp: Timestamp? {
    guard kind == .text || kind == .number else { return nil }
    if kind == .text, let time = Timestamp(rfc3339: text) { return time }
    guard let number = Double(text), number >= 0 else { return nil }
    let milliseconds = number < 1e11 ? number * 1000 : number
    return milliseconds < 253_402_300_800_000 ? Timestamp(milliseconds: Int64(milliseconds)) : nil
  }
}
