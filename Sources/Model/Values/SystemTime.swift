import Glibc

/// The machine's clocks. `now` counts through suspension and ignores changes of the wall clock.
package struct SystemTime: TimeSource {
  /// What the clock that never jumps lacks to the time since 1970.
  private let offset: Int64

  package init() { offset = Self.nanoseconds(CLOCK_REALTIME) - Self.nanoseconds(CLOCK_BOOTTIME) }

  package var now: Moment { Moment(nanoseconds: Self.nanoseconds(CLOCK_BOOTTIME) + offset) }

  package var wall: Timestamp {
    Timestamp(milliseconds: Self.nanoseconds(CLOCK_REALTIME) / 1_000_000)
  }

  package func sleep(until moment: Moment) async throws {
    let wait = moment - now
    if wait > .zero { try await ContinuousClock().sleep(for: wait) } else { try Task.checkCancellation() }
  }

  private static func nanoseconds(_ clock: clockid_t) -> Int64 {
    var time = timespec()
    clock_gettime(clock, &time)
    return Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec)
  }
}
