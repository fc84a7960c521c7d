import Model

/// When a hook fires: any entry of `on` together with all of `where`.
package struct HookRule: Sendable {
  package let on: [EventMatcher]
  package let conditions: [EventCondition]

  package init(on: [EventMatcher], where conditions: [EventCondition] = []) {
    self.on = on
    // The cheap ones first: most events fall out before their JSON is read.
    self.conditions = conditions.filter { !$0.readsTask } + conditions.filter(\.readsTask)
  }

  package func fits(_ event: Event) -> Bool {
    var fields = EventFields(event)
    return fits(event, &fields)
  }

  func fits(_ event: Event, _ fields: inout EventFields) -> Bool {
    on.contains { $0.fits(event) } && conditions.allSatisfy { $0.fits(&fields) }
  }

  /// Whether the rule could fit a progress event of a source.
  package func wantsProgress(of source: String) -> Bool {
    on.contains(where: \.wantsProgress)
      && conditions.allSatisfy { condition in
        switch condition.field {
        case .source: condition.fits(source)
        case .type: condition.fits("task.progress")
        default: true
        }
      }
  }
}
