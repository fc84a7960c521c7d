import Model

/// How many polls there were, and how many of them failed: in all, and within the last minute. Pure.
struct PollTally: Sendable {
  private struct Second: Sendable {
    var number: Int64 = .min
    var polls = 0
    var failures = 0
  }

  private(set) var polls = 0
  private(set) var failures = 0
  private var ring = Array(repeating: Second(), count: Self.span)

  private static let span = 60

  mutating func count(failed: Bool, at now: Moment) {
    polls += 1
    if failed { failures += 1 }
    let number = Self.number(of: now)
    let place = Int(number % Int64(Self.span))
    if ring[place].number != number { ring[place] = Second(number: number) }
    ring[place].polls += 1
    if failed { ring[place].failures += 1 }
  }

  /// Of the last 60 s, the running one included.
  func lastMinute(at now: Moment) -> (polls: Int, failures: Int) {
    let first = Self.number(of: now) - Int64(Self.span) + 1
    return ring.reduce(into: (0, 0)) { sum, second in
      guard second.number >= first else { return }
      sum.0 += second.polls
      sum.1 += second.failures
    }
  }

  private static func number(of moment: Moment) -> Int64 {
    // Moments count from 1970, and do not run backwards.
    max(0, moment.nanoseconds / 1_000_000_000)
  }
}
