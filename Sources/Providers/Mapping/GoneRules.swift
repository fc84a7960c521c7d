import Config
import Model

/// By what an API says that asking again for an id will not help.
package struct GoneRules: ConfigSection {
  package enum Keys {
    static let words = TellingKeys.words
    static let at = TellingKeys.at
    static let http = TellingKeys.http(410)
  }

  package static let keys = [AnyKey(Keys.words), AnyKey(Keys.at), AnyKey(Keys.http)]

  let words: WordSet
  package let at: [JSONPath]
  package let http: Set<Int>

  package init?(_ section: Section) {
    words = WordSet(section[Keys.words])
    at = section[Keys.at]
    http = Set(section[Keys.http])
  }

  /// A bare 410 and nothing else (RFC 9110 section 15.5.11).
  init() {
    words = WordSet([])
    at = []
    http = [410]
  }
}
