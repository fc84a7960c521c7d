import Model
import TestSupport
import Testing

@testable import Watching

@Suite struct RosterTests {
  private static func task(_ row: Int64) -> WatchedTask {
    WatchedTask(
      TaskRecord(row: row, ref: TaskRef(source: "runway", id: "t\(row)"), firstSeen: .start), now: .start,
      wall: .start)
  }

  /// Against a Dictionary, over many comings and goings: rows that follow each other, are far apart, and clash.
  @Test(arguments: [UInt64(1), 2, 3]) func rowsAreFoundAsInADictionary(seed: UInt64) {
    var random = SeededRandom(seed: seed)
    var roster = Roster()
    var expected: [Int64: Int] = [:]
    let rows = (1...300).map { Int64($0) } + (1...300).map { Int64($0) << 32 } + [.max, .max - 1]
    for _ in 0..<20_000 {
      let row = rows.randomElement(using: &random)!
      if let slot = expected[row], Bool.random(using: &random) {
        roster.remove(slot: slot)
        expected[row] = nil
      } else if let place = roster.insert(Self.task(row)) {
        #expect(expected.updateValue(place.slot, forKey: row) == nil)
      } else {
        #expect(expected[row] != nil)
      }
      let asked = rows.randomElement(using: &random)!
      #expect(roster.slot(ofRow: asked) == expected[asked])
    }
    #expect(roster.count == expected.count)
    for row in rows { #expect(roster.slot(ofRow: row) == expected[row]) }
  }

  @Test func roomIsMadeAhead() {
    var roster = Roster()
    _ = roster.insert(Self.task(7))
    roster.reserve(10_000)
    #expect(roster.slot(ofRow: 7) == 0 && roster.count == 1)
    for row in 8..<5000 { #expect(roster.insert(Self.task(Int64(row)))?.slot == row - 7) }
    #expect(roster.slot(ofRow: 4999) == 4992 && roster.slot(ofRow: 5000) == nil)
  }

  /// Waits of a minute and more, and what remains of them, end together.
  @Test func longWaitsEndAtWholeSeconds() {
    let now = Moment(milliseconds: 10_001)
    func due(_ rest: Int, of wait: Int, every: Int) -> Int64 {
      SourceWatcher.due(
        in: .milliseconds(rest), of: .milliseconds(wait), atLeast: .milliseconds(every), from: now
      ).milliseconds
    }
    for (wait, moment) in [
      (59_999, 70_000), (60_000, 71_000), (60_998, 71_000), (60_999, 71_000), (61_000, 72_000),
    ] { #expect(due(wait, of: wait, every: wait) == Int64(moment), "\(wait)") }
    // Never longer than they may be, and never shorter.
    #expect(due(60_000, of: 60_000, every: 6_000) == 70_000)
    #expect(due(60_000, of: 60_000, every: 59_001) == 71_000)
    #expect(due(60_000, of: 60_000, every: 59_000) == 70_000)
    #expect(due(1, of: 60_000, every: 60_000) == 11_000)
    #expect(due(1, of: 59_999, every: 59_999) == 10_002)
    #expect(due(0, of: 3_600_000, every: 3_600_000) == 10_001)
  }
}
