extension Timestamp {
  /// `2026-05-01T12:47:47.351Z` (RFC 3339, UTC, always with milliseconds).
  package var iso8601: String {
    let time = CivilTime(self)
    return CivilTime.padded(time.year, 4) + "-" + CivilTime.padded(time.month, 2) + "-"
      + CivilTime.padded(time.day, 2) + "T" + time.clock + "." + CivilTime.padded(time.millisecond, 3) + "Z"
  }
}
