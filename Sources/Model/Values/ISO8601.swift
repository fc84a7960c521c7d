extension Timestamp {
  /// `2026-05-01T12:47:47.351Z` (RFC 3339, UTC, always with milliseconds).
  package var iso8601: String {
    let time = CivilTime(self)
    return CivilTime.padded(time.year, 4) + "-" + CivilTime.padded(time.month, 2) + "-"
      + CivilTime.padded(time.day, 2) + "T" + time.clock + "." + CivilTime.padded(time.millisecond, 3) + "Z"
  }

  /// Reads an RFC 3339 time: `2026-05-01T12:47:47.351Z`, `2026-05-01 14:47:47+02:00`. Digits beyond the
  /// millisecond are dropped; nil for anything else.
  package init?(rfc3339 text: String) {
    let parts = text.split(maxSplits: 1) { $0 == "T" || $0 == "t" || $0 == " " }
    guard parts.count == 2, let days = Self.days(parts[0]) else { return nil }
    let zoneStart = parts[1].firstIndex { "Zz+-".contains($0) } ?? parts[1].endIndex
    guard let time = Self.milliseconds(parts[1][..<zoneStart]),
      let offset = Self.offset(parts[1][zoneStart...])
    else { return nil }
    self.init(milliseconds: Int64(days) * 86_400_000 + time - offset)
  }

  private static func days(_ date: Substring) -> Int? {
    let fields = date.split(separator: "-", omittingEmptySubsequences: false)
    guard fields.count == 3, let year = Int(digits: fields[0], 4...4),
      let month = Int(digits: fields[1], 2...2),
      let day = Int(digits: fields[2], 2...2), (1...12).contains(month), (1...31).contains(day)
    else { return nil }
    return CivilTime.daysSince1970(year, month, day)
  }

  private static func milliseconds(_ time: Substring) -> Int64? {
    let halves = time.split(separator: ".", maxSplits: 1, omittingEmptySubsequences: false)
    let fields = halves[0].split(separator: ":", omittingEmptySubsequences: false)
    guard fields.count == 3, let hour = Int(digits: fields[0], 2...2),
      let minute = Int(digits: fields[1], 2...2),
      let second = Int(digits: fields[2], 2...2), hour < 24, minute < 60, second <= 60  // 60: a leap second
    else { return nil }
    var fraction = 0
    if halves.count == 2 {
      guard Int(digits: halves[1].prefix(9), 1...9) != nil, halves[1].utf8.count <= 9 else { return nil }
      fraction = Int(digits: (halves[1] + "00").prefix(3), 3...3) ?? 0
    }
    return Int64(((hour * 60 + minute) * 60 + second) * 1000 + fraction)
  }

  private static func offset(_ zone: Substring) -> Int64? {
    if zone == "Z" || zone == "z" { return 0 }
    let fields = zone.dropFirst().split(separator: ":", omittingEmptySubsequences: false)
    guard fields.count == 2, let hours = Int(digits: fields[0], 2...2),
      let minutes = Int(digits: fields[1], 2...2),
      hours < 24, minutes < 60
    else { return nil }
    return Int64(hours * 60 + minutes) * (zone.hasPrefix("-") ? -60_000 : 60_000)
  }
}
