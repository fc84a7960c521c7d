import Model

/// Makes text of events fit for a message.
enum PlainText {
  /// Without control characters but line feeds and tabs: some services refuse a message for a NUL. A carriage
  /// return ends a line.
  static func clean(_ text: String) -> String {
    guard text.unicodeScalars.contains(where: isControl) else { return text }
    var clean = String.UnicodeScalarView()
    var wasReturn = false
    for scalar in text.unicodeScalars {
      if scalar == "\r" {
        clean.append("\n")
      } else if isControl(scalar) {
        clean.append("\u{FFFD}")
      } else if !(wasReturn && scalar == "\n") {
        clean.append(scalar)
      }
      wasReturn = scalar == "\r"
    }
    return String(clean)
  }

  /// The same without white space around it.
  static func trimmed(_ text: String) -> String { String(Substring(clean(text)).trimmed) }

  /// The same, cut.
  static func cut(_ text: String, _ limit: TextLimit) -> String {
    MarkupCut.cut(trimmed(near(text, limit)), to: limit)
  }

  /// The same on one line.
  static func line(_ text: String, _ limit: TextLimit) -> String {
    let words = clean(near(text, limit)).split(whereSeparator: \.isWhitespace)
    return MarkupCut.cut(words.joined(separator: " "), to: limit)
  }

  /// What is far beyond a limit is not looked at: characters of more than 16 scalars are no writing.
  private static func near(_ text: String, _ limit: TextLimit) -> String {
    text.utf8.count <= limit.count * 16 ? text : String(text.unicodeScalars.prefix(limit.count * 16))
  }

  private static func isControl(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.value {
    case 0x09, 0x0A: false
    case 0..<0x20, 0x7F..<0xA0: true
    default: false
    }
  }
}
