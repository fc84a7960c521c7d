import Config
import Model
import Templates

/// All that there is to say of a chat service: the content of its file in Services.
struct ServiceFile: ConfigSection {
  enum Keys {
    static let summary = Key(
      "summary", .string, required: true, doc: "What a hook with it does, as a sentence.")
    static let settings = Key(
      "keys", .map(of: .section(ServiceKey.self)), required: true,
      doc: "What its section of the config takes beside the keys that all services have.")
    static let short = Key(
      "short", .string, defaultText: "none", doc: "The key whose value may stand in place of the section.")
    static let request = Key(
      "request", .section(RequestTexts.self), required: true, doc: "The request that a message is.")
    static let escape = Key(
      "escape", .word(TextEscape.self), default: TextEscape.none,
      doc: "What is done to values in its texts, so that none is read as markup.")
    static let rate = Key("rate", .rate, defaultText: "none", doc: "The pace that it takes.")
    static let levels = Key(
      "levels", .map(of: .map(of: .scalar)), default: [], defaultText: "none",
      doc: "For each level of news what stands under `level` in the payload.")
    static let parts = Key(
      "parts", .section(PartLimits.self), defaultText: "each part's own",
      doc: "How much it shows of each part of a message.")
    static let most = Key(
      "most", .section(BodyLimit.self), defaultText: "none", doc: "The most of a whole request.")
    static let body = Key("body", .payload, required: true, doc: "The payload of a message.")
    static let ownText = Key(
      "own_text", .payload, required: true, doc: "The payload around a text of the user's own.")
    static let answer = Key(
      "answer", .section(AnswerRules.self), required: true, doc: "What its answers mean.")
  }

  static let keys = [
    AnyKey(Keys.summary), AnyKey(Keys.settings), AnyKey(Keys.short), AnyKey(Keys.request),
    AnyKey(Keys.escape), AnyKey(Keys.rate), AnyKey(Keys.levels), AnyKey(Keys.parts), AnyKey(Keys.most),
    AnyKey(Keys.body), AnyKey(Keys.ownText), AnyKey(Keys.answer),
  ]

  let summary: String
  let settings: [(name: String, value: ServiceKey)]
  let short: String?
  let request: RequestTexts.Templates
  let escape: TextEscape
  let rate: Rate?
  let levels: [ChatLevel: TemplateValue]
  let parts: PartLimits
  let most: BodyLimit?
  let body: Payload
  let ownText: Payload
  let answer: AnswerRules
  /// What a user's own templates may name.
  let names: TemplateNames

  init?(_ section: Section) {
    let settings = (section[Keys.settings] ?? []).map { (name: $0.name, value: $0.value) }
    let levels = Self.levels(section)
    let escape = section[Keys.escape]
    let setting = TemplateNames.Shape.object(
      Dictionary(settings.map { ($0.name, .value) }, uniquingKeysWith: { $1 }))
    names = TemplateNames.message.adding("settings", setting)
    let known = MessageContext.names(names, levels: Array(levels.values))
    let reader = PayloadReader(names: known, escape: escape)
    // All are read before any failure counts, so that each mistake is told.
    let body = section[Keys.body].flatMap { reader.read($0) }
    let ownText = section[Keys.ownText].flatMap { reader.read($0) }
    let request = section[Keys.request]?.templates(knowing: TemplateNames.none.adding("settings", setting))
    guard let summary = section[Keys.summary], let request, let body, let ownText,
      let parts = section[orEmpty: Keys.parts], let answer = section[Keys.answer]
    else { return nil }
    if let short = section[Keys.short], !settings.contains(where: { $0.name == short }) {
      section.fail(
        at: Keys.short, "there is no such key", expected: settings.map(\.name).joined(separator: ", "))
      return nil
    }
    self.summary = summary
    self.settings = settings
    self.request = request
    self.escape = escape
    self.levels = levels
    self.parts = parts
    self.answer = answer
    self.body = Payload(body, escape: escape)
    self.ownText = Payload(ownText, escape: escape)
    short = section[Keys.short]
    rate = section[Keys.rate]
    most = section[Keys.most]
  }

  private static func levels(_ section: Section) -> [ChatLevel: TemplateValue] {
    var levels: [ChatLevel: TemplateValue] = [:]
    for entry in section[Keys.levels] {
      guard let level = ChatLevel(rawValue: entry.name) else {
        let known = ChatLevel.allCases.map(\.rawValue)
        entry.node.failAtKey(
          "there is no such level", expected: known.joined(separator: ", "),
          suggestion: Nearest.name(to: entry.name, among: known))
        continue
      }
      levels[level] = .object(entry.value.map { ($0.name, $0.value) })
    }
    return levels
  }
}

extension ValueType where Value == ConfigNode {
  fileprivate static var payload: ValueType<ConfigNode> {
    .node(
      summary: "payload", expected: "a payload, its texts templates", example: "{text: \"{{title}}\"}",
      schema: ["type": "object"], kinds: [.mapping])
  }
}

extension ValueType where Value == TemplateValue {
  /// A text, a number or a boolean.
  fileprivate static var scalar: ValueType<TemplateValue> {
    .custom("a text or a number", schema: [:], kinds: [.scalar]) { node in
      guard let text = node.text else { return nil }
      guard !node.isQuoted, let json = CoreSchema.json(of: text) else { return .text(text) }
      return ["true", "false"].contains(json) ? .bool(json == "true") : .number(json)
    }
  }
}
