import Testing

@testable import Server

@Suite struct QueryTests {
  @Test func parametersAreDecoded() throws {
    let query = try Query("a=1&b=x+y%20z&c&a=2&d=%C3%A9&e==")
    #expect(query.all("a") == ["1", "2"])
    #expect(try query.one("b") == "x y z")
    #expect(try query.one("c") == "")
    #expect(try query.one("d") == "é")
    #expect(try query.one("e") == "=")
    #expect(try query.one("f") == nil)
    #expect(throws: Problem.self) { try query.one("a") }
  }

  @Test(arguments: ["a=%", "a=%4", "a=%zz", "a=%ff", "%ff=1"]) func othersAreNone(text: String) {
    #expect(throws: Problem.self) { try Query(text[...]) }
  }

  @Test(
    arguments: [("5", 5), ("1", 1), ("10", 10), ("0", nil), ("11", nil), ("x", nil), ("", nil)]
      as [(String, Int?)])
  func numbersAreBounded(text: String, number: Int?) throws {
    let query = try Query("n=\(text)")
    if let number {
      #expect(try query.number("n", in: 1...10) == number)
    } else {
      #expect(throws: Problem.self) { try query.number("n", in: 1...10) }
    }
  }

  @Test func unknownNamesAreRefused() throws {
    try Query("state=x&label.a=b").require(names: ["state"], prefixes: ["label."])
    let error = #expect(throws: Problem.self) { try Query("sate=x").require(names: ["state"]) }
    #expect(error?.detail == #"There is no parameter "sate". Did you mean state?"#)
    #expect(throws: Problem.self) { try Query("label.=x").require(names: [], prefixes: ["label."]) }
  }
}
