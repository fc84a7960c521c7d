import Testing

@testable import Simulator

@Suite struct DiceTests {
  @Test func theStreamIsPinned() {
    // Computed apart from this code: a change would give every seed another meaning.
    var dice = Dice(seed: 1, "id", "", 0)
    #expect(dice.uuid() == "0218c828-15a2-4f38-bc80-de22ac9b07e2")
  }

  @Test func everyPartOfTheSeedMatters() {
    var firsts: Set<UInt64> = []
    for seed in [UInt64(1), 2] {
      for purpose in ["a", "ab"] as [StaticString] {
        for key in ["", "b", "c"] {
          for number in [0, 1, -1] {
            var dice = Dice(seed: seed, purpose, key, number)
            firsts.insert(dice.next())
          }
        }
      }
    }
    #expect(firsts.count == 2 * 2 * 3 * 3)
  }

  @Test func numbersAreSpreadAsTheySay() {
    var dice = Dice(seed: 7, "test")
    let fractions = (0..<20000).map { _ in dice.fraction() }
    #expect(fractions.allSatisfy { (0..<1).contains($0) })
    #expect(abs(fractions.reduce(0, +) / 20000 - 0.5) < 0.01)
    let normals = (0..<20000).map { _ in dice.normal() }
    let variance = normals.map { $0 * $0 }.reduce(0, +) / 20000
    #expect(abs(normals.reduce(0, +) / 20000) < 0.03)
    #expect(abs(variance - 1) < 0.05)
    let sixes = (0..<6000).map { _ in dice.index(below: 6) }
    #expect((0..<6).allSatisfy { side in abs(sixes.count { $0 == side } - 1000) < 150 })
    let weighted = (0..<4000).map { _ in
      dice.pick(weighted: [("a", weight: 3), ("b", weight: 1), ("c", weight: 0)])
    }
    #expect(abs(weighted.count { $0 == "a" } - 3000) < 200)
    #expect(!weighted.contains("c"))
  }

  @Test func uuidsAreOfVersionFour() throws {
    for number in 0..<200 {
      var dice = Dice(seed: 3, "id", "", number)
      let uuid = dice.uuid()
      #expect(
        uuid.wholeMatch(of: /[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}/) != nil)
    }
  }
}
