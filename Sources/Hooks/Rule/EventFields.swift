import Model

/// A place in an event that `where` can ask for.
package enum EventField: Sendable, Hashable {
  case type, source, hook, id, status, state, previousStatus
  /// The label of this name, which may contain dots.
  case label(String)
  /// A place in the task JSON.
  case task(JSONPath)

  /// The first words of paths, in the order of the documentation.
  static let firstWords = [
    "source", "labels", "task", "id", "status", "state", "previous_status", "type", "hook",
  ]
}

/// The fields of one event as text; its task JSON is read once, when first asked for.
struct EventFields {
  private let event: Event
  private var document: JSONDocument??

  init(_ event: Event) { self.event = event }

  /// What stands at a field; more than one text only for a path with `[*]`, none where there is nothing.
  /// A JSON string is its characters, anything else its JSON text as the provider spelt it.
  mutating func values(of field: EventField) -> [String] {
    switch field {
    case .type: return [event.type.name]
    case .source: return event.hook == nil ? [event.source] : []
    case .hook: return [event.hook].compactMap(\.self)
    case .id: return [event.taskID].compactMap(\.self)
    case .status: return [event.status].compactMap(\.self)
    case .state: return [event.state?.rawValue].compactMap(\.self)
    case .previousStatus: return [event.previousStatus].compactMap(\.self)
    case .label(let name): return [event.labels[name]].compactMap(\.self)
    case .task(let path):
      guard let document = task() else { return [] }
      return path.all(in: document.root).map { $0.string ?? String(decoding: $0.bytes, as: UTF8.self) }
    }
  }

  private mutating func task() -> JSONDocument? {
    if let document { return document }
    let read = event.task.flatMap { try? JSONDocument($0) }
    document = .some(read)
    return read
  }
}
