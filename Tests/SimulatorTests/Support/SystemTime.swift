import Foundation
import Model

/// The machine's own clock.
struct SystemTime: TimeSource {
  var now: Moment { Moment(nanoseconds: Int64(clock_gettime_nsec(CLOCK_MONOTONIC))) }
  var wall: Timestamp { Timestamp(milliseconds: Int64(clock_gettime_nsec(CLOCK_REALTIME) / 1_000_000)) }

  func sleep(until moment: Moment) async throws { try await Task.sleep(for: moment - now) }

  private func clock_gettime_nsec(_ clock: clockid_t) -> UInt64 {
    var time = timespec()
    clock_gettime(clock, &time)
    return UInt64(time.tv_sec) * 1_000_000_000 + UInt64(time.tv_nsec)
  }
}
