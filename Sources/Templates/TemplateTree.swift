import Config
import Model

/// A YAML tree whose texts are templates, rendered to JSON by an encoder: no value can break it.
///
/// A leaf that is exactly one tag keeps the value's JSON type, byte for byte as the provider spelt it; absent
/// becomes null. Unquoted numbers, `true`, `false` and null become JSON's (YAML 1.2, core schema), all else is
/// text: `on`, `yes`, dates, and what `${…}` puts in. Keys are taken as they stand.
package struct TemplateTree: Sendable {
  private indirect enum Node: Sendable {
    /// A number, a boolean or null as JSON.
    case fixed([UInt8])
    case text(TextTemplate)
    case list([Node])
    case object([(key: String, value: Node)])
  }

  private let root: Node
  /// What came into it from outside the file by `${…}`: to be masked where a receiver echoes it.
  package let secrets: [Secret]

  /// Reads a node of any kind; nil where errors were reported, each at its leaf.
  package static func read(
    _ node: ConfigNode, names: TemplateNames, escape: TextEscape = .none
  ) -> TemplateTree? {
    var secrets: [Secret] = []
    return read(node, names, escape, &secrets).map { TemplateTree(root: $0, secrets: secrets) }
  }

  /// The JSON for a message. What sections multiply beyond 16 MiB in all is left out.
  /// - Parameter hidingSecrets: whether `***` stands for what `${…}` put in.
  package func render(_ context: TemplateContext, hidingSecrets: Bool = false) -> [UInt8] {
    var json = JSONWriter()
    Self.write(root, context, hidingSecrets, RenderBudget(), &json)
    return json.bytes
  }

  private init(root: Node, secrets: [Secret]) {
    self.root = root
    self.secrets = secrets
  }

  private static func read(
    _ node: ConfigNode, _ names: TemplateNames, _ escape: TextEscape, _ secrets: inout [Secret]
  ) -> Node? {
    switch node.kind {
    case .null: return .fixed(Array("null".utf8))
    case .scalar:
      if let text = node.text, !node.isQuoted, !node.isSubstituted, let json = CoreSchema.json(of: text) {
        return .fixed(Array(json.utf8))
      }
      guard let template = TextTemplate.read(node, names: names, escape: escape) else { return nil }
      secrets += template.secrets
      return .text(template)
    case .sequence:
      // All are read before any failure counts, so that each mistake is told.
      let items = node.items.map { read($0, names, escape, &secrets) }
      let good = items.compactMap(\.self)
      return good.count == items.count ? .list(good) : nil
    case .mapping:
      let entries = node.entries.map { ($0.key, read($0.value, names, escape, &secrets)) }
      let good = entries.compactMap { key, value in value.map { (key: key, value: $0) } }
      return good.count == entries.count ? .object(good) : nil
    }
  }

  private static func write(
    _ node: Node, _ context: TemplateContext, _ hidingSecrets: Bool, _ budget: RenderBudget,
    _ json: inout JSONWriter
  ) {
    switch node {
    case .fixed(let bytes): json.raw(bytes)
    case .text(let template):
      template.value(context, hidingSecrets: hidingSecrets, budget: budget).write(to: &json)
    case .list(let items):
      json.array { json in for item in items { write(item, context, hidingSecrets, budget, &json) } }
    case .object(let entries):
      json.object { json in
        for entry in entries {
          json.key(entry.key)
          write(entry.value, context, hidingSecrets, budget, &json)
        }
      }
    }
  }
}
