/// JSON Schema (draft 2020-12) of declared keys, for editors.
package enum JSONSchema {
  /// The schema of a mapping with these keys and no others.
  package static func object(of keys: [AnyKey]) -> JSONValue {
    let properties = keys.map { key in JSONValue.Member(key.name, property(key)) }
    let required = keys.filter(\.isRequired).map { JSONValue.string($0.name) }
    var schema: JSONValue = [
      "type": "object", "properties": .object(properties), "additionalProperties": false,
    ]
    if !required.isEmpty { schema = schema.adding("required", .array(required)) }
    return schema
  }

  /// A whole document for a file whose top level has these keys.
  package static func document(title: String, keys: [AnyKey]) -> JSONValue {
    guard case .object(let members) = object(of: keys) else { return .null }
    return .object(
      [
        .init("$schema", "https://json-schema.org/draft/2020-12/schema"), .init("title", .string(title)),
      ] + members)
  }

  private static func property(_ key: AnyKey) -> JSONValue {
    var text = key.doc
    if key.defaultJSON == nil, let other = key.defaultText { text += " Default: \(other)." }
    var schema = key.schema.adding("description", .string(text))
    if let value = key.defaultJSON { schema = schema.adding("default", value) }
    return schema
  }
}
