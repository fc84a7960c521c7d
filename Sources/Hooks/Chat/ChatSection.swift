import Config
import Model
import Templates

extension ValueType where Value == ChatSettings {
  /// The section of a service, or where it needs but one value that value alone.
  static func chat(_ service: ChatService) -> ValueType<ChatSettings> {
    let section = ChatSection(service)
    guard let short = section.short else { return section.type }
    return .either(short, section.type)
  }
}

/// The section of a chat service in the config: its own keys, and those that all services have.
private struct ChatSection: Sendable {
  private let service: ChatService
  private let own: [(name: String, key: Key<SettingValue, SettingValue?>, usual: SettingValue?)]
  private let text: Key<TextTemplate, TextTemplate?>
  private let body: Key<TemplateTree, TemplateTree?>
  private let keys: [AnyKey]

  init(_ service: ChatService) {
    self.service = service
    own = service.file.settings.map { ($0.name, $0.value.key($0.name), $0.value.usual) }
    let names = service.file.names
    let escape = service.file.escape
    text = Key(
      "text", .textTemplate(names: names, escape: escape),
      defaultText: "a message by the type of event", doc: "The text of events; digests keep their own.")
    var tree = ValueType<TemplateTree>.templateTree(names: names, escape: escape)
    tree.kinds = [.mapping]
    body = Key(
      "body", tree, defaultText: "a message by the type of event",
      doc: "The whole payload of events, as the service documents it; digests keep their own.")
    keys = own.map { AnyKey($0.key) } + [AnyKey(text), AnyKey(body)] + ConnectionKeys.all
  }

  var type: ValueType<ChatSettings> {
    ValueType(
      summary: "section", expected: "a mapping with the keys " + keys.map(\.name).joined(separator: ", "),
      example: "{}", schema: JSONSchema.object(of: keys), kinds: [.mapping, .null], keys: keys,
      decode: { node in node.section(of: keys).flatMap { settings($0) } })
  }

  /// The type of the key whose value may stand in place of the section.
  var short: ValueType<ChatSettings>? {
    guard let short = own.first(where: { $0.name == service.file.short }) else { return nil }
    return short.key.type.refine { value, node in
      checked(ChatSettings(service, values: completed([short.name: value])), at: node)
    }
  }

  private func settings(_ section: Section) -> ChatSettings? {
    var values: [String: SettingValue] = [:]
    var isWhole = true
    for entry in own {
      values[entry.name] = section[entry.key]
      // What could not be read is reported, and what is missing where it must be there too.
      if values[entry.name] == nil, entry.key.isRequired || section.has(entry.key) { isWhole = false }
    }
    if !section.allowOne(of: [AnyKey(text), AnyKey(body)]) { isWhole = false }
    let text = section[text]
    let body = section[body]
    guard isWhole, text != nil || !section.has(self.text), body != nil || !section.has(self.body) else {
      return nil
    }
    let settings = ChatSettings(
      service, values: completed(values), text: text, body: body,
      connection: ConnectionKeys.options(section))
    return checked(settings, at: section.node)
  }

  /// The values with those that hold where none is given.
  private func completed(_ values: [String: SettingValue]) -> [String: SettingValue] {
    own.reduce(into: values) { values, entry in values[entry.name] = values[entry.name] ?? entry.usual }
  }

  private func checked(_ settings: ChatSettings, at node: ConfigNode) -> ChatSettings? {
    guard let refusal = settings.refusal else { return settings }
    node.failAtKey(refusal)
    return nil
  }
}
