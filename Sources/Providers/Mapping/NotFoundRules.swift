import Config
import Model

/// By what an API says that it does not know an id.
package struct NotFoundRules: ConfigSection {
  package enum Keys {
    static let words = TellingKeys.words
    static let at = TellingKeys.at
    static let http = TellingKeys.http(404)
    static let nullAt = Key(
      "null_at", .jsonPaths, default: [], defaultText: "none",
      doc: "Where a null says so in an answer with no status and, if the envelope has a code, a fine one.")
  }

  package static let keys = [AnyKey(Keys.words), AnyKey(Keys.at), AnyKey(Keys.http), AnyKey(Keys.nullAt)]

  let words: WordSet
  package let at: [JSONPath]
  package let http: Set<Int>
  package let nullAt: [JSONPath]

  package init?(_ section: Section) {
    words = WordSet(section[Keys.words])
    at = section[Keys.at]
    http = Set(section[Keys.http])
    nullAt = section[Keys.nullAt]
  }

  /// A bare 404 and nothing else.
  init() {
    words = WordSet([])
    at = []
    http = [404]
    nullAt = []
  }
}
