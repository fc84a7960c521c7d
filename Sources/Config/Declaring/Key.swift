/// A key of a section, declared once: its name, type, default and one line of doc. `Result` is what reading
/// gives: `Value` where there is a default, else `Value?`.
package struct Key<Value: Sendable, Result: Sendable>: Sendable {
  package let name: String
  package let type: ValueType<Value>
  /// One line: what the key means. Begins with a capital, ends with a period.
  package let doc: String
  /// What holds where the key is absent, in words or as it would be written.
  package let defaultText: String?
  package let isRequired: Bool
  let defaultJSON: JSONValue?
  let result: @Sendable (Value?) -> Result
}

extension Key where Result == Value? {
  /// A key that may be absent; `defaultText` tells what holds then.
  package init(_ name: String, _ type: ValueType<Value>, defaultText: String? = nil, doc: String) {
    self.init(
      name: name, type: type, doc: doc, defaultText: defaultText, isRequired: false, defaultJSON: nil,
      result: { $0 })
  }

  /// A key that must be there. Where reading it gives nil, an error was reported.
  package init(_ name: String, _ type: ValueType<Value>, required: Bool, doc: String) {
    self.init(
      name: name, type: type, doc: doc, defaultText: nil, isRequired: required, defaultJSON: nil,
      result: { $0 })
  }
}

extension Key where Result == Value {
  /// A key with a default, which also stands in for a value that is wrong (and reported). `defaultText` is
  /// needed only where the type cannot write its values.
  package init(
    _ name: String, _ type: ValueType<Value>, default value: Value, defaultText: String? = nil, doc: String
  ) {
    let json = type.encode?(value)
    self.init(
      name: name, type: type, doc: doc, defaultText: defaultText ?? json?.yamlText, isRequired: false,
      defaultJSON: json, result: { $0 ?? value })
  }
}

/// A key without the Swift type of its value: what the machinery and the descriptions need of it.
package struct AnyKey: Sendable {
  package let name: String
  package let doc: String
  package let summary: String
  package let expected: String
  package let example: String
  package let schema: JSONValue
  package let isRequired: Bool
  package let defaultText: String?
  package let defaultJSON: JSONValue?
  /// The keys of a key that holds a section.
  package let keys: [AnyKey]
  /// Reads a value; nil where an error was reported.
  let read: @Sendable (ConfigNode) -> (any Sendable)?

  package init<Value, Result>(_ key: Key<Value, Result>) {
    name = key.name
    doc = key.doc
    summary = key.type.summary
    expected = key.type.expected
    example = key.type.example
    schema = key.type.schema
    isRequired = key.isRequired
    defaultText = key.defaultText
    defaultJSON = key.defaultJSON
    keys = key.type.keys
    let type = key.type
    read = { type.read($0) }
  }
}
