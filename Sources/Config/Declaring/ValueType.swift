/// A type of value that a key can have: how it is read, and all that reference, schema and `init` say of it.
package struct ValueType<Value: Sendable>: Sendable {
  /// In a word or two, for the reference: `duration`, `list of words`.
  package var summary: String
  /// What is taken, as an error names it: `one whole number and a unit (ms, s, m, h, d), such as 5s`.
  package var expected: String
  /// A value as it may stand in a file, for `init`; on one line.
  package var example: String
  /// JSON Schema, draft 2020-12.
  package var schema: JSONValue
  /// Which kinds of node can be a value at all.
  package var kinds: Set<ConfigNode.Kind>
  /// The only text that is taken, where there is only one.
  package var keyword: String?
  /// The keys of a section.
  package var keys: [AnyKey]
  /// A value as it would be written, for defaults; nil where that cannot be told.
  package var encode: (@Sendable (Value) -> JSONValue)?
  /// Reads a node of one of `kinds`. Answers nil once it has reported an error.
  package var decode: @Sendable (ConfigNode) -> Value?

  package init(
    summary: String, expected: String, example: String, schema: JSONValue, kinds: Set<ConfigNode.Kind>,
    keyword: String? = nil, keys: [AnyKey] = [], encode: (@Sendable (Value) -> JSONValue)? = nil,
    decode: @escaping @Sendable (ConfigNode) -> Value?
  ) {
    self.summary = summary
    self.expected = expected
    self.example = example
    self.schema = schema
    self.kinds = kinds
    self.keyword = keyword
    self.keys = keys
    self.encode = encode
    self.decode = decode
  }

  /// Reads a node. Answers nil where an error was reported.
  package func read(_ node: ConfigNode) -> Value? {
    if node.isBroken { return nil }
    guard kinds.contains(node.kind) else {
      node.failKind(expected: expected)
      return nil
    }
    return decode(node)
  }

  /// The same type, its values made into something else.
  package func map<Other>(_ make: @escaping @Sendable (Value) -> Other) -> ValueType<Other> {
    refine { value, _ in make(value) }
  }

  /// The same type with a further check. `check` answers nil once it has reported an error by `node.fail`.
  package func refine<Other>(_ check: @escaping @Sendable (Value, ConfigNode) -> Other?) -> ValueType<Other> {
    let decode = self.decode
    return ValueType<Other>(
      summary: summary, expected: expected, example: example, schema: schema, kinds: kinds, keyword: keyword,
      keys: keys, encode: Other.self == Value.self ? encode as? @Sendable (Other) -> JSONValue : nil,
      decode: { node in decode(node).flatMap { check($0, node) } })
  }

  /// The same type under other words.
  package func described(
    summary: String? = nil, expected: String? = nil, example: String? = nil
  ) -> ValueType {
    var type = self
    if let summary { type.summary = summary }
    if let expected { type.expected = expected }
    if let example { type.example = example }
    return type
  }
}
