/// Finds where the content begins that an anchor stands before: libyaml tells only where the anchor does.
/// Goes through a text once, from front to back.
struct AnchorSkipper {
  private let bytes: ArraySlice<UInt8>
  private var byte: Int
  private var scalar = 0

  init(_ text: YAMLText) {
    bytes = text.bytes
    byte = bytes.startIndex
  }

  /// The number of the scalar at which the content begins: past `&name`, spaces, line ends and comments. To be
  /// called with rising numbers.
  mutating func content(afterAnchorAt index: Int) -> Int {
    while scalar < index, byte < bytes.endIndex { advance() }
    skip { !Self.isSpace($0) }
    skip(Self.isSpace)
    while byte < bytes.endIndex, bytes[byte] == UInt8(ascii: "#") {
      skip { $0 != 0x0A && $0 != 0x0D }
      skip(Self.isSpace)
    }
    return byte < bytes.endIndex ? scalar : index
  }

  private static func isSpace(_ byte: UInt8) -> Bool { [0x20, 0x09, 0x0A, 0x0D].contains(byte) }

  private mutating func skip(_ isSkipped: (UInt8) -> Bool) {
    while byte < bytes.endIndex, isSkipped(bytes[byte]) { advance() }
  }

  /// To the next scalar: past one byte and those that continue it (UTF-8's 10xxxxxx).
  private mutating func advance() {
    byte += 1
    while byte < bytes.endIndex, bytes[byte] & 0xC0 == 0x80 { byte += 1 }
    scalar += 1
  }
}
