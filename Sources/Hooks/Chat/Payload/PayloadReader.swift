import Config

/// Reads the payload of a service. A payload is YAML as the service wants it as JSON, its texts templates, with
/// these mappings in it that stand for something else:
///
/// - `{cut: TEXT, to: LIMIT}`: a text cut to what the service takes;
/// - `{key: TEXT, over: LIMIT}`: a text that names something, hashed where it is longer;
/// - `{when: NAME, …}` and `{unless: NAME, …}`: the mapping without that key, left out altogether where nothing
///   stands under the name, or something does; a list of names asks for all of them, or for none;
/// - `{each: NAME, …}`, in a list: the mapping once for each element of a list, which is `item` in it.
///
/// With the latter three, `{…, value: X}` stands for X where no mapping is wanted.
struct PayloadReader {
  let names: TemplateNames
  let escape: TextEscape

  private static let cutExpected = "{cut: TEXT, to: LIMIT}"
  private static let keyExpected = "{key: TEXT, over: LIMIT}"

  /// Nil where errors were reported.
  func read(_ node: ConfigNode) -> PayloadNode? {
    switch node.kind {
    case .null: return .fixed(Array("null".utf8))
    case .scalar:
      if let text = node.text, !node.isQuoted, let json = CoreSchema.json(of: text) {
        return .fixed(Array(json.utf8))
      }
      return template(node).map { .text($0) }
    case .sequence: return all(node.items.map(read)).map { .list($0) }
    case .mapping: return readMapping(node)
    }
  }

  private func readMapping(_ node: ConfigNode) -> PayloadNode? {
    if node["cut"] != nil { return limited(node, "cut", "to", Self.cutExpected) { .cut($0, to: $1) } }
    if node["key"] != nil { return limited(node, "key", "over", Self.keyExpected) { .key($0, over: $1) } }
    let conditions = ["when", "unless", "each"]
    let rest = node.entries.filter { !conditions.contains($0.key) }
    let reader = node["each"].map { self.reader(within: $0) } ?? self
    let isWrapped = rest.count < node.entries.count && rest.count == 1 && rest[0].key == "value"
    let inner = isWrapped ? reader.read(rest[0].value) : reader.readObject(rest)
    guard var payload = inner, let when = reader.expressions(node["when"]),
      let unless = reader.expressions(node["unless"])
    else { return nil }
    if !when.isEmpty || !unless.isEmpty { payload = .only(payload, when: when, unless: unless) }
    guard let each = node["each"] else { return payload }
    return expression(each).map { .each(payload, of: $0) }
  }

  private func readObject(_ entries: [ConfigEntry]) -> PayloadNode? {
    all(entries.map { read($0.value) }).map { values in
      .object(zip(entries, values).map { (key: $0.key, value: $1) })
    }
  }

  /// All of them, where there is no nil among them.
  private func all(_ nodes: [PayloadNode?]) -> [PayloadNode]? {
    let good = nodes.compactMap(\.self)
    return good.count == nodes.count ? good : nil
  }

  private func template(_ node: ConfigNode) -> TextTemplate? {
    TextTemplate.read(node, names: names, escape: escape)
  }

  private func limited(
    _ node: ConfigNode, _ text: String, _ limit: String, _ expected: String,
    _ make: (TextTemplate, TextLimit) -> PayloadNode
  ) -> PayloadNode? {
    guard node.entries.count == 2, let text = node[text], let limit = node[limit] else {
      node.fail("the mapping has other keys than it needs", expected: expected)
      return nil
    }
    guard let text = template(text), let limit = limit.read(.textLimit) else { return nil }
    return make(text, limit)
  }

  /// The names of a condition; none where it is absent.
  private func expressions(_ node: ConfigNode?) -> [TextTemplate]? {
    guard let node else { return [] }
    let nodes = node.kind == .sequence ? node.items : [node]
    let read = nodes.map(expression)
    let good = read.compactMap(\.self)
    return good.count == read.count ? good : nil
  }

  /// A name as a template that is this one tag, whose value is that of the name.
  private func expression(_ node: ConfigNode) -> TextTemplate? {
    guard let name = node.text else {
      node.failKind(expected: "a name")
      return nil
    }
    do throws(TemplateProblem) {
      return try TextTemplate("{{\(name)}}", knowing: names)
    } catch {
      error.report(at: node)
      return nil
    }
  }

  /// A reader that knows an element of a list as `item`.
  private func reader(within list: ConfigNode) -> PayloadReader {
    let path = (list.text ?? "").split(separator: ".").map(String.init)
    let shape = path.isEmpty ? nil : try? names.shape(of: path, within: [])
    return PayloadReader(names: names.adding("item", shape ?? .anything), escape: escape)
  }
}
