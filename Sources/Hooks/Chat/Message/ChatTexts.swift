import Config
import Model

/// What chat services are told, once for all of them: the content of messages.yaml.
struct ChatTexts: ConfigSection {
  enum Keys {
    static let output = Key(
      "output", .jsonPaths, required: true, doc: "Where tasks tell the addresses of their output.")
    static let failure = Key(
      "failure", .jsonPaths, required: true, doc: "Where tasks tell in words why they failed.")
    static let code = Key(
      "code", .jsonPaths, required: true, doc: "Where tasks tell in a word or number why they failed.")
    static let messages = Key(
      "messages", .map(of: .section(MessageText.self)), required: true,
      doc: "What is told, by the type of event.")
  }

  static let keys = [
    AnyKey(Keys.output), AnyKey(Keys.failure), AnyKey(Keys.code), AnyKey(Keys.messages),
  ]

  let output: [JSONPath]
  let failure: [JSONPath]
  let code: [JSONPath]
  private let messages: [String: MessageText]

  init?(_ section: Section) {
    guard let output = section[Keys.output], let failure = section[Keys.failure],
      let code = section[Keys.code], let messages = section[Keys.messages]
    else { return nil }
    self.output = output
    self.failure = failure
    self.code = code
    self.messages = Dictionary(messages.map { ($0.name, $0.value) }, uniquingKeysWith: { $1 })
    let missing = Self.types.filter { self.messages[$0] == nil }
    for type in missing { section.fail(at: Keys.messages, "nothing is said of \(type)") }
    for message in messages where !Self.types.contains(message.name) {
      message.node.failAtKey("there is no such type of event")
    }
    if !missing.isEmpty { return nil }
  }

  /// All that can be told of.
  static let types = EventType.all.map(\.name) + [Digest.type]

  /// What is told of an event, or of a digest. There is a text for every type.
  func message(_ type: String) -> MessageText? { messages[type] }
}
