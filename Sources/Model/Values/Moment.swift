/// A point on a timeline that never jumps: nanoseconds since 1970 as the clock stood when the process began,
/// plus what has passed since. All intervals and due times are measured on it.
package struct Moment: Comparable, Hashable, Sendable {
  package var nanoseconds: Int64

  package init(nanoseconds: Int64) { self.nanoseconds = nanoseconds }
  package init(milliseconds: Int64) { self.nanoseconds = milliseconds * 1_000_000 }

  package var milliseconds: Int64 { nanoseconds / 1_000_000 }

  package static func < (a: Moment, b: Moment) -> Bool { a.nanoseconds < b.nanoseconds }
  package static func + (a: Moment, b: Duration) -> Moment {
    Moment(nanoseconds: saturatingSum(a.nanoseconds, b.nanoseconds))
  }
  package static func - (a: Moment, b: Duration) -> Moment { a + (.zero - b) }
  package static func - (a: Moment, b: Moment) -> Duration {
    Duration(attoseconds: Int128(a.nanoseconds - b.nanoseconds) * 1_000_000_000)
  }
}

/// A wall-clock time, as people and receivers read it: milliseconds since 1970 UTC.
package struct Timestamp: Comparable, Hashable, Sendable {
  package var milliseconds: Int64

  package init(milliseconds: Int64) { self.milliseconds = milliseconds }

  package static func < (a: Timestamp, b: Timestamp) -> Bool { a.milliseconds < b.milliseconds }
  package static func - (a: Timestamp, b: Timestamp) -> Duration {
    .milliseconds(a.milliseconds - b.milliseconds)
  }
}

extension Duration {
  /// In nanoseconds, saturating at about 292 years.
  package var nanoseconds: Int64 { Int64(clamping: attoseconds / 1_000_000_000) }

  package var milliseconds: Int64 { nanoseconds / 1_000_000 }

  /// In seconds.
  package var seconds: Double { Double(nanoseconds) / 1e9 }
}

private func saturatingSum(_ a: Int64, _ b: Int64) -> Int64 {
  let (sum, overflow) = a.addingReportingOverflow(b)
  return overflow ? (b < 0 ? .min : .max) : sum
}
