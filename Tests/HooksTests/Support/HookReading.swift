import Config
import Model

@testable import Hooks

/// A hook's section as the program composes it, here without the keys of its delivery.
struct HookSection: ConfigSection {
  static let keys = HookKeys.all
  let draft: HookDraft

  init?(_ section: Section) { draft = HookDraft(section) }
}

/// What came of reading a hook.
struct HookReading {
  var action: HookAction?
  var rule: HookRule?
  /// Without the file's name: `3:7: webhook.secret: …`.
  var errors: [String]
  var warnings: [String]

  static let knowledge = RuleKnowledge(
    sources: ["runway", "kling"],
    vocabulary: [
      "PENDING", "RUNNING", "SUCCEEDED", "FAILED", "THROTTLED", "CANCELLED", "submitted", "succeed",
    ])

  init(
    _ yaml: String, folder: String = "/etc/hooks", environment: [String: String] = [:],
    knowledge: RuleKnowledge = Self.knowledge
  ) {
    let diagnostics = Diagnostics()
    let root = ConfigFile.parse(
      Array(yaml.utf8), name: "c", folder: folder, environment: environment, diagnostics: diagnostics)
    let draft = root?.read(HookSection.self)?.draft
    action = draft?.action
    rule = draft?.rule(knowing: knowledge)
    errors = diagnostics.errors.map { String($0.description.dropFirst(2)) }
    warnings = diagnostics.warnings.map { String($0.description.dropFirst(2)) }
  }

  var webhook: WebhookSettings? { if case .webhook(let settings) = action { settings } else { nil } }
  var command: CommandSettings? { if case .run(let settings) = action { settings } else { nil } }

  /// The rule of a hook that is otherwise in order.
  static func rule(_ yaml: String) -> HookReading { HookReading(yaml + "\nrun: [/bin/true]") }
}
