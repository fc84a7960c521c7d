import Model
import Testing

@testable import Simulator

@Suite struct PaceTests {
  private func at(_ milliseconds: Int64) -> Moment { Moment(milliseconds: 1_000_000 + milliseconds) }

  @Test func soManyPassInEachPeriod() {
    var pace = Pace(Rate(3, per: .seconds(1)))
    for time in [0, 100, 900] as [Int64] { #expect(pace.excess(caller: "a", now: at(time)) == nil) }
    #expect(pace.excess(caller: "a", now: at(900)) == .milliseconds(100))
    #expect(pace.excess(caller: "a", now: at(999)) == .milliseconds(1))
    for time in [1000, 1500, 1999] as [Int64] { #expect(pace.excess(caller: "a", now: at(time)) == nil) }
    #expect(pace.excess(caller: "a", now: at(1999)) == .milliseconds(1))
  }

  @Test func callersAreCountedApart() {
    var pace = Pace(Rate(1, per: .seconds(60)))
    for number in 0..<5000 { #expect(pace.excess(caller: "\(number)", now: at(0)) == nil) }
    #expect(pace.excess(caller: "17", now: at(1)) == .milliseconds(59_999))
    // Those that have passed are swept; the rest stays.
    for number in 0..<20000 { #expect(pace.excess(caller: "\(number)", now: at(60_000)) == nil) }
    #expect(pace.excess(caller: "4999", now: at(60_000)) == .seconds(60))
  }
}
