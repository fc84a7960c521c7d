import Model
import Testing

@Suite struct JSONSliceTests {
  private func parse(_ text: String) throws -> JSONSlice { try JSONDocument(Array(text.utf8)).root }
  private func spelling(_ value: JSONSlice?) -> String? {
    value.map { String(decoding: $0.bytes, as: UTF8.self) }
  }

  @Test func slicesKeepEveryByte() throws {
    let inner = #"{ "z" : 1.50, "a":1e400,"n":-0 , "id" : 12345678901234567890,"u":"\u00e9\/" ,"z":null }"#
    let text = " { \"code\":\"success\", \"data\" : { \"data\":\(inner)\n} } "
    let root = try parse(text)
    #expect(spelling(root["data"]?["data"]) == inner)
    let task = try #require(root["data"]?["data"])
    #expect(spelling(task["a"]) == "1e400")
    #expect(spelling(task["n"]) == "-0")
    #expect(spelling(task["id"]) == "12345678901234567890")
    #expect(spelling(task["u"]) == #""\u00e9\/""#)
    #expect(task["u"]?.string == "é/")
    #expect(task.range.count == inner.utf8.count)
    #expect(root.range == 1..<(text.utf8.count - 1))
  }

  @Test func membersKeepTheirOrderAndTheLastOfAKeyCounts() throws {
    let root = try parse(#"{"b":1,"a":{"b":9},"b":2,"\u0062":3,"":4}"#)
    #expect(root.members.map(\.key) == ["b", "a", "b", "b", ""])
    #expect(root["b"]?.number == 3)
    #expect(root[""]?.number == 4)
    #expect(root["a"]?["b"]?.number == 9)
    #expect(root["c"] == nil)
    #expect(try parse(#"{"status":"A","status":"B"}"#)["status"]?.string == "B")
  }

  @Test func elements() throws {
    let root = try parse(#"[0,[1,[2]],{"a":[3]},"x",null,true]"#)
    #expect(
      root.elements.map(\.kind) == [.number, .array, .object, .string, .null, .bool] as [JSONSlice.Kind])
    #expect(spelling(root[1]) == "[1,[2]]")
    #expect(root[2]?["a"]?[0]?.number == 3)
    #expect(root[3]?.string == "x")
    #expect(root[4]?.isNull == true)
    #expect(root[5]?.bool == true)
    #expect(root[6] == nil)
    #expect(root[-1] == nil)
    #expect(try parse("[]")[0] == nil)
  }

  @Test func valuesOfOtherKindsAreNil() throws {
    let number = try parse("1")
    #expect(number.string == nil && number.bool == nil && !number.isNull)
    #expect(number["a"] == nil && number[0] == nil)
    #expect(Array(number.elements).isEmpty && Array(number.members).isEmpty)
    #expect(try parse("\"1\"").number == nil)
    #expect(try parse("{}")[0] == nil)
    #expect(try parse("[\"a\"]")["a"] == nil)
    #expect(Array(try parse("{\"a\":1}").elements).isEmpty)
    #expect(try parse("false").bool == false)
  }

  @Test(arguments: [
    (#""""#, ""), (#""a\"\\\/\b\f\n\r\tz""#, "a\"\\/\u{8}\u{c}\n\r\tz"), (#""\u0000""#, "\u{0}"),
    (#""\u00e9\u20AC""#, "é€"), (#""\ud834\udd1e!""#, "𝄞!"), (#""\uDBFF\uDFFF""#, "\u{10FFFF}"),
    (#""\ud834""#, "\u{FFFD}"), (#""\udd1e\ud834""#, "\u{FFFD}\u{FFFD}"), (#""\ud834x""#, "\u{FFFD}x"),
    (#""\ud834\n""#, "\u{FFFD}\n"), (#""\ud834\ud834\udd1e""#, "\u{FFFD}𝄞"),
    (#""\ud834\u0041""#, "\u{FFFD}A"),
    (#""\\ud834""#, "\\ud834"), ("\"é€𝄞\"", "é€𝄞"), (#""日本\n""#, "日本\n"),
  ])
  func strings(text: String, expected: String) throws {
    let string = try #require(try parse(text).string)
    #expect(Array(string.unicodeScalars) == Array(expected.unicodeScalars))
  }

  @Test(arguments: [
    ("0", 0), ("-1", -1), ("1.5", 1.5), ("1E2", 100), ("1e-2", 0.01), ("0.42", 0.42), ("1e-400", 0),
    ("9007199254740993", 9_007_199_254_740_992), ("1e308", 1e308),
  ])
  func numbers(text: String, expected: Double) throws {
    #expect(try parse(text).number == expected)
  }

  @Test func numbersBeyondADouble() throws {
    #expect(try parse("1e400").number == nil)
    #expect(try parse("-1e400").number == nil)
    #expect(try parse("-0").number?.sign == .minus)
  }

  @Test func aByteOrderMarkIsNotPartOfTheValue() throws {
    let root = try parse("\u{FEFF}{\"a\":1}")
    #expect(spelling(root) == "{\"a\":1}")
    #expect(root["a"]?.number == 1)
  }
}
