import Config
import Templates

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

  private static let conditions = ["when", "unless", "each"]

  /// Nil where errors were reported.
  func read(_ node: ConfigNode) -> PayloadNode? {
    switch node.kind {
    case .null: return .fixed(Array("null".utf8))
    case .scalar:
      if let text = node.text, !node.isQuoted, let json = CoreSchema.json(of: text) {
        return .fixed(Array(json.utf8))
      }
      return TextTemplate.read(node, names: names, escape: escape).map { .text($0) }
    case .sequence: return all(node.items.map { readItem($0, isElement: true) }).map { .list($0) }
    case .mapping:
      if node["cut"] != nil {
        return limited(node, "cut", "to").map { .cut($0, to: $1) }
      }
      if node["key"] != nil {
        return limited(node, "key", "over").map { .key($0, over: $1) }
      }
      return readObject(node, node.entries)
    }
  }

  private func readObject(_ node: ConfigNode, _ entries: [ConfigEntry]) -> PayloadNode? {
    for entry in entries where Self.conditions.contains(entry.key) {
      entry.value.failAtKey("a whole payload, or a value, cannot be left out or repeated")
      return nil
    }
    return all(entries.map { readItem($0.value, isElement: false) }).map { items in
      .object(zip(entries, items).map { (key: $0.key, value: $1) })
    }
  }

  private func readItem(_ node: ConfigNode, isElement: Bool) -> PayloadItem? {
    let rest = node.entries.filter { !Self.conditions.contains($0.key) }
    guard rest.count < node.entries.count else { return read(node).map { PayloadItem(node: $0) } }
    if let each = node["each"], !isElement {
      each.failAtKey("only an element of a list can be repeated")
      return nil
    }
    let inner = node["each"].map { within($0) } ?? self
    let isWrapped = rest.count == 1 && rest[0].key == "value"
    let payload = isWrapped ? inner.read(rest[0].value) : inner.readObject(node, rest)
    guard let payload, let when = inner.expressions(node["when"]),
      let unless = inner.expressions(node["unless"]), let each = expressions(node["each"])
    else { return nil }
    return PayloadItem(node: payload, when: when, unless: unless, each: each.first)
  }

  /// All of them, where there is no nil among them.
  private func all<Value>(_ values: [Value?]) -> [Value]? {
    let good = values.compactMap(\.self)
    return good.count == values.count ? good : nil
  }

  private func limited(_ node: ConfigNode, _ text: String, _ limit: String) -> (TextTemplate, TextLimit)? {
    guard node.entries.count == 2, let text = node[text], let limit = node[limit] else {
      node.fail("the mapping has other keys than it needs", expected: "{\(text): TEXT, \(limit): LIMIT}")
      return nil
    }
    guard let text = TextTemplate.read(text, names: names, escape: escape),
      let limit = limit.read(.textLimit)
    else { return nil }
    return (text, limit)
  }

  /// The names of a condition; none where it is absent.
  private func expressions(_ node: ConfigNode?) -> [TextTemplate]? {
    guard let node else { return [] }
    return all((node.kind == .sequence ? node.items : [node]).map(expression))
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
  private func within(_ list: ConfigNode) -> PayloadReader {
    let path = (list.text ?? "").split(separator: ".").map(String.init)
    let shape = path.isEmpty ? nil : try? names.shape(of: path, within: [])
    return PayloadReader(names: names.adding("item", shape ?? .anything), escape: escape)
  }
}
