/// What was learnt of how long one kind of a source's tasks takes.
package struct LearntPace: Sendable, Equatable {
  package var source: String
  /// Empty for all tasks of the source together.
  package var kind: String
  /// For the watcher alone to read.
  package var model: [UInt8]
  /// When a task of the kind last taught.
  package var usedAt: Timestamp

  package init(source: String, kind: String, model: [UInt8], usedAt: Timestamp) {
    self.source = source
    self.kind = kind
    self.model = model
    self.usedAt = usedAt
  }
}
