import Model
import Testing

@testable import Watching

@Suite struct DurationModelTests {
  private static let unknown = DurationDistribution.unknown(every: 6, price: 0.06)

  @Test func stepsHoldTheirEdges() {
    #expect(AgeScale.edges.count == AgeScale.count + 1)
    for (age, step) in [(0, 0), (0.2, 0), (0.26, 1), (0.5, 9), (1e9, 143), (.infinity, 143)]
      as [(Double, Int)]
    {
      #expect(AgeScale.step(of: age) == step, "\(age)")
    }
    for step in 1..<AgeScale.count {
      #expect(AgeScale.step(of: AgeScale.middle(of: step)) == step)
    }
  }

  @Test func nothingKnownIsThePlainPace() {
    let table = HazardTable(Self.unknown)
    let rules = WatchRules()
    for age in stride(from: 0.0, through: 3000, by: 37) {
      let plain = Pace.wait(still: .seconds(age), rules: rules).seconds
      let wait = table.wait(from: age, until: (2 * 0.06).squareRoot())
      #expect(abs(wait - plain) < 0.12 * plain, "at \(age) s: \(wait), not \(plain)")
    }
  }

  /// A constant hazard has the same wait at each age; the price of four times it, twice that.
  @Test func waitsFollowTheRootOfTheHazard() {
    let slow = HazardTable(.unknown(every: 6, price: 0.06))
    let fast = HazardTable(.unknown(every: 3, price: 0.06))
    #expect(abs(slow.wait(from: 20, until: 0.3) / fast.wait(from: 20, until: 0.3) - 2) < 0.01)
    #expect(abs(slow.wait(from: 20, until: 0.6) / slow.wait(from: 20, until: 0.3) - 2) < 0.01)
  }

  @Test func aWaitDoesNotLeapOverAHump() {
    var model = DurationModel()
    for _ in 0..<50 { model.learn(from: 98, to: 102, prior: Self.unknown) }
    let table = HazardTable(model.known!)
    // The hazard at 20 s alone would allow for a wait of minutes.
    let wait = table.wait(from: 20, until: 0.35)
    #expect(wait > 40 && wait < 90, "\(wait)")
    #expect(table.wait(from: 100, until: 0.35) < 6)
  }

  @Test func whatIsSeenIsTheMedian() throws {
    var model = DurationModel()
    for end in 0..<200 {
      model.learn(from: Double(80 + end % 20), to: Double(86 + end % 20), prior: Self.unknown)
    }
    let median = try #require(model.known).median
    #expect(median > 85 && median < 100, "\(median)")
    #expect(model.count == 200)
  }

  @Test func whatLastsThreeTimesAsLongIsNoticed() throws {
    var model = DurationModel()
    for end in 0..<300 {
      model.learn(from: Double(25 + end % 10), to: Double(31 + end % 10), prior: Self.unknown)
    }
    for end in 0..<15 { model.learn(from: Double(85 + end), to: Double(91 + end), prior: Self.unknown) }
    #expect(try #require(model.known).median > 80)
    #expect(model.memory.size < 30, "what was before is forgotten")
  }

  /// Even where both ends of a wait are the same, or the wait is longer than all that is known.
  @Test func oddDurationsAreTaken() {
    var model = DurationModel()
    for (low, high) in [(0, 1e-9), (0, 1e9), (5, 5), (70_000, 80_000), (0, .infinity)] as [(Double, Double)] {
      model.learn(from: low, to: high, prior: Self.unknown)
      let known = model.known!
      let sum = known.shares.reduce(0, +) + known.beyond
      #expect(abs(sum - 1) < 1e-3 && known.shares.allSatisfy { $0 >= 0 }, "\(low) to \(high): \(sum)")
    }
  }
}
