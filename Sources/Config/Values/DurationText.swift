import Model

/// `500ms 5s 10m 2h 3d`: one whole number above zero and one unit.
package enum DurationText {
  package static let expected = "one whole number and a unit (ms, s, m, h, d), such as 5s"

  static let units = UnitText(
    noun: "duration", units: [("ms", 1), ("s", 1000), ("m", 60_000), ("h", 3_600_000), ("d", 86_400_000)],
    synonyms: [
      "msec": "ms", "msecs": "ms", "millisecond": "ms", "milliseconds": "ms", "sec": "s", "secs": "s",
      "second": "s", "seconds": "s", "min": "m", "mins": "m", "minute": "m", "minutes": "m", "hr": "h",
      "hrs": "h", "hour": "h", "hours": "h", "day": "d", "days": "d",
    ], usual: "s")

  /// At most 106751d, about 292 years: what a timeline of nanoseconds in 64 bits can hold.
  package static func parse(_ text: String) throws(TextProblem) -> Duration {
    let (count, unit) = try units.parse(text)
    let (milliseconds, overflow) = count.multipliedReportingOverflow(by: unit)
    guard !overflow, milliseconds <= Int64.max / 1_000_000 else {
      throw TextProblem("is too long; 106751d is the longest")
    }
    return .milliseconds(milliseconds)
  }

  /// A duration of whole milliseconds as it would be written: `90s`, `2h`.
  package static func write(_ duration: Duration) -> String { units.write(duration.milliseconds) }
}
