import Foundation
import Model

/// A time as `--since` takes it: RFC 3339, a date, or a duration back from now.
enum Since {
  static func parse(_ text: String, now: Timestamp) throws -> Timestamp {
    let units: [(suffix: String, milliseconds: Int64)] = [
      ("ms", 1), ("s", 1000), ("m", 60_000), ("h", 3_600_000), ("d", 86_400_000),
    ]
    if let unit = units.first(where: { text.hasSuffix($0.suffix) }),
      let count = Int64(text.dropLast(unit.suffix.count)), count > 0
    {
      let (span, overflow) = count.multipliedReportingOverflow(by: unit.milliseconds)
      return Timestamp(milliseconds: overflow ? 0 : now.milliseconds - span)
    }
    for style in [
      Date.ISO8601FormatStyle(), Date.ISO8601FormatStyle(includingFractionalSeconds: true),
      Date.ISO8601FormatStyle().year().month().day(),
    ] {
      if let date = try? style.parse(text) {
        return Timestamp(milliseconds: Int64(date.timeIntervalSince1970 * 1000))
      }
    }
    throw Failure(
      .usage,
      "--since: \"\(text)\" is no time; expected 2026-05-01T12:00:00Z, 2026-05-01, or a duration such as 2h")
  }
}
