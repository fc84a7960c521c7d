import Foundation
import Model
import Testing

/// What is JSON and what is not, after the cases of Nicolas Seriot's JSONTestSuite (y_, n_ and i_).
@Suite struct JSONGrammarTests {
  @Test(arguments: [
    "[]", "{}", "null", "true", "false", "0", "-0", "\"\"", " \t\r\n1 \t\r\n", "[[]   ]", "[\"\"]",
    "[0e+1]", "[0e1]", "[1E22]", "[1E+2]", "[1E-2]", "[123.456e78]", "[-123]", "[20e1]", "[-0.1]", "[1e400]",
    "[123456789012345678901234567890.123456789012345678901234567890]", "[0.4e66]", "[null,1,\"1\",{}]",
    "{\"a\":\"b\",\"a\":\"c\"}", "{\"\":0}", "{\"foo\\u0000bar\": 42}", "{\"a\":[{\"b\":[]}]}",
    "[\"\\u0060\\u012a\\u12AB\"]", "[\"\\uD801\\udc37\"]", "[\"\\\"\\\\\\/\\b\\f\\n\\r\\t\"]",
    "[\"\\\\u0000\"]", "[\"a/*b*/c\"]", "[\"\\uFFFF\"]", "[\"\u{10FFFF}\"]", "[\"\u{7F}\"]",
    "[\"€𝄞\u{2028}\u{2029}\"]", "[\"\\uD834\"]", "[\"\\uDd1e\\uD834\"]", "[\"\\ud800\\ud800\"]",
    "[\"\\uD800\\n\"]", "[1,\n1\n,1]", "\"\\u0022\"", "\u{FEFF}{}", "[true ]", "[ 4]",
  ])
  func accepted(text: String) throws {
    let document = try JSONDocument(Array(text.utf8))
    let trimmed = text.drop { "\u{FEFF} \t\r\n".contains($0) }
      .reversed().drop { $0.isWhitespace }.reversed()
    #expect(String(decoding: document.root.bytes, as: UTF8.self) == String(trimmed))
  }

  @Test(
    arguments: [
      ("", 0, .empty), (" ", 1, .empty), ("\u{FEFF}", 3, .empty), ("[", 1, .endsTooSoon),
      ("{", 1, .endsTooSoon), ("[1", 2, .endsTooSoon), ("[1,", 3, .endsTooSoon), ("{\"a\"", 4, .endsTooSoon),
      ("{\"a\":", 5, .endsTooSoon), ("{\"a\":1", 6, .endsTooSoon), ("{\"a\":1,", 7, .endsTooSoon),
      ("\"", 1, .endsTooSoon), ("\"\\", 2, .endsTooSoon), ("\"\\u12", 5, .endsTooSoon),
      ("-", 1, .endsTooSoon),
      ("1.", 2, .endsTooSoon), ("1e", 2, .endsTooSoon), ("1e+", 3, .endsTooSoon), ("nul", 3, .endsTooSoon),
      ("[1,]", 3, .expectedValue), ("[,1]", 1, .expectedValue), ("[1,,2]", 3, .expectedValue),
      ("{\"a\":}", 5, .expectedValue), ("[a]", 1, .expectedValue), ("truE", 0, .expectedValue),
      ("nulL", 0, .expectedValue), ("[NaN]", 1, .expectedValue), ("[Infinity]", 1, .expectedValue),
      ("[+1]", 1, .expectedValue), ("[.5]", 1, .expectedValue), ("['a']", 1, .expectedValue),
      ("<html>", 0, .expectedValue), ("*", 0, .expectedValue), ("]", 0, .expectedValue),
      ("[-]", 2, .badNumber), ("[-a]", 2, .badNumber), ("[01]", 2, .badNumber), ("[-01]", 3, .badNumber),
      ("[1.]", 3, .badNumber), ("[1.e1]", 3, .badNumber), ("[1e]", 3, .badNumber), ("[1eE2]", 3, .badNumber),
      ("[1e+]", 4, .badNumber), ("[1.2.3]", 4, .expectedCommaOrBracket),
      ("[0x1]", 2, .expectedCommaOrBracket),
      ("[1 2]", 3, .expectedCommaOrBracket), ("[1}", 2, .expectedCommaOrBracket),
      ("[1:2]", 2, .expectedCommaOrBracket), ("[\"a\" \"b\"]", 5, .expectedCommaOrBracket),
      ("{\"a\":1]", 6, .expectedCommaOrBrace), ("{\"a\":1 \"b\":2}", 7, .expectedCommaOrBrace),
      ("{a:1}", 1, .expectedKey), ("{1:1}", 1, .expectedKey), ("{\"a\":1,}", 7, .expectedKey),
      ("{,}", 1, .expectedKey), ("{null:1}", 1, .expectedKey), ("{\"a\",1}", 4, .expectedColon),
      ("{\"a\" 1}", 5, .expectedColon), ("[\"\\x41\"]", 3, .badEscape), ("[\"\\u00G0\"]", 6, .badEscape),
      ("[\"\\U0041\"]", 3, .badEscape), ("[\"\\é\"]", 3, .badEscape), ("[\"a\u{0}b\"]", 3, .controlCharacter),
      ("[\"a\nb\"]", 3, .controlCharacter), ("[\"\t\"]", 2, .controlCharacter), ("[]]", 2, .trailing),
      ("{}}", 2, .trailing), ("1 2", 2, .trailing), ("{} // x", 3, .trailing), ("\"a\"x", 3, .trailing),
      ("nullx", 4, .trailing), ("\u{FEFF}\u{FEFF}1", 3, .expectedValue), ("\u{A0}1", 0, .expectedValue),
      ("[1\u{0B}]", 2, .expectedCommaOrBracket),
    ] as [(String, Int, JSONSyntaxError.Problem)])
  func refused(text: String, offset: Int, problem: JSONSyntaxError.Problem) {
    #expect(throws: JSONSyntaxError(problem, at: offset)) { try JSONDocument(Array(text.utf8)) }
  }

  /// Ill-formed UTF-8 inside a string: the offset is that of the sequence's first byte.
  @Test(
    arguments: [
      [0x80], [0xBF], [0xC0, 0xAF], [0xC1, 0xBF], [0xC3, 0x28], [0xE0, 0x80, 0x80], [0xE0, 0x9F, 0xBF],
      [0xE2, 0x28, 0xA1], [0xED, 0xA0, 0x80], [0xED, 0xBF, 0xBF], [0xF0, 0x80, 0x80, 0x80],
      [0xF0, 0x8F, 0xBF, 0xBF], [0xF4, 0x90, 0x80, 0x80], [0xF5, 0x80, 0x80, 0x80], [0xF8], [0xFE], [0xFF],
      [0xF1, 0x80, 0x80, 0x22], [0xE1, 0x80, 0xC0],
    ] as [[UInt8]])
  func illFormedUTF8(bytes: [UInt8]) {
    #expect(throws: JSONSyntaxError(.notUTF8, at: 2)) {
      try JSONDocument([UInt8(ascii: "["), UInt8(ascii: "\"")] + bytes + Array("\"]".utf8))
    }
    #expect(throws: JSONSyntaxError.self) { try JSONDocument([0x22] + bytes) }
  }

  @Test(
    arguments: [
      [0xFF, 0xFE, 0x7B, 0x00, 0x7D, 0x00], [0x7B, 0x00, 0x7D, 0x00], [0xEF, 0xBB, 0x7B, 0x7D], [0xE5],
      [0x00],
    ] as [[UInt8]])
  func otherEncodings(bytes: [UInt8]) {
    #expect(throws: JSONSyntaxError.self) { try JSONDocument(bytes) }
  }

  @Test func nesting() throws {
    func nested(_ depth: Int, _ open: String, _ close: String) -> [UInt8] {
      Array((String(repeating: open, count: depth) + String(repeating: close, count: depth)).utf8)
    }
    _ = try JSONDocument(nested(JSONDocument.deepest, "[", "]"))
    #expect(throws: JSONSyntaxError(.tooDeep, at: 512)) { try JSONDocument(nested(513, "[", "]")) }
    #expect(throws: JSONSyntaxError.self) { try JSONDocument(nested(1_000_000, "[", "")) }
    #expect(throws: JSONSyntaxError(.tooDeep, at: 512 * 5)) {
      try JSONDocument(nested(600, "{\"a\":", ""))
    }
  }

  /// Texts cut short or with bytes changed neither crash nor are taken where Foundation's parser refuses them
  /// for their form.
  @Test func mutationsNeverCrash() {
    let seed = Array(
      #"{"id":"d0658","n":[-1.5e+3,0,true,false,null,{"k\u00e9\ud83d\ude00":"é€𝄞"}],"o":{"a":[[],{}]},"p":0.42}"#
        .utf8)
    for length in 0..<seed.count {
      #expect(throws: JSONSyntaxError.self) { try JSONDocument(Array(seed[..<length])) }
    }
    var random = SplitMix(state: 7)
    let telling = Array("{}[]\",:\\u0eE+-.tfn \n\u{0}".utf8) + [0x80, 0xC3, 0xED, 0xF4, 0xFF]
    var taken = 0
    for _ in 0..<20_000 {
      var text = seed
      for _ in 0...(random.next() % 3) {
        let place = Int(random.next() % UInt64(text.count))
        switch random.next() % 3 {
        case 0: text[place] = telling[Int(random.next() % UInt64(telling.count))]
        case 1: text.remove(at: place)
        default: text.insert(telling[Int(random.next() % UInt64(telling.count))], at: place)
        }
      }
      guard let document = try? JSONDocument(text) else { continue }
      taken += 1
      visit(document.root)
      let foundation = try? JSONSerialization.jsonObject(with: Data(text), options: .fragmentsAllowed)
      // Foundation refuses lone surrogates and keys that repeat; the form is right all the same.
      if foundation == nil {
        let spelt = String(decoding: text, as: UTF8.self)
        #expect(spelt.contains("\\u") || spelt.contains("e+"), "\(spelt)")
      }
    }
    #expect(taken > 500)
  }

  private func visit(_ value: JSONSlice) {
    _ = (value.string, value.number, value.bool, value.bytes)
    for element in value.elements { visit(element) }
    for (key, member) in value.members {
      #expect(value[key] != nil)
      visit(member)
    }
  }
}

/// A small seeded generator (Steele, Lea, Flood: SplitMix64), so that a failure repeats.
private struct SplitMix {
  var state: UInt64

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var mixed = state
    mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
    return mixed ^ (mixed >> 31)
  }
}
