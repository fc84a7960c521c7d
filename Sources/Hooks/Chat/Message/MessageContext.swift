import Model
import Templates

/// What the payload of a service may name beside the fields of the event: the parts of a message.
enum MessageContext {
  private static let link = TemplateNames.Shape.object([
    "url": .value, "name": .value, "kind": .value, "is_secure": .value,
  ])

  /// The names of a message's fields, with those of its parts.
  /// - Parameter levels: what the service has for the levels of news.
  static func names(_ fields: TemplateNames, levels: [TemplateValue]) -> TemplateNames {
    var level: [String: TemplateNames.Shape] = ["name": .value]
    for value in levels {
      if case .object(let members) = value { for member in members { level[member.name] = .value } }
    }
    let line = TemplateNames.Shape.object(["icon": .value, "text": .value])
    let fact = TemplateNames.Shape.object(["name": .value, "value": .value])
    return [
      ("level", .object(level)), ("icon", .value), ("title", .value), ("text", .value), ("about", .value),
      ("facts", fact), ("details", .anything), ("links", link), ("image", link), ("video", link),
      ("lines", line), ("more", .value), ("own", .value), ("first_attempt", .value),
    ].reduce(fields) { $0.adding($1.0, $1.1) }
  }

  /// The parts of a message under those names.
  static func adding(
    _ message: ChatMessage, level: TemplateValue?, to fields: TemplateContext
  ) -> TemplateContext {
    var inner: [(name: String, value: TemplateValue)] = [("name", .text(message.level.rawValue))]
    if case .object(let members) = level { inner += members }
    let facts = message.facts.map { fact in
      TemplateValue.object([("name", .text(fact.name)), ("value", .text(fact.value))])
    }
    // Two facts of one name, such as a label's, would be two members of one name.
    var details: [(name: String, value: TemplateValue)] = []
    for fact in message.facts where !details.contains(where: { $0.name == fact.name }) {
      details.append((fact.name, .text(fact.value)))
    }
    let lines = message.lines.map { line in
      TemplateValue.object([("icon", .text(line.icon)), ("text", .text(line.text))])
    }
    let parts: [(String, TemplateValue)] = [
      ("level", .object(inner)), ("icon", .text(message.icon)), ("title", .text(message.title)),
      ("text", .text(message.text)), ("about", .text(message.about)), ("facts", .list(facts)),
      ("details", details.isEmpty ? .null : .object(details)),
      ("links", .list(message.links.map(\.template))),
      ("image", message.image?.template ?? .null), ("video", message.video?.template ?? .null),
      ("lines", .list(lines)), ("more", message.more > 0 ? .integer(message.more) : .null),
      ("own", .text(message.own)), ("first_attempt", .bool(fields["attempt"]?.text == "1")),
    ]
    return parts.reduce(fields) { $0.adding($1.0, $1.1) }
  }
}

extension OutputLink {
  fileprivate var template: TemplateValue {
    .object([
      ("url", .text(url)), ("name", .text(name)), ("kind", .text(kind.rawValue)),
      ("is_secure", .bool(url.lowercased().hasPrefix("https:"))),
    ])
  }
}
