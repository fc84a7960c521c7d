import Testing

@testable import taskhook_bench

@Suite struct OrderTests {
  @Test func namesChooseAndNoneMeansAll() throws {
    #expect(try #require(Order([])).chosen == Measurement.allCases)
    #expect(try #require(Order(["memory", "polls", "memory"])).chosen == [.polls, .memory])
  }

  @Test func figuresAreWrittenWhereItSays() throws {
    let order = try #require(Order(["--write", "README.md", "polls"]))
    #expect(order.document == "README.md")
    #expect(order.chosen == [.polls])
  }

  @Test func instructionsAreRecordedOrHeldAgainst() throws {
    #expect(try #require(Order(["instructions", "--record"])).records)
    #expect(try #require(Order(["instructions", "--against", "a.txt"])).standard == "a.txt")
  }

  @Test(arguments: [
    ["spolls"], ["--write"], ["instructions", "--against"], ["--record"], ["polls", "--record"],
    ["instructions", "--record", "--against", "a.txt"],
  ])
  func whatMakesNoSenseIsRefused(_ arguments: [String]) {
    #expect(Order(arguments) == nil)
  }
}
