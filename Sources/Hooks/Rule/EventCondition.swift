/// One entry of a hook's `where`: a field and what it must be. A field that the event does not have fits
/// nothing; of several values (`[*]`) one is enough.
package struct EventCondition: Sendable {
  package enum Test: Sendable {
    /// The field's text is one of these, to the letter.
    case isOne(of: [String])
    /// The field's text contains a match.
    case matches(TextPattern)
  }

  package var field: EventField
  package var test: Test

  package init(_ field: EventField, _ test: Test) {
    self.field = field
    self.test = test
  }

  func fits(_ fields: inout EventFields) -> Bool { fields.values(of: field).contains(where: fits) }

  func fits(_ value: String) -> Bool {
    switch test {
    case .isOne(let values): values.contains(value)
    case .matches(let pattern): pattern.isFound(in: value)
    }
  }

  /// Whether the task JSON must be read to tell.
  var readsTask: Bool { if case .task = field { true } else { false } }
}
