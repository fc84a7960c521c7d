import Foundation
import Model
import Testing

/// Strings are looked through eight bytes at a time: what is special in them is found wherever it stands.
@Suite struct JSONStringTests {
  @Test(arguments: 0...25)
  func whatIsSpecialIsFoundAnywhere(place: Int) throws {
    for length in place...26 {
      let before = String(repeating: "x", count: place)
      let after = String(repeating: "\u{7F}", count: length - place)
      for special in [#"\""#, #"\\"#, #"\u00e9"#, "é", "\u{80}", "€", "😀", "~", " ", "!", "#", "[", "]"] {
        let text = "[\"" + before + special + after + "\",\"end\"]"
        let root = try JSONDocument(Array(text.utf8)).root
        let expected = try JSONDecoder().decode([String].self, from: Data(text.utf8))
        #expect(root.elements.map(\.string) == expected)
      }
      for wrong: UInt8 in [0x00, 0x0A, 0x1F, 0x80, 0xC3, 0xFF] {
        var bytes = Array(("\"" + before).utf8)
        bytes.append(wrong)
        bytes += Array((after + "\"").utf8)
        #expect(throws: (any Error).self) { try JSONDocument(bytes) }
      }
    }
  }
}
