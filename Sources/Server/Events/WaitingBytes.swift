import Model

/// What was handed to a connection and has not gone out yet. A value.
struct WaitingBytes {
  private(set) var bytes = 0
  /// Those before `gone` have left.
  private var writes: [(bytes: Int, since: Moment)] = []
  private var gone = 0

  mutating func add(_ count: Int, at now: Moment) {
    bytes += count
    writes.append((count, now))
  }

  /// The oldest write has gone out.
  mutating func left() {
    guard gone < writes.count else { return }
    bytes -= writes[gone].bytes
    gone += 1
    if gone == writes.count || gone >= 64 {
      writes.removeFirst(gone)
      gone = 0
    }
  }

  /// Since when the oldest of it waits; nil where nothing does.
  var since: Moment? { gone < writes.count ? writes[gone].since : nil }
}
