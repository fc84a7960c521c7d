/// `true` and `false`, and where a boolean is wanted YAML 1.1's `yes no on off`, each in small letters, capitals
/// or with a capital (https://yaml.org/type/bool.html, without its `y` and `n`).
package enum BooleanText {
  private static let words: [(String, Bool)] = [
    ("true", true), ("false", false), ("yes", true), ("no", false), ("on", true), ("off", false),
  ]

  /// The value of one of the words.
  package static func parse(_ text: String) throws(TextProblem) -> Bool {
    for (word, value) in words
    where text == word || text == word.uppercased() || text == word.prefix(1).uppercased() + word.dropFirst()
    {
      return value
    }
    throw TextProblem("is no boolean", suggestion: Nearest.name(to: text, among: words.map(\.0)))
  }
}
