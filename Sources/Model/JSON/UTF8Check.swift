/// Well-formed UTF-8 as in The Unicode Standard, table 3-7: no overlong forms, no surrogates, nothing above
/// U+10FFFF.
enum UTF8Check {
  /// Checks the sequence that begins at `place` with a byte of 0x80 or above; answers the place after it.
  static func sequence(_ text: Span<UInt8>, at place: Int) throws(JSONSyntaxError) -> Int {
    var lowest: UInt8 = 0x80
    var highest: UInt8 = 0xBF
    let length: Int
    switch text[place] {
    case 0xC2...0xDF: length = 2
    case 0xE0: (length, lowest) = (3, 0xA0)
    case 0xE1...0xEC, 0xEE...0xEF: length = 3
    case 0xED: (length, highest) = (3, 0x9F)
    case 0xF0: (length, lowest) = (4, 0x90)
    case 0xF1...0xF3: length = 4
    case 0xF4: (length, highest) = (4, 0x8F)
    default: throw JSONSyntaxError(.notUTF8, at: place)
    }
    for index in (place + 1)..<(place + length) {
      guard index < text.count else { throw JSONSyntaxError(.endsTooSoon, at: text.count) }
      guard text[index] >= lowest, text[index] <= highest else {
        throw JSONSyntaxError(.notUTF8, at: place)
      }
      (lowest, highest) = (0x80, 0xBF)
    }
    return place + length
  }
}
