/// From the escapes of a JSON string to its characters.
enum JSONText {
  /// Decodes a string with escapes, without its quotes; it has passed the scanner. A surrogate without its
  /// other half, which no Swift string can hold, becomes U+FFFD.
  static func decode(_ text: ArraySlice<UInt8>) -> String {
    var characters: [UInt8] = []
    characters.reserveCapacity(text.count)
    var at = text.startIndex
    while at < text.endIndex {
      guard text[at] == UInt8(ascii: "\\") else {
        characters.append(text[at])
        at += 1
        continue
      }
      let letter = text[at + 1]
      at += 2
      switch letter {
      case UInt8(ascii: "b"): characters.append(0x08)
      case UInt8(ascii: "f"): characters.append(0x0C)
      case UInt8(ascii: "n"): characters.append(0x0A)
      case UInt8(ascii: "r"): characters.append(0x0D)
      case UInt8(ascii: "t"): characters.append(0x09)
      case UInt8(ascii: "u"):
        let scalar = unicodeScalar(text, at: &at)
        characters.append(contentsOf: Character(scalar).utf8)
      default: characters.append(letter)
      }
    }
    return String(decoding: characters, as: UTF8.self)
  }

  /// Reads four hexadecimal digits at `at`, and the second escape of a surrogate pair where there is one.
  private static func unicodeScalar(_ text: ArraySlice<UInt8>, at: inout Int) -> Unicode.Scalar {
    let unit = codeUnit(text, at: at)
    at += 4
    if unit & 0xFC00 == 0xD800, at + 6 <= text.endIndex,
      text[at] == UInt8(ascii: "\\"), text[at + 1] == UInt8(ascii: "u")
    {
      let second = codeUnit(text, at: at + 2)
      if second & 0xFC00 == 0xDC00 {
        at += 6
        return Unicode.Scalar(0x10000 + (unit & 0x3FF) << 10 + (second & 0x3FF)) ?? "\u{FFFD}"
      }
    }
    return Unicode.Scalar(unit) ?? "\u{FFFD}"
  }

  private static func codeUnit(_ text: ArraySlice<UInt8>, at: Int) -> UInt32 {
    text[at..<(at + 4)].reduce(0) { $0 << 4 | UInt32(hexValue($1) ?? 0) }
  }

  static func hexValue(_ digit: UInt8) -> UInt8? {
    switch digit {
    case UInt8(ascii: "0")...UInt8(ascii: "9"): digit - UInt8(ascii: "0")
    case UInt8(ascii: "a")...UInt8(ascii: "f"): digit - UInt8(ascii: "a") + 10
    case UInt8(ascii: "A")...UInt8(ascii: "F"): digit - UInt8(ascii: "A") + 10
    default: nil
    }
  }
}
