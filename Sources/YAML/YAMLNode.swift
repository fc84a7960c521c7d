/// A node of a YAML document: aliases are followed and merge keys merged already. Nodes that an alias repeats
/// share their storage.
package struct YAMLNode: Sendable {
  package enum Content: Sendable {
    /// `~`, `null` or nothing at all, unquoted.
    case null
    case scalar(YAMLScalar)
    case sequence([YAMLNode])
    /// In the order of the file; merged entries come after the mapping's own. No key occurs twice.
    case mapping([YAMLEntry])
    /// What an alias stands for that leads nowhere, which is reported.
    case broken
  }

  package let content: Content
  /// Where the node itself is written, past an anchor; what came by an alias or a merge keeps the place where
  /// it was written.
  package let position: TextPosition
  /// Nodes in this tree, itself included, with every alias counted in full.
  let size: Int
  /// Levels of collections in this tree: 0 for a scalar.
  let height: Int

  init(_ content: Content, at position: TextPosition, size: Int = 1, height: Int = 0) {
    self.content = content
    self.position = position
    self.size = size
    self.height = height
  }
}

/// A text as it stands in a document, with escapes and folding resolved. It has no type: `5`, `on` and
/// `2024-11-06` are texts until a reader wants something else of them.
package struct YAMLScalar: Sendable, Equatable {
  package let text: String
  /// In single or double quotes, or a block scalar (`|`, `>`): meant as text.
  package let isQuoted: Bool

  package init(text: String, isQuoted: Bool) {
    self.text = text
    self.isQuoted = isQuoted
  }
}

/// A key and its value in a mapping.
package struct YAMLEntry: Sendable {
  package let key: String
  package let keyPosition: TextPosition
  package let value: YAMLNode
}
