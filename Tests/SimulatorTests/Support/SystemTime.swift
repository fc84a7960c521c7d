import Foundation
import Model

/// The machine's own clock.
struct SystemTime: TimeSource {
  var now: Moment { Moment(nanoseconds: read(CLOCK_MONOTONIC)) }
  var wall: Timestamp { Timestamp(milliseconds: read(CLOCK_REALTIME) / 1_000_000) }

  func sleep(until moment: Moment) async throws { try await Task.sleep(for: moment - now) }

  private func read(_ clock: clockid_t) -> Int64 {
    var time = timespec()
    clock_gettime(clock, &time)
    return Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec)
  }
}
