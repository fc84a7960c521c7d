/// A mapping of the config whose keys are known, checked and read.
package struct Section: Sendable {
  private enum Reading: Sendable {
    case value(any Sendable)
    /// Present but wrong, which is reported.
    case failed
  }

  /// The mapping, or a null in its place.
  package let node: ConfigNode
  private let readings: [String: Reading]

  /// Reads all keys at once, so that every mistake is told whatever the caller does with the section. Unknown
  /// keys and missing ones are reported here. Answers nil where the node is no mapping.
  init?(_ node: ConfigNode, keys: [AnyKey]) {
    guard node.kind == .mapping || node.kind == .null else {
      if !node.isBroken { node.failKind(expected: "a mapping with the keys " + Self.list(keys)) }
      return nil
    }
    self.node = node
    let known = Dictionary(keys.map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })
    var readings: [String: Reading] = [:]
    for entry in node.entries {
      guard let key = known[entry.key] else {
        Self.failUnknown(entry, keys: keys)
        continue
      }
      if entry.value.kind != .null {
        readings[key.name] = key.read(entry.value).map(Reading.value) ?? .failed
      }
    }
    for key in keys where key.isRequired && readings[key.name] == nil {
      node.context.diagnostics.error(
        node.diagnostic(
          at: node.keyPosition, "the key \(Quoting.quoted(key.name)) is missing", nil,
          "Expected: \(key.expected)"))
    }
    self.readings = readings
  }

  /// The value of a declared key, its default, or nil.
  package subscript<Value, Result>(key: Key<Value, Result>) -> Result {
    switch readings[key.name] {
    case .value(let value as Value): key.result(value)
    case .failed: key.result(nil)
    // A key that the section does not list, or lists with another type: read on the spot.
    case .value, nil: key.result(node[key.name].flatMap { key.type.read($0) })
    }
  }

  /// The section under a key, read as an empty one where it is absent: its defaults. nil where an error was
  /// reported.
  package subscript<Value: ConfigSection>(orEmpty key: Key<Value, Value?>) -> Value? {
    readings[key.name] == nil ? node.empty(key.name).read(Value.self) : self[key]
  }

  /// Whether a key stands in the section, right or wrong, and is not null.
  package func has<Value, Result>(_ key: Key<Value, Result>) -> Bool { node[key.name] != nil }

  /// The node of a key's value; nil where it is absent or null.
  package func node<Value, Result>(at key: Key<Value, Result>) -> ConfigNode? { node[key.name] }

  /// Adds an error at a key's value, or where the key is absent at the section's own key.
  package func fail<Value, Result>(
    at key: Key<Value, Result>, _ message: String, expected: String? = nil, suggestion: String? = nil
  ) {
    guard let value = node[key.name] else {
      return node.failAtKey(message, expected: expected, suggestion: suggestion)
    }
    value.fail(message, expected: expected, suggestion: suggestion)
  }

  /// Adds an error at the key under which the section stands: something is missing in it.
  package func fail(_ message: String, expected: String? = nil) {
    node.failAtKey(message, expected: expected)
  }

  /// Requires that exactly one of the keys is there: without one the error is the section's, beside the first
  /// one each further key has its own. Answers whether it is so.
  @discardableResult
  package func requireOne(of keys: [AnyKey]) -> Bool {
    let isThere = node.entries.contains { entry in
      entry.value.kind != .null && keys.contains { $0.name == entry.key }
    }
    if !isThere { node.failAtKey("one of the keys \(Quoting.alternatives(keys.map(\.name))) is missing") }
    return allowOne(of: keys) && isThere
  }

  /// Requires that at most one of the keys is there: beside the first one each further key has an error of its
  /// own. Answers whether it is so.
  @discardableResult
  package func allowOne(of keys: [AnyKey]) -> Bool {
    let present = node.entries.filter { entry in
      entry.value.kind != .null && keys.contains { $0.name == entry.key }
    }
    for entry in present.dropFirst() {
      let names = Quoting.alternatives(keys.map(\.name))
      entry.value.failAtKey("only one of the keys \(names) can stand here, and \(present[0].key) does")
    }
    return present.count <= 1
  }

  private static func failUnknown(_ entry: ConfigEntry, keys: [AnyKey]) {
    let node = entry.value
    func suggestion() -> String? {
      if let near = Nearest.name(to: entry.key, among: keys.map(\.name)) { return near }
      return keys.first { $0.keys.contains { $0.name == entry.key } }.map { "\($0.name).\(entry.key)" }
    }
    node.context.diagnostics.error(
      node.diagnostic(at: entry.keyPosition, "unknown key", suggestion(), "Allowed: " + list(keys)))
  }

  private static func list(_ keys: [AnyKey]) -> String { keys.map(\.name).joined(separator: ", ") }
}

extension ConfigNode {
  /// The node as a section with these keys, all read and all mistakes reported; nil where it is no mapping.
  package func section(of keys: [AnyKey]) -> Section? { Section(self, keys: keys) }

  /// Reads a section; nil where an error was reported.
  package func read<S: ConfigSection>(_ type: S.Type) -> S? {
    section(of: S.keys).flatMap { S($0) }
  }

  /// Reads a value; nil where an error was reported.
  package func read<Value>(_ type: ValueType<Value>) -> Value? { type.read(self) }
  /// A null as it would stand under a key that is absent.
  fileprivate func empty(_ key: String) -> ConfigNode {
    ConfigNode(
      .null, at: keyPosition, keyPosition: keyPosition,
      location: ConfigPath(parent: location, step: .key(key)),
      sharing: self)
  }
}
