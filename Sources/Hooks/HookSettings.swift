import Config
import Model

/// The keys of a hook that say when it fires and what it does. Those of its delivery (`retry`, `timeout`, …)
/// stand beside them in the same mapping.
package enum HookKeys {
  package static let on = Key(
    "on",
    .node(
      summary: "word, `{from, to}`, `{progress}`, or a list of such", expected: OnReader.expected,
      example: "[SUCCEEDED, FAILED]", schema: onSchema, kinds: [.scalar, .sequence, .mapping]),
    required: true, doc: "The events that it fires on: statuses, states, `done`, `change`, event types.")
  package static let `where` = Key(
    "where",
    .node(
      summary: "map of path to value, list of values or `~regex`",
      expected: "a mapping of paths: " + WhereReader.expected, example: "{labels.project: demo}",
      schema: ["type": "object"], kinds: [.mapping]),
    defaultText: "all", doc: "What else must be so: `source`, `labels.NAME`, `task.PATH` and others.")
  package static let webhook = Key(
    "webhook", ValueType<WebhookSection>.section(WebhookSection.self).map(\.settings), doc: "Sends a request."
  )
  package static let run = Key("run", .run, doc: "Runs a program, the task JSON on its standard input.")
  /// One for each chat service.
  static let chats = ChatService.all.map { service in
    Key(service.name, ValueType<ChatSettings>.chat(service), doc: service.file.summary)
  }

  /// In the order of the reference.
  package static let all = [AnyKey(on), AnyKey(`where`)] + actions
  /// Of these a hook has exactly one.
  package static let actions = [AnyKey(webhook), AnyKey(run)] + chats.map { AnyKey($0) }

  private static let onSchema: Config.JSONValue = {
    let entry: Config.JSONValue = ["anyOf": [["type": "string"], ["type": "object"]]]
    return ["anyOf": [entry, ["type": "array", "items": entry, "minItems": 1]]]
  }()
}

/// What a hook does.
package enum HookAction: Sendable {
  case webhook(WebhookSettings)
  case run(CommandSettings)
  case chat(ChatSettings)
}

/// A hook as its section has it, read as far as it can be without the sources.
package struct HookDraft: Sendable {
  /// Nil where it could not be read; the rule is looked at all the same, so that its mistakes are told beside.
  package let action: HookAction?
  private let on: ConfigNode?
  private let conditions: ConfigNode?
  /// Whether nothing of it was reported so far.
  private let isWhole: Bool

  /// Reads `HookKeys.all` out of a section that lists them among its keys.
  package init(_ section: Section) {
    let hasOneAction = section.requireOne(of: HookKeys.actions)
    action = hasOneAction ? Self.action(section) : nil
    on = section[HookKeys.on]
    conditions = section[HookKeys.where]
    // A condition that could not be read is reported; it must not come to mean "all".
    isWhole = !section.has(HookKeys.where) || conditions != nil
  }

  private static func action(_ section: Section) -> HookAction? {
    if let settings = section[HookKeys.webhook] { return .webhook(settings) }
    if let settings = section[HookKeys.run] { return .run(settings) }
    return HookKeys.chats.lazy.compactMap { section[$0] }.first.map(HookAction.chat)
  }

  /// The hook's rule, its words held against what the sources know. Nil where an error was reported.
  package func rule(knowing knowledge: RuleKnowledge) -> HookRule? {
    let matchers = on.flatMap { OnReader(knowledge: knowledge).read($0) }
    let conditions = conditions.map { WhereReader(knowledge: knowledge).read($0) } ?? []
    guard isWhole, let matchers, let conditions else { return nil }
    return HookRule(on: matchers, where: conditions)
  }
}
