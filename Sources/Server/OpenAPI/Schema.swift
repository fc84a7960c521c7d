import Model

/// The shape of a JSON value, as JSON Schema 2020-12 (the dialect of OpenAPI 3.1) writes it.
indirect enum Schema: Sendable {
  case string(format: String? = nil, pattern: String? = nil, shortest: Int? = nil)
  case words([String])
  case integer(ClosedRange<Int>? = nil, standard: Int? = nil)
  case number
  case bool
  /// `true`: where the other value would say nothing.
  case onlyTrue
  case array(Schema, most: Int? = nil)
  /// - anyOf: names of which one member at least must be there and not null.
  case object([Member], isOpen: Bool = false, anyOf: [String] = [])
  /// An object whose members are named by their users.
  case map(Schema)
  /// One of the document's own, by name.
  case ref(String)
  case nullable(Schema)
  case oneOf([Schema])
  /// Any value: what a provider sent.
  case any

  struct Member: Sendable {
    var name: String
    var schema: Schema
    var doc: String
    /// Answers have all of their members; bodies may leave some out.
    var isRequired: Bool

    init(_ name: String, _ schema: Schema, _ doc: String = "", optional: Bool = false) {
      self.name = name
      self.schema = schema
      self.doc = doc
      isRequired = !optional
    }
  }

  static let time = Schema.string(format: "date-time")
  static let text = Schema.string()

  func write(to json: inout JSONWriter, doc: String = "") {
    json.object { json in
      members(&json)
      if !doc.isEmpty { json.member("description", doc) }
    }
  }

  private func members(_ json: inout JSONWriter) {
    switch self {
    case .string(let format, let pattern, let shortest):
      json.member("type", "string")
      if let format { json.member("format", format) }
      if let pattern { json.member("pattern", pattern) }
      if let shortest { json.member("minLength", shortest) }
    case .onlyTrue:
      json.member("type", "boolean")
      json.member("const", true)
    case .words(let words):
      json.member("type", "string")
      json.key("enum")
      json.array { json in for word in words { json.string(word) } }
    case .integer(let range, let standard):
      json.member("type", "integer")
      if let range {
        json.member("minimum", range.lowerBound)
        if range.upperBound != .max { json.member("maximum", range.upperBound) }
      }
      if let standard { json.member("default", standard) }
    case .number: json.member("type", "number")
    case .bool: json.member("type", "boolean")
    case .array(let element, let most):
      json.member("type", "array")
      if let most { json.member("maxItems", most) }
      json.key("items")
      element.write(to: &json)
    case .object(let list, let isOpen, let alternatives):
      json.member("type", "object")
      json.key("properties")
      json.object { json in
        for member in list {
          json.key(member.name)
          member.schema.write(to: &json, doc: member.doc)
        }
      }
      let required = list.filter(\.isRequired).map(\.name)
      if !required.isEmpty {
        json.key("required")
        json.array { json in for name in required { json.string(name) } }
      }
      if !isOpen { json.member("additionalProperties", false) }
      if !alternatives.isEmpty { Self.write(anyOf: alternatives, of: list, to: &json) }
    case .map(let value):
      json.member("type", "object")
      json.key("additionalProperties")
      value.write(to: &json)
    case .ref(let name): json.member("$ref", "#/components/schemas/\(name)")
    case .nullable(let schema):
      json.key("anyOf")
      json.array { json in
        schema.write(to: &json)
        json.object { $0.member("type", "null") }
      }
    case .oneOf(let schemas):
      json.key("anyOf")
      json.array { json in for schema in schemas { schema.write(to: &json) } }
    case .any: break
    }
  }

  private static func write(anyOf names: [String], of members: [Member], to json: inout JSONWriter) {
    json.key("anyOf")
    json.array { json in
      for member in members where names.contains(member.name) {
        var schema = member.schema
        if case .nullable(let inner) = schema { schema = inner }
        json.object { json in
          json.key("required")
          json.array { $0.string(member.name) }
          json.key("properties")
          json.object { json in
            json.key(member.name)
            schema.write(to: &json)
          }
        }
      }
    }
  }
}
