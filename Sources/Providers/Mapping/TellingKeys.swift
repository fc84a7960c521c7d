import Config
import Model

/// The keys by which a mapping says what an answer tells of an id by a word or an HTTP status.
enum TellingKeys {
  static let words = Key(
    "words", .oneOrMany(of: .string), default: [], defaultText: "none",
    doc: "Words that say so wherever `at` leads, in any case and whatever the HTTP status.")
  static let at = Key("at", .jsonPaths, default: [], defaultText: "none", doc: "Where the words may stand.")

  static func http(_ usual: Int) -> Key<[Int], [Int]> {
    Key(
      "http", .oneOrMany(of: .integer(400...599)), default: [usual],
      doc: "HTTP statuses that say so, whatever the body.")
  }
}
