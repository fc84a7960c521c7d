/// Why a text is no value of a type.
package struct TextProblem: Error, Sendable, Equatable {
  /// To follow the value: `has no unit`.
  package var message: String
  /// The text as it was probably meant.
  package var suggestion: String?

  package init(_ message: String, suggestion: String? = nil) {
    self.message = message
    self.suggestion = suggestion
  }
}
