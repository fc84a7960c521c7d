import Model

/// Finds the hooks an event is bound for, by their rules.
package struct RuleRouter: EventRouter {
  private let rules: [(name: String, rule: HookRule)]

  /// Hooks in the order of the config.
  package init(_ rules: [(name: String, rule: HookRule)]) { self.rules = rules }

  package func hooks(for event: Event) -> [String] {
    var fields = EventFields(event)
    return rules.filter { $0.rule.fits(event, &fields) }.map(\.name)
  }

  package func wantsProgress(of source: String) -> Bool {
    rules.contains { $0.rule.wantsProgress(of: source) }
  }
}
