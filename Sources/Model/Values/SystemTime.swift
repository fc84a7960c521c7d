import Foundation

/// The machine's clocks. `now` counts through suspension and ignores changes of the wall clock.
package struct SystemTime: TimeSource {
  private let start = ContinuousClock.now
  private let origin: Int64

  package init() { origin = Self.wallNanoseconds() }

  package var now: Moment {
    Moment(nanoseconds: origin + (ContinuousClock.now - start).nanoseconds)
  }

  package var wall: Timestamp { Timestamp(milliseconds: Self.wallNanoseconds() / 1_000_000) }

  package func sleep(until moment: Moment) async throws {
    let wait = moment - now
    if wait > .zero { try await ContinuousClock().sleep(for: wait) } else { try Task.checkCancellation() }
  }

  private static func wallNanoseconds() -> Int64 {
    var time = timespec()
    clock_gettime(CLOCK_REALTIME, &time)
    return Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec)
  }
}
