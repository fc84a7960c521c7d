import Config
import Model

/// By what the tasks of a source are told apart when it is learnt how long they take: `poll.group_by`.
package enum GroupBy: Sendable, Equatable {
  /// A label of this name, which may contain dots.
  case label(String)
  /// A place in the task JSON.
  case task(JSONPath)

  /// Longer values tell nothing apart, in bytes.
  private static let longest = 100

  /// As it is written in the config.
  package var description: String {
    switch self {
    case .label(let name): "labels.\(name)"
    case .task(let path): "task.\(path)"
    }
  }

  /// The kind of a task with these labels; nil where they do not say.
  func kind(_ labels: [String: String]) -> String? {
    guard case .label(let name) = self, let value = labels[name] else { return nil }
    return kind(of: value)
  }

  /// The kind of a task with this JSON; nil where it does not say. Lists and objects are no kinds.
  func kind(inTask json: [UInt8]) -> String? {
    guard case .task(let path) = self, let document = try? JSONDocument(json),
      let found = path.first(in: document.root), !found.isNull
    else { return nil }
    if let text = found.string { return kind(of: text) }
    guard let first = found.bytes.first, !"[{".utf8.contains(first) else { return nil }
    return kind(of: String(decoding: found.bytes, as: UTF8.self))
  }

  /// Under another `group_by` a value is another kind.
  private func kind(of value: String) -> String? {
    value.isEmpty || value.utf8.count > Self.longest ? nil : "\(description)=\(value)"
  }
}

extension ValueType where Value == GroupBy {
  /// `labels.NAME` or `task.PATH`, as in a hook's `where`.
  static var groupBy: ValueType<GroupBy> {
    let expected = "labels.NAME or task.PATH"
    return ValueType<String>.string
      .described(summary: "`labels.NAME` or `task.PATH`", expected: expected, example: "task.model")
      .refine { text, node in
        let end = text.firstIndex { $0 == "." || $0 == "[" } ?? text.endIndex
        let rest = text[end...].hasPrefix(".") ? text[end...].dropFirst() : text[end...]
        switch text[..<end] {
        case "labels":
          if !rest.isEmpty { return .label(String(rest)) }
          node.fail("labels needs a name", expected: "labels.NAME")
        case "task":
          do throws(JSONPath.SyntaxError) { return .task(try JSONPath(String(rest))) } catch {
            node.fail(
              rest.isEmpty ? "task needs a path" : error.message,
              expected: "a path such as task.model or task.input.duration")
          }
        default:
          node.fail(
            "tasks cannot be told apart by this", expected: expected,
            suggestion: Nearest.name(to: String(text[..<end]), among: ["labels", "task"]).map {
              $0 + text[end...]
            })
        }
        return nil
      }
  }
}
