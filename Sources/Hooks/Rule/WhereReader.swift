import Config
import Model

/// Reads `where`: a mapping of a path in the event to a value, a list of values, or `~` and a regular
/// expression.
struct WhereReader {
  let knowledge: RuleKnowledge

  /// Nil where an error was reported.
  func read(_ node: ConfigNode) -> [EventCondition]? {
    let conditions = node.entries.map { condition(path: $0.key, $0.value) }
    let good = conditions.compactMap(\.self)
    return good.count == conditions.count ? good : nil
  }

  private func condition(path: String, _ node: ConfigNode) -> EventCondition? {
    // Both are read before either counts, so that each mistake is told.
    let field = field(path, node)
    let test = test(node)
    guard let field, let test else { return nil }
    return normalized(field, test, node).map { EventCondition(field, $0) }
  }

  // MARK: Paths

  private func field(_ path: String, _ node: ConfigNode) -> EventField? {
    let end = path.firstIndex { $0 == "." || $0 == "[" } ?? path.endIndex
    let first = path[..<end]
    let rest = path[end...].hasPrefix(".") ? path[end...].dropFirst() : path[end...]
    switch first {
    case "labels":
      if !rest.isEmpty { return .label(String(rest)) }
      node.failAtKey("labels needs a name", expected: "labels.NAME")
    case "task":
      do throws(JSONPath.SyntaxError) {
        return .task(try JSONPath(String(rest)))
      } catch {
        node.failAtKey(
          rest.isEmpty ? "task needs a path" : error.message,
          expected: "a path such as task.failureCode or task.output[0]")
      }
    case "source": return whole(.source, path, end, node)
    case "hook": return whole(.hook, path, end, node)
    case "id": return whole(.id, path, end, node)
    case "status": return whole(.status, path, end, node)
    case "state": return whole(.state, path, end, node)
    case "previous_status": return whole(.previousStatus, path, end, node)
    case "type": return whole(.type, path, end, node)
    default:
      node.failAtKey(
        "no path in an event begins with this word",
        expected: "source, labels.NAME, task.PATH, id, status, state, previous_status, type or hook",
        suggestion: Nearest.name(to: String(first), among: EventField.firstWords).map { $0 + path[end...] })
    }
    return nil
  }

  private func whole(_ field: EventField, _ path: String, _ end: String.Index, _ node: ConfigNode)
    -> EventField?
  {
    if end == path.endIndex { return field }
    node.failAtKey("\(path[..<end]) has no parts", expected: "\(path[..<end]) alone, or task.PATH")
    return nil
  }

  // MARK: Values

  private func test(_ node: ConfigNode) -> EventCondition.Test? {
    switch node.kind {
    case .scalar:
      guard let text = node.text else { return nil }
      guard text.hasPrefix("~") else { return .isOne(of: [text]) }
      do throws(TextPattern.Malformed) {
        return .matches(try TextPattern(String(text.dropFirst())))
      } catch {
        let reason = node.isSubstituted ? "what follows ~ is not a regular expression" : error.description
        node.fail(reason, expected: Self.expected)
      }
    case .sequence:
      let values = node.items.filter { $0.kind != .null }
      if values.isEmpty { node.fail("the list is empty", expected: Self.expected) }
      for item in values where item.kind != .scalar { item.failKind(expected: "a value") }
      let texts = values.compactMap(\.text)
      return texts.count == values.count && !texts.isEmpty ? .isOne(of: texts) : nil
    case .mapping, .null: node.failKind(expected: Self.expected)
    }
    return nil
  }

  static let expected = "a value, a list of values, or ~ and a regular expression"

  /// Checks values of fields that can only be one of a few, and gives event types their full names.
  private func normalized(_ field: EventField, _ test: EventCondition.Test, _ node: ConfigNode)
    -> EventCondition.Test?
  {
    guard case .isOne(let values) = test else { return test }
    switch field {
    case .source: return checked(values, node, "source", knowledge.sources) { $0 }
    case .hook: return checked(values, node, "hook", knowledge.hooks) { $0 }
    case .state: return checked(values, node, "state", TaskState.allCases.map(\.rawValue)) { $0 }
    case .type:
      return checked(values, node, "event type", EventType.all.map(\.name)) { name in
        EventType(name: name) == nil ? "task." + name : name
      }
    default: return test
    }
  }

  private func checked(
    _ values: [String], _ node: ConfigNode, _ what: String, _ known: [String], full: (String) -> String
  ) -> EventCondition.Test? {
    let nodes = node.kind == .sequence ? node.items.filter { $0.kind != .null } : [node]
    var isGood = true
    for (value, node) in zip(values, nodes) where !known.contains(full(value)) {
      isGood = false
      node.fail(
        "\(node.shown) is no \(what)", expected: known.joined(separator: ", "),
        suggestion: node.isSubstituted ? nil : Nearest.name(to: value, among: known))
    }
    return isGood ? .isOne(of: values.map(full)) : nil
  }
}
