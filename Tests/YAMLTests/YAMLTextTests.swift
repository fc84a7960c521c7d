import Testing
import YAML

@Suite struct YAMLTextTests {
  @Test(
    arguments: [
      ([0x61, 0x3A, 0x20, 0xFF], "1:4: the file is not valid UTF-8 here"),
      ([0x61, 0x0A, 0xC3, 0xA9, 0xC3, 0x28], "2:2: the file is not valid UTF-8 here"),
      ([0x61, 0xED, 0xA0, 0x80], "1:2: the file is not valid UTF-8 here"),
      ([0x61, 0xC0, 0x80], "1:2: the file is not valid UTF-8 here"),
      ([0x61, 0xF0, 0x9F], "1:2: the file is not valid UTF-8 here"),
      ([0xFF, 0xFE, 0x61, 0x00], "1:1: the file is UTF-16; save it as UTF-8"),
      ([0xFE, 0xFF, 0x00, 0x61], "1:1: the file is UTF-16; save it as UTF-8"),
      ([0x61, 0x00, 0x3A, 0x00], "1:2: a NUL character; the file is not UTF-8 text"),
      ([0x61, 0x3A, 0x20, 0x1B, 0x5B], "1:4: a control character (U+001B) cannot stand in a YAML file"),
      ([0x61, 0x7F], "1:2: a control character (U+007F) cannot stand in a YAML file"),
      ([0x61, 0xEF, 0xBB, 0xBF], "1:2: a byte order mark (U+FEFF) may only begin the file"),
    ] as [([UInt8], String)])
  func whatIsNoTextIsRefused(bytes: [UInt8], error: String) {
    let document = YAMLDocument(bytes)
    #expect(document.root == nil)
    #expect(document.errors.map(\.description) == [error])
  }
}
