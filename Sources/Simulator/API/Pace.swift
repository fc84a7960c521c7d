import Model

/// Counts requests by caller in windows as long as the rate's period; each begins with its first request.
struct Pace {
  let rate: Rate
  private var windows: [String: (end: Moment, used: Int)] = [:]

  init(_ rate: Rate) { self.rate = rate }

  /// nil where the request is within the rate, else how long the caller has to wait.
  mutating func excess(caller: String, now: Moment) -> Duration? {
    var window = windows[caller] ?? (now, 0)
    if now >= window.end {
      window = (now + rate.per, 0)
      // Windows that have passed are only swept when there are many, at a cost that the new ones share.
      if windows.count >= sweepAt {
        windows = windows.filter { $0.value.end > now }
        sweepAt = max(1024, windows.count * 2)
      }
    }
    if window.used >= rate.count { return window.end - now }
    window.used += 1
    windows[caller] = window
    return nil
  }

  private var sweepAt = 1024
}
