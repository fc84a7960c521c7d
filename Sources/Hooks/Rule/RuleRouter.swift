import Model

/// Finds the hooks an event is bound for, by their rules; and its task's own webhook, by that one's.
package struct RuleRouter: EventRouter {
  private let rules: [(name: String, rule: HookRule)]
  private let callbacks = CallbackRules()

  /// Hooks in the order of the config.
  package init(_ rules: [(name: String, rule: HookRule)]) { self.rules = rules }

  package func hooks(for event: Event) -> [String] {
    var fields = EventFields(event)
    var names = rules.filter { $0.rule.fits(event, &fields) }.map(\.name)
    if let callback = event.callback, callbacks.rule(of: callback).fits(event) { names.append(callback.hook) }
    return names
  }

  package func wantsProgress(of source: String) -> Bool {
    rules.contains { $0.rule.wantsProgress(of: source) }
  }

  package func wantsProgress(_ callback: TaskCallback) -> Bool { callbacks.rule(of: callback).wantsProgress }
}
