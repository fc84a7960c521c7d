import Config
import Templates

/// What is told of one type of event, in plain text: services dress it as they can.
struct MessageText: ConfigSection {
  enum Keys {
    static let level = Key(
      "level", .word(ChatLevel.self), required: true, doc: "How good or bad the news is.")
    static let icon = Key("icon", .string, required: true, doc: "One emoji.")
    static let title = Key(
      "title", .messageText, required: true, doc: "The news in one line, with the name of what it is about.")
    static let text = Key("text", .messageText, defaultText: "none", doc: "What more there is to say.")
    static let about = Key(
      "about", .messageText, required: true, doc: "What it is about: the same for news of the same thing.")
    static let facts = Key(
      "facts", .map(of: .messageText), default: [], defaultText: "none",
      doc: "Names and values; those without a value are left out.")
  }

  static let keys = [
    AnyKey(Keys.level), AnyKey(Keys.icon), AnyKey(Keys.title), AnyKey(Keys.text), AnyKey(Keys.about),
    AnyKey(Keys.facts),
  ]

  let level: ChatLevel
  let icon: String
  let title: TextTemplate
  let text: TextTemplate?
  let about: TextTemplate
  let facts: [(name: String, value: TextTemplate)]

  init?(_ section: Section) {
    guard let level = section[Keys.level], let icon = section[Keys.icon], let title = section[Keys.title],
      let about = section[Keys.about]
    else { return nil }
    self.level = level
    self.icon = icon
    self.title = title
    self.about = about
    text = section[Keys.text]
    facts = section[Keys.facts].map { ($0.name, $0.value) }
  }
}

extension ValueType where Value == TextTemplate {
  /// A plain text of an event's fields, and of what providers tell of failures.
  fileprivate static var messageText: ValueType<TextTemplate> {
    .textTemplate(names: TemplateNames.message.adding("failure").adding("code"))
  }
}
