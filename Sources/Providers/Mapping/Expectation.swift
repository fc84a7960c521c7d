import Config
import Model

/// What must stand at a place of an answer: one of some values.
package struct Expectation: Sendable {
  package let path: JSONPath
  package let values: [Scalar]

  package enum Scalar: Sendable, Equatable {
    /// In lower case.
    case text(String)
    case number(Double)
    case bool(Bool)

    /// A scalar of a mapping; nil where an error was reported.
    init?(_ node: ConfigNode) {
      guard let text = node.text else {
        if !node.isBroken { node.failKind(expected: "a text, a number, true or false") }
        return nil
      }
      guard !node.isQuoted, let json = CoreSchema.json(of: text) else {
        self = .text(text.lowercased())
        return
      }
      switch json {
      case "true": self = .bool(true)
      case "false": self = .bool(false)
      default:
        guard let number = Double(json) else { return nil }
        self = .number(number)
      }
    }

    func equals(_ value: JSONSlice) -> Bool {
      switch self {
      case .text(let text): value.string?.lowercased() == text
      case .number(let number): value.number == number
      case .bool(let bool): value.bool == bool
      }
    }
  }

  func holds(in object: JSONSlice) -> Bool {
    path.all(in: object).contains { value in values.contains { $0.equals(value) } }
  }
}

extension ValueType where Value == [Expectation] {
  /// Paths, each with a value or a list of values.
  static var expectations: ValueType<[Expectation]> {
    .custom(
      "paths, each with a value or a list of values", summary: "map of path to value, or to a list of such",
      example: "{done: true}", schema: ["type": "object"], kinds: [.mapping]
    ) { node in
      var isFine = true
      let expectations = node.entries.compactMap { entry -> Expectation? in
        let nodes = entry.value.kind == .sequence ? entry.value.items : [entry.value]
        let values = nodes.compactMap { Expectation.Scalar($0) }
        if values.isEmpty || values.count < nodes.count {
          if nodes.isEmpty { entry.value.fail("the list is empty", expected: "a value, or a list of some") }
          isFine = false
          return nil
        }
        do throws(JSONPath.SyntaxError) {
          return Expectation(path: try JSONPath(entry.key), values: values)
        } catch {
          entry.value.failAtKey(
            "\(error.message) (character \(error.offset + 1))",
            expected: "names parted by dots, [n] for an element of an array, [*] for each")
          isFine = false
          return nil
        }
      }
      return isFine ? expectations : nil
    }
  }
}
