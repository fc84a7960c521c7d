import Model

/// What of the signals that came together is to be done, and in which order.
///
/// A task that was removed, added again, removed and so on is taken up once, as it stands now: a record that is
/// taken up twice would be polled, and its next event numbered, twice. New tasks come last, so that one that
/// was also added again is known by then.
enum SignalOrder {
  static func of(_ signals: [Signal]) -> [Signal] {
    var last: [Int64: Int] = [:]
    for (index, signal) in signals.enumerated() {
      if let row = row(of: signal) { last[row] = index }
    }
    let kept = signals.enumerated().filter { index, signal in
      row(of: signal).map { last[$0] == index } ?? true
    }.map(\.element)
    return kept.filter { $0 != .tasksAdded } + kept.filter { $0 == .tasksAdded }
  }

  private static func row(of signal: Signal) -> Int64? {
    switch signal {
    case .watchAgain(let record): record.row
    case .unwatch(let row, _): row
    case .tasksAdded, .replayed, .resumed, .savesOrdered, .callbackSet: nil
    }
  }
}
