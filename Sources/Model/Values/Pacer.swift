/// Spaces events evenly to a rate (the generic cell rate algorithm, ITU-T I.371). In any window of length W at
/// most `rate × W + 1` events pass, plus what falls in `slack`.
package struct Pacer: Sendable {
  private let interval: Int64
  private let slack: Int64
  /// When the next event would be due if all had come evenly.
  private var theoretical = Int64.min / 2

  /// Rates with less than 20 ms between two events may run 20 ms ahead, as timers are no finer.
  package init(_ rate: Rate) {
    interval = max(1, rate.interval.nanoseconds)
    slack = interval >= Self.grain ? 0 : Self.grain
  }

  private static let grain: Int64 = 20_000_000

  /// The same stream of events, from now on at another rate.
  package func going(at rate: Rate) -> Pacer {
    var pacer = Pacer(rate)
    pacer.theoretical = theoretical
    return pacer
  }

  /// The earliest moment at which the next event may pass.
  package var earliest: Moment { Moment(nanoseconds: theoretical - slack) }

  /// Counts an event that passes at `now`.
  package mutating func take(at now: Moment) {
    theoretical = max(theoretical, now.nanoseconds) + interval
  }
}
