import Config

/// The most of a text that a service takes, counted as the service counts: `3000 characters`.
struct TextLimit: Sendable, Equatable {
  enum Unit: String, Sendable, CaseIterable {
    /// Unicode scalars (code points).
    case characters
    /// UTF-16 code units: what JavaScript calls the length of a text.
    case utf16
    /// Bytes of UTF-8.
    case bytes
  }

  var count: Int
  var unit: Unit

  init(_ count: Int, _ unit: Unit) {
    self.count = count
    self.unit = unit
  }

  /// How long a text is.
  func length(of text: some StringProtocol) -> Int {
    switch unit {
    case .characters: text.unicodeScalars.count
    case .utf16: text.utf16.count
    case .bytes: text.utf8.count
    }
  }

  /// Whether a text fits. Bytes are known at once, and there are never fewer of them than of the others.
  func holds(_ text: String) -> Bool { text.utf8.count <= count || length(of: text) <= count }

  static let expected = "a number and what it counts, such as 3000 characters, 4096 utf16 or 255 bytes"
}

extension ValueType where Value == TextLimit {
  static var textLimit: ValueType<TextLimit> {
    ValueType<String>.string.described(
      summary: "text limit", expected: TextLimit.expected, example: "3000 characters"
    ).refine { text, node in
      let words = text.split(separator: " ")
      if words.count == 2, let count = Int(words[0]), count > 0,
        let unit = TextLimit.Unit(rawValue: String(words[1]))
      {
        return TextLimit(count, unit)
      }
      node.fail("\(node.shown) is no limit", expected: TextLimit.expected)
      return nil
    }
  }
}
