import Config
import Model

/// A time as `since` takes it: RFC 3339, or a duration back from now: `2h`.
enum SinceText {
  static let expected = "a time such as 2026-05-01T12:00:00Z, or a duration back such as 2h"

  static func parse(_ text: String, now: Timestamp) -> Timestamp? {
    if let time = Timestamp(rfc3339: text) { return time }
    guard let span = try? DurationText.parse(text) else { return nil }
    return Timestamp(milliseconds: max(0, now.milliseconds - span.milliseconds))
  }
}
