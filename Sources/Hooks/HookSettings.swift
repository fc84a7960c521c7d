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

  /// In the order of the reference.
  package static let all = [AnyKey(on), AnyKey(`where`)] + actions
  /// Of these a hook has exactly one.
  package static let actions = [AnyKey(webhook), AnyKey(run)]

  private static let onSchema: Config.JSONValue = {
    let entry: Config.JSONValue = ["anyOf": [["type": "string"], ["type": "object"]]]
    return ["anyOf": [entry, ["type": "array", "items": entry, "minItems": 1]]]
  }()
}

/// What a hook does.
package enum HookAction: Sendable {
  case webhook(WebhookSettings)
  case run(CommandSettings)
}

/// A hook as its section has it, read as far as it can be without the sources.
package struct HookDraft: Sendable {
  package let action: HookAction
  private let on: ConfigNode
  private let conditions: ConfigNode?

  /// Reads `HookKeys.all` out of a section that lists them among its keys. Nil where an error was reported.
  package init?(_ section: Section) {
    let hasOneAction = section.requireOne(of: HookKeys.actions)
    guard hasOneAction, let on = section[HookKeys.on] else { return nil }
    if let webhook = section[HookKeys.webhook] {
      action = .webhook(webhook)
    } else if let command = section[HookKeys.run] {
      action = .run(command)
    } else {
      return nil
    }
    self.on = on
    conditions = section[HookKeys.where]
    // A condition that could not be read is reported; it must not come to mean "all".
    if section.has(HookKeys.where), conditions == nil { return nil }
  }

  /// The hook's rule, its words held against what the sources know. Nil where an error was reported.
  package func rule(knowing knowledge: RuleKnowledge) -> HookRule? {
    let matchers = OnReader(knowledge: knowledge).read(on)
    let conditions = conditions.map { WhereReader(knowledge: knowledge).read($0) } ?? []
    guard let matchers, let conditions else { return nil }
    return HookRule(on: matchers, where: conditions)
  }
}
