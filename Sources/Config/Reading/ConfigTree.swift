import YAML

/// Turns a YAML tree into config nodes: `${…}` put in, each node knowing its path.
struct ConfigTree {
  private let context: ConfigContext
  private var substitution: Substitution
  /// Scalars are resolved once for each place in the file, however often aliases repeat them.
  private var resolved: [TextPosition: ConfigNode.Content] = [:]

  init(_ context: ConfigContext) {
    self.context = context
    substitution = Substitution(context)
  }

  mutating func build(_ yaml: YAMLNode) -> ConfigNode {
    let root = ConfigNode(.null, at: yaml.position, root: context)
    return ConfigNode(content(of: yaml, as: root), at: yaml.position, root: context)
  }

  /// The content of `yaml`, for the node that is to stand there.
  private mutating func content(of yaml: YAMLNode, as node: ConfigNode) -> ConfigNode.Content {
    switch yaml.content {
    case .null: return .null
    case .broken: return .broken
    case .scalar(let scalar):
      if let known = resolved[yaml.position] { return known }
      let content = resolve(scalar, for: node)
      resolved[yaml.position] = content
      return content
    case .sequence(let items):
      var nodes: [ConfigNode] = []
      for (index, item) in items.enumerated() {
        nodes.append(child(item, of: node, step: .item(index), keyPosition: item.position))
      }
      return .sequence(nodes)
    case .mapping(let entries):
      var nodes: [ConfigEntry] = []
      for entry in entries {
        nodes.append(
          ConfigEntry(
            key: entry.key, keyPosition: entry.keyPosition,
            value: child(entry.value, of: node, step: .key(entry.key), keyPosition: entry.keyPosition)))
      }
      return .mapping(nodes)
    }
  }

  private mutating func child(
    _ yaml: YAMLNode, of parent: ConfigNode, step: YAMLStep, keyPosition: TextPosition
  ) -> ConfigNode {
    let location = ConfigPath(parent: parent.location, step: step)
    let blank = ConfigNode(
      .null, at: yaml.position, keyPosition: keyPosition, location: location, sharing: parent)
    return ConfigNode(
      content(of: yaml, as: blank), at: yaml.position, keyPosition: keyPosition, location: location,
      sharing: parent)
  }

  private mutating func resolve(_ scalar: YAMLScalar, for node: ConfigNode) -> ConfigNode.Content {
    switch substitution.resolve(scalar.text) {
    case .resolved(let text, let origin, let pieces):
      return .scalar(text: text, isQuoted: scalar.isQuoted, origin: origin, pieces: pieces)
    case .failed(let problems):
      for problem in problems {
        context.diagnostics.error(
          node.diagnostic(at: node.position, problem.message, problem.suggestion, problem.expectation))
      }
      return .broken
    }
  }
}
