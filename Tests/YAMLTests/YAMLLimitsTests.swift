import Testing
import YAML

/// Hostile and mistaken files end in one clear error, at little cost.
@Suite(.timeLimit(.minutes(1))) struct YAMLLimitsTests {
  /// Nine levels of ten aliases each: a thousand million nodes in 500 bytes.
  @Test func anAliasBombIsRefused() {
    var text = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n"
    for level in 1...9 {
      let aliases = Array(repeating: "*a\(level - 1)", count: 10).joined(separator: ", ")
      text += "a\(level): &a\(level) [\(aliases)]\n"
    }
    let document = read(text)
    #expect(document.root == nil)
    #expect(
      document.errors.map(\.description) == [
        "6:10: the file holds more than 200000 keys and values, aliases followed: the most that is read"
      ])
  }

  @Test func aBombOfMergesIsRefused() {
    var text = "m0: &m0 {" + (0..<1000).map { "k\($0): x" }.joined(separator: ", ") + "}\n"
    for number in 1...1000 { text += "m\(number): {<<: *m0}\n" }
    let errors = read(text).errors
    #expect(errors.count == 1 && errors[0].message.hasPrefix("the file holds more than 200000"))
  }

  @Test(arguments: ["[", "{", "{a: ", "- ", "? ", "[{"])
  func depthIsBounded(opening: String) {
    for depth in [65, 1000, 300_000] {
      let errors = read(String(repeating: opening, count: depth)).errors
      #expect(errors.last?.message == "mappings and lists nest deeper than 64 levels", "\(opening) \(depth)")
    }
  }

  @Test func depthThroughAliasesIsBounded() {
    var text = "a0: &a0 [x]\n"
    for level in 1...100 { text += "a\(level): &a\(level) [*a\(level - 1)]\n" }
    let errors = read(text).errors
    #expect(errors.map(\.description) == ["64:12: mappings and lists nest deeper than 64 levels"])
    #expect(read(String(repeating: "[", count: 64) + String(repeating: "]", count: 64)).errors.isEmpty)
  }

  @Test func aFileOfTenMegabytesIsRefused() {
    let document = YAMLDocument(Array(repeating: UInt8(ascii: "a"), count: 10 << 20))
    #expect(
      document.errors.map(\.description) == ["1:1: the file is larger than 4096 KiB, the most that is read"])
  }

  /// The largest files that are read at all, in shapes that could cost a parser more than they weigh.
  @Test(arguments: [
    ("a: |\n", " x\n", ""), ("", "&a ", ""), ("", "? x\n", ""), ("", "é", ": é"), ("[", "&a x,", "]"),
    ("", "\n", ""),
  ])
  func largeFilesEndSoon(start: String, middle: String, end: String) {
    let count = (4 << 20) / middle.utf8.count - 16
    let document = read(start + String(repeating: middle, count: count) + end)
    #expect((document.root != nil || !document.errors.isEmpty) == (middle != "\n"))
    #expect(document.errors.allSatisfy { $0.message.count < 200 })
  }
}
