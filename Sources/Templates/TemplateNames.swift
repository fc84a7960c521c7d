import Config
import Model

/// The words that a template may begin with, and what may be named below them.
package struct TemplateNames: Sendable {
  /// What stands under a name.
  package indirect enum Shape: Sendable {
    /// A text, a number or nothing: it has no parts.
    case value
    /// A provider's or a user's own: it may have any parts.
    case anything
    /// These parts and no others; or a list of such objects.
    case object([String: Shape])
  }

  /// In the order of the documentation.
  private(set) var fields: [(name: String, shape: Shape)]

  /// The fields of an event or a digest (SPEC section 4), and of the attempt that tells it.
  package static let message = TemplateNames(
    fields: event.map { ($0, shape(of: $0)) } + [
      ("delivery", .value), ("attempt", .value), ("first_seen", .value), ("created_at", .value),
      ("elapsed", .value),
      (
        "digest",
        .object([
          "count": .value, "counts": .object(["type": .value, "count": .value]), "from": .value, "to": .value,
          "first": .object(Dictionary(uniqueKeysWithValues: event.map { ($0, shape(of: $0)) })),
        ])
      ),
    ])

  /// No names, to which others are added.
  package static let none = TemplateNames(fields: [])

  private static let event = [
    "type", "timestamp", "source", "id", "status", "state", "previous_status", "sequence", "progress",
    "reason", "hook", "labels", "files", "task",
  ]

  private static func shape(of field: String) -> Shape {
    switch field {
    case "labels", "task": .anything
    case "files":
      .object(["url": .value, "path": .value, "bytes": .value, "sha256": .value, "content_type": .value])
    default: .value
    }
  }

  /// The names with one more.
  package func adding(_ name: String, _ shape: Shape = .value) -> TemplateNames {
    TemplateNames(fields: fields.filter { $0.name != name } + [(name, shape)])
  }

  /// The names without some.
  package func without(_ names: Set<String>) -> TemplateNames {
    TemplateNames(fields: fields.filter { !names.contains($0.name) })
  }

  /// The shape of what a path leads to, from the innermost of the sections around it outwards.
  /// - Parameter scopes: the shapes of the sections' elements, the innermost last.
  package func shape(of path: [String], within scopes: [Shape]) throws(TemplateProblem) -> Shape {
    for scope in scopes.reversed() {
      switch scope {
      case .anything: return .anything
      case .object(let members):
        if let shape = members[path[0]] { return try Self.shape(of: path, from: shape, at: 1) }
      case .value: break
      }
    }
    guard let field = fields.first(where: { $0.name == path[0] }) else {
      let known = fields.map(\.name) + scopes.flatMap(\.names)
      throw TemplateProblem(
        "there is no field \(PrintableText.quoted(path[0]))", expected: Self.listed(fields.map(\.name)),
        suggestion: Nearest.name(to: path[0], among: known))
    }
    return try Self.shape(of: path, from: field.shape, at: 1)
  }

  /// The same from one shape on.
  package static func shape(of path: [String], from start: Shape, at first: Int) throws(TemplateProblem)
    -> Shape
  {
    var shape = start
    for index in first..<path.count {
      let before = index == 0 ? "the section's element" : path[..<index].joined(separator: ".")
      switch shape {
      case .anything: return .anything
      case .value:
        throw TemplateProblem(
          "\(before) has no parts", expected: index == 0 ? "{{.}}" : "\(before) alone, or task.NAME")
      case .object(let members):
        if Int(path[index]) != nil { continue }
        guard let member = members[path[index]] else {
          throw TemplateProblem(
            "\(before) has no \(PrintableText.quoted(path[index]))",
            expected: members.keys.sorted().joined(separator: ", "),
            suggestion: Nearest.name(to: path[index], among: members.keys.sorted()))
        }
        shape = member
      }
    }
    return shape
  }

  private static func listed(_ names: [String]) -> String {
    names.joined(separator: ", ") + "; what the provider tells is task.NAME"
  }
}

extension TemplateNames.Shape {
  fileprivate var names: [String] {
    if case .object(let members) = self { members.keys.sorted() } else { [] }
  }
}
