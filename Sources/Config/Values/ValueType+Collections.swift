extension ValueType {
  /// A list. Null items count as absent. Wrong items are reported; where it is `partial` the others are kept, so
  /// that they can be checked further.
  package static func list<Item>(
    of item: ValueType<Item>, atLeast least: Int = 0, partial: Bool = false
  ) -> ValueType<[Item]> where Value == [Item] {
    let expected =
      least > 0 ? "a list, not empty, each item \(item.expected)" : "a list, each item \(item.expected)"
    let schema: JSONValue = ["type": "array", "items": item.schema]
    var encode: (@Sendable ([Item]) -> JSONValue)?
    if let encodeItem = item.encode { encode = { items in .array(items.map { encodeItem($0) }) } }
    return ValueType<[Item]>(
      summary: "list of \(item.summary)", expected: expected, example: "[\(Self.quotedInFlow(item.example))]",
      schema: least > 0 ? schema.adding("minItems", .int(least)) : schema, kinds: [.sequence],
      encode: encode,
      decode: { node in
        let nodes = node.items.filter { $0.kind != .null }
        if nodes.count < least {
          node.fail("the list is \(nodes.isEmpty ? "empty" : "too short")", expected: expected)
          return nil
        }
        // All items are read before any failure counts, so that each mistake is told.
        let values = nodes.map { item.read($0) }
        let good = values.compactMap { $0 }
        return partial || good.count == values.count ? good : nil
      })
  }

  /// One value, or a list of at least one.
  package static func oneOrMany<Item>(of item: ValueType<Item>) -> ValueType<[Item]> where Value == [Item] {
    let list = ValueType<[Item]>.list(of: item, atLeast: 1)
    return ValueType<[Item]>(
      summary: "\(item.summary), or a list of such", expected: "\(item.expected), or a list of such",
      example: item.example, schema: ["anyOf": [item.schema, list.schema]],
      kinds: item.kinds.union([.sequence]), encode: list.encode,
      decode: { node in
        node.kind == .sequence ? list.read(node) : item.read(node).map { [$0] }
      })
  }

  /// Names of the user's own, each with a value, in the order of the file. A null value counts as absent, unless
  /// the values are sections: then what is missing in it is reported. Wrong values are reported and left out, so
  /// that the others can be checked further.
  package static func map<Item>(of item: ValueType<Item>) -> ValueType<[Named<Item>]>
  where Value == [Named<Item>] {
    var encode: (@Sendable ([Named<Item>]) -> JSONValue)?
    if let encodeItem = item.encode {
      encode = { entries in .object(entries.map { JSONValue.Member($0.name, encodeItem($0.value)) }) }
    }
    return ValueType<[Named<Item>]>(
      summary: "map of name to \(item.summary)", expected: "names, each with \(item.expected)",
      example: "{name: \(Self.quotedInFlow(item.example))}",
      schema: ["type": "object", "additionalProperties": item.schema],
      kinds: [.mapping],
      encode: encode,
      decode: { node in
        let entries = node.entries.filter { $0.value.kind != .null || item.kinds.contains(.null) }
        return entries.compactMap { entry in
          item.read(entry.value).map { Named(name: entry.key, value: $0, node: entry.value) }
        }
      })
  }
}

extension ValueType {
  /// An example as it may stand within `[ ]` or `{ }`, where a `${…}` needs quotes.
  fileprivate static func quotedInFlow(_ example: String) -> String {
    example.contains("${") ? "\"\(example)\"" : example
  }
}

/// A value under a name that the user gave it.
package struct Named<Value: Sendable>: Sendable {
  package let name: String
  package let value: Value
  /// The value's node, for errors about it; `node.keyPosition` is the name's place.
  package let node: ConfigNode

  package init(name: String, value: Value, node: ConfigNode) {
    self.name = name
    self.value = value
    self.node = node
  }
}

extension ValueType where Value: ConfigSection {
  /// A mapping with known keys.
  package static func section(_ type: Value.Type) -> ValueType<Value> {
    ValueType(
      summary: "section",
      expected: "a mapping with the keys " + type.keys.map(\.name).joined(separator: ", "),
      example: "{}", schema: JSONSchema.object(of: type.keys), kinds: [.mapping, .null], keys: type.keys,
      decode: { $0.read(type) })
  }
}

extension ValueType where Value == ConfigNode {
  /// The node itself, for a section that reads it with knowledge of its own.
  package static func node(
    summary: String, expected: String, example: String, schema: JSONValue, kinds: Set<ConfigNode.Kind>
  ) -> ValueType<ConfigNode> {
    ValueType(
      summary: summary, expected: expected, example: example, schema: schema, kinds: kinds, decode: { $0 })
  }
}

extension ValueType {
  /// A value that its own function reads. `read` answers nil once it has reported an error.
  package static func custom(
    _ expected: String, summary: String? = nil, example: String = "", schema: JSONValue,
    kinds: Set<ConfigNode.Kind> = [.scalar, .sequence, .mapping],
    encode: (@Sendable (Value) -> JSONValue)? = nil,
    read: @escaping @Sendable (ConfigNode) -> Value?
  ) -> ValueType<Value> {
    ValueType(
      summary: summary ?? expected, expected: expected, example: example, schema: schema, kinds: kinds,
      encode: encode, decode: read)
  }

  /// A single word that stands for a value: `off`.
  package static func keyword(_ word: String, as value: Value) -> ValueType<Value> {
    ValueType(
      summary: "`\(word)`", expected: word, example: word, schema: ["const": .string(word)], kinds: [.scalar],
      keyword: word,
      decode: { node in
        if node.text == word { return value }
        node.fail(
          "\(node.shown) is none of these", expected: word,
          suggestion: node.text.flatMap { Nearest.name(to: $0, among: [word]) })
        return nil
      })
  }

  /// One of several types: `off`, or a section. The kind of the node decides which is meant, and among scalars
  /// the keywords come first.
  package static func either(_ alternatives: ValueType<Value>...) -> ValueType<Value> {
    let words = alternatives.compactMap(\.keyword)
    let expected = Quoting.alternatives(alternatives.map(\.expected))
    return ValueType(
      summary: Quoting.alternatives(alternatives.map(\.summary)), expected: expected,
      example: alternatives.first?.example ?? "", schema: ["anyOf": .array(alternatives.map(\.schema))],
      kinds: alternatives.reduce(into: []) { $0.formUnion($1.kinds) },
      keys: alternatives.flatMap(\.keys),
      decode: { node in
        if let text = node.text, let exact = alternatives.first(where: { $0.keyword == text }) {
          return exact.read(node)
        }
        if let fit = alternatives.first(where: { $0.keyword == nil && $0.kinds.contains(node.kind) }) {
          return fit.read(node)
        }
        node.fail(
          "\(node.shown) is none of these", expected: expected,
          suggestion: node.text.flatMap { Nearest.name(to: $0, among: words) })
        return nil
      })
  }
}
