/// How large a document may be. The bounds keep a hostile or mistaken file (an alias bomb, a data file) from
/// costing more than a moment and some megabytes.
package struct YAMLLimits: Sendable {
  /// Bytes of the file.
  package var bytes: Int
  /// Keys and values, with every alias and merge counted in full.
  package var nodes: Int
  /// Mappings and lists within each other, through aliases too.
  package var depth: Int

  package init(bytes: Int = 4 << 20, nodes: Int = 200_000, depth: Int = 64) {
    self.bytes = bytes
    self.nodes = nodes
    self.depth = depth
  }
}
