import Model
import Testing

@testable import Watching

@Suite struct PollTallyTests {
  @Test func theLastMinuteIsCountedBesideAll() {
    var tally = PollTally()
    for second in 0..<90 {
      tally.count(failed: second % 10 == 0, at: .start + .seconds(second))
    }
    #expect(tally.polls == 90)
    #expect(tally.failures == 9)
    let now = Moment.start + .seconds(89)
    #expect(tally.lastMinute(at: now) == (60, 6))
    #expect(tally.lastMinute(at: now + .seconds(30)) == (30, 3))
    #expect(tally.lastMinute(at: now + .seconds(60)) == (0, 0))
  }

  @Test func aSecondThatComesRoundAgainCountsAnew() {
    var tally = PollTally()
    for _ in 0..<5 { tally.count(failed: true, at: .start) }
    tally.count(failed: false, at: .start + .seconds(60))
    #expect(tally.lastMinute(at: .start + .seconds(60)) == (1, 0))
  }
}
