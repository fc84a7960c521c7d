import Config

/// How much of each part of a message a service shows; cut before the service's markup is put around.
struct PartLimits: ConfigSection {
  enum Keys {
    static let title = Key(
      "title", .textLimit, default: TextLimit(200, .characters), defaultText: "200 characters",
      doc: "Of the title.")
    static let text = Key(
      "text", .textLimit, default: TextLimit(1500, .characters), defaultText: "1500 characters",
      doc: "Of the text.")
    static let fact = Key(
      "fact", .textLimit, default: TextLimit(200, .characters), defaultText: "200 characters",
      doc: "Of a fact's value, and of a line of a digest.")
    static let facts = Key("facts", .integer(0...50), default: 8, doc: "How many facts.")
    static let links = Key("links", .integer(0...20), default: 5, doc: "How many links to outputs.")
    static let lines = Key("lines", .integer(0...50), default: 10, doc: "How many events of a digest.")
  }

  static let keys = [
    AnyKey(Keys.title), AnyKey(Keys.text), AnyKey(Keys.fact), AnyKey(Keys.facts), AnyKey(Keys.links),
    AnyKey(Keys.lines),
  ]

  let title: TextLimit
  let text: TextLimit
  let fact: TextLimit
  let facts: Int
  let links: Int
  let lines: Int

  init?(_ section: Section) {
    title = section[Keys.title]
    text = section[Keys.text]
    fact = section[Keys.fact]
    facts = section[Keys.facts]
    links = section[Keys.links]
    lines = section[Keys.lines]
  }
}
