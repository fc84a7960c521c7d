import Config
import Delivering
import Hooks
import Model

/// One hook as the file has it.
struct HookSection: ConfigSection {
  static let keys: [AnyKey] = HookKeys.all + DeliverySection.keys

  private let draft: HookDraft
  private let delivery: DeliverySection?

  init?(_ section: Section) {
    draft = HookDraft(section)
    delivery = DeliverySection(section)
  }

  /// The hook, its rule held against what the sources know; nil where an error was reported.
  func resolved(_ knowledge: RuleKnowledge) -> ResolvedHook? {
    guard let rule = draft.rule(knowing: knowledge), let action = draft.action, let delivery else {
      return nil
    }
    return ResolvedHook(rule: rule, action: action, delivery: delivery)
  }
}

/// A hook that is ready to be set up.
struct ResolvedHook: Sendable {
  let rule: HookRule
  let action: HookAction
  let delivery: DeliverySection

  /// As the config calls it: `webhook`, `run`, `slack` and the like.
  var kind: String {
    switch action {
    case .webhook: "webhook"
    case .run: "run"
    case .chat(let settings): settings.service.name
    }
  }

  var rules: DeliveryRules {
    switch action {
    case .webhook, .chat:
      delivery.rules(
        retry: .webhook, concurrency: 16, rate: action.usualRate,
        digest: action.usuallyDigests ? DigestRules() : nil)
    case .run: delivery.rules(retry: .command, concurrency: 4)
    }
  }

  /// - Parameter mask: hides the secrets of all else in the config.
  func hook(
    transport: any HTTPTransport, time: any TimeSource, environment: [String: String], hiding mask: SecretMask
  ) -> any PreviewableHook {
    MaskedHook(
      action.makeHook(
        timeout: delivery.timeout, transport: transport, time: time, environment: environment),
      hiding: mask)
  }
}
