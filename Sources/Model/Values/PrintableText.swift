/// Text from outside, made fit to be stored and shown on a terminal.
package enum PrintableText {
  /// Decodes `bytes` as UTF-8, what is not well-formed becoming U+FFFD, and writes control characters as
  /// `\n`, `\t`, `\x1b` or `\u{202e}`, so that no text can move a cursor, set a colour or reverse a line.
  package static func escape(_ bytes: some Sequence<UInt8>) -> String {
    let whole = String(decoding: Array(bytes), as: UTF8.self)
    // Of most answers nothing is to be escaped.
    if whole.utf8.allSatisfy({ (0x20..<0x7F).contains($0) }) { return whole }
    var text = String()
    for scalar in whole.unicodeScalars { append(scalar, to: &text) }
    return text
  }

  /// `text` cut to at most `limit` bytes of UTF-8, at a character boundary, and ended with `…` where it was
  /// longer.
  package static func cut(_ text: String, to limit: Int) -> String {
    guard text.utf8.count > limit else { return text }
    let mark = "…"
    var kept = ""
    var left = limit - mark.utf8.count
    for character in text {
      left -= character.utf8.count
      if left < 0 { break }
      kept.append(character)
    }
    return limit < mark.utf8.count ? "" : kept + mark
  }

  /// In double quotes, cut to a length that fits a message.
  package static func quoted(_ text: some StringProtocol) -> String {
    "\"\(cut(escape(text.utf8), to: 60))\""
  }

  private static func append(_ scalar: Unicode.Scalar, to text: inout String) {
    switch scalar.value {
    case 0x0A: text += "\\n"
    case 0x0D: text += "\\r"
    case 0x09: text += "\\t"
    case 0..<0x20, 0x7F:
      let hex = String(scalar.value, radix: 16)
      text += "\\x" + (hex.count < 2 ? "0" : "") + hex
    // C1 controls; line and paragraph separators; marks that change the direction of writing.
    case 0x80..<0xA0, 0x2028, 0x2029, 0x200E, 0x200F, 0x202A...0x202E, 0x2066...0x2069:
      text += "\\u{" + String(scalar.value, radix: 16) + "}"
    default: text.unicodeScalars.append(scalar)
    }
  }
}
