import Config

/// Why a text is no template.
package struct TemplateProblem: Error, Sendable, Equatable {
  package var message: String
  /// What is allowed.
  package var expected: String?
  /// What was probably meant.
  package var suggestion: String?
  /// Characters of the text before the tag that is wrong; nil where `${…}` stands in the text, for its length
  /// is nobody's business.
  package var offset: Int?

  init(_ message: String, expected: String? = nil, suggestion: String? = nil, offset: Int? = nil) {
    self.message = message
    self.expected = expected
    self.suggestion = suggestion
    self.offset = offset
  }

  /// Reports the problem at the text's node.
  package func report(at node: ConfigNode) {
    let place = offset.map { $0 == 0 ? "" : " (at character \($0 + 1) of the text)" } ?? ""
    node.fail(message + place, expected: expected, suggestion: suggestion)
  }
}
