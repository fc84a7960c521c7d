import Model

/// Words that are known in any case. Each answer is asked for them in several places, so what cannot be one is told
/// by its length, without a copy.
struct WordSet: Sendable {
  /// In lower case.
  private let words: Set<String>
  /// Of the words, in UTF-8.
  private let lengths: Set<Int>

  init(_ words: [String]) {
    self.words = Set(words.map { $0.lowercased() })
    lengths = Set(self.words.map(\.utf8.count))
  }

  var isEmpty: Bool { words.isEmpty }

  func contains(_ value: JSONSlice) -> Bool {
    // Of ASCII alone it is certain that small letters take as many bytes.
    if let plain = value.plainText, !lengths.contains(plain.count), plain.allSatisfy({ $0 < 0x80 }) {
      return false
    }
    return value.string.map { words.contains($0.lowercased()) } ?? false
  }
}
