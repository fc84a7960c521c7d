import Config
import Model

/// Where an answer tells when to ask again.
package struct PollAfterRule: ConfigSection {
  package enum Unit: String, Sendable, CaseIterable {
    case seconds = "s"
    case milliseconds = "ms"
  }

  package enum Keys {
    static let header = Key(
      "header", .oneOrMany(of: .string), default: [], defaultText: "none",
      doc: "Headers; seconds, or milliseconds where the name ends with -ms; `retry-after` may be a date.")
    static let at = Key(
      "at", .jsonPaths, default: [], defaultText: "none", doc: "Where the body tells it, if no header does.")
    static let unit = Key(
      "unit", .word(Unit.self), default: .seconds, doc: "The unit of what the body tells.")
  }

  package static let keys = [AnyKey(Keys.header), AnyKey(Keys.at), AnyKey(Keys.unit)]

  /// In lower case.
  package let header: [String]
  package let at: [JSONPath]
  package let unit: Unit

  package init?(_ section: Section) {
    header = section[Keys.header].map { $0.lowercased() }
    at = section[Keys.at]
    unit = section[Keys.unit]
    for node in section.node(at: Keys.header)?.listed ?? [] where !HeaderSyntax.isToken(node.text ?? "x") {
      node.fail("\(node.shown) is no name of a header", expected: "letters, digits and - _ .")
    }
    if !section.has(Keys.header), !section.has(Keys.at) {
      section.fail("it says nothing", expected: "header, at or both")
      return nil
    }
  }
}

extension ConfigNode {
  /// The items of a list, or the node itself where it is none.
  var listed: [ConfigNode] { kind == .sequence ? items.filter { $0.kind != .null } : [self] }
}
