import Model

extension HookRule {
  /// Why the rule does not fit an event, in words for people; nil where it does. What `where` asks for is not
  /// told: it may have come from the environment.
  package func objection(to event: Event) -> String? {
    guard on.contains(where: { $0.fits(event) }) else {
      let change =
        event.type.isTransition ? " (\(event.previousStatus ?? "first seen") to \(event.status ?? "?"))" : ""
      return "`on` does not name \(event.type.name)\(change)"
    }
    var fields = EventFields(event)
    for condition in conditions where !condition.fits(&fields) {
      let found = fields.values(of: condition.field).map {
        PrintableText.cut(PrintableText.escape($0.utf8), to: 80)
      }
      return "`where` \(condition.field.path): "
        + (found.isEmpty ? "the event has no such field" : "\(found.joined(separator: ", ")) does not fit")
    }
    return nil
  }
}

extension EventField {
  /// As `where` names it.
  var path: String {
    switch self {
    case .type: "type"
    case .source: "source"
    case .hook: "hook"
    case .id: "id"
    case .status: "status"
    case .state: "state"
    case .previousStatus: "previous_status"
    case .label(let name): "labels.\(name)"
    case .task(let path): "task.\(path)"
    }
  }
}
