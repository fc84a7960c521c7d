import Model
import Testing

@testable import Watching

@Suite struct PollGridTests {
  private static let grid = PollGrid(origin: .start, step: .seconds(6))

  /// When the task was due, when it is now, how long it is to wait, and when it is due next: seconds from the start.
  @Test(arguments: [
    (0, 0.01, 6, 6), (6, 6.2, 6, 12), (6, 6.2, 6.3, 18), (6, 6.2, 60, 66),
    // Out of step: a new task waits for the step after the next.
    (2, 2, 6, 12), (11.9, 11.9, 6, 18), (12, 12, 6, 18),
    // Long after its time.
    (6, 100, 6, 108), (6, 102, 6, 108),
    // An answer that took longer than the wait.
    (6, 7, 1, 12), (0, 0, 0, 6),
  ])
  func dueNext(due: Double, now: Double, wait: Double, next: Double) {
    func moment(_ seconds: Double) -> Moment { .start + .nanoseconds(Int64((seconds * 1e9).rounded())) }
    #expect(
      Self.grid.next(after: moment(due), wait: .nanoseconds(Int64(wait * 1e9)), now: moment(now))
        == moment(next))
  }

  @Test func noTaskIsDueMoreOftenThanOnceAStep() {
    var random = SystemRandomNumberGenerator()
    for _ in 0..<2000 {
      let due = Moment.start + .milliseconds(Int.random(in: 0..<100_000, using: &random))
      let now = due + .milliseconds(Int.random(in: 0..<20_000, using: &random))
      let wait = Duration.milliseconds(Int.random(in: 0..<90_000, using: &random))
      let next = Self.grid.next(after: due, wait: wait, now: now)
      #expect(next >= now && next - due >= min(wait, .seconds(6)))
      #expect((next - .start).milliseconds % 6000 == 0)
    }
  }
}
