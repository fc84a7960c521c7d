extension ConfigNode {
  /// Adds an error at the node's value. A broken node has its error already.
  /// - Parameters:
  ///   - message: What is wrong, without a period. Show the value by `shown`, never by `text`.
  ///   - expected: What is allowed; becomes `Expected: …`.
  ///   - suggestion: What was probably meant. Derive none from a value that is secret or `isSubstituted`.
  package func fail(_ message: String, expected: String? = nil, suggestion: String? = nil) {
    guard !isBroken else { return }
    context.diagnostics.error(
      diagnostic(at: position, message, suggestion, expected.map { "Expected: \($0)" }))
  }

  /// Adds an error at the key under which the node stands: something is missing in the node, or the key does
  /// not belong there.
  package func failAtKey(_ message: String, expected: String? = nil, suggestion: String? = nil) {
    context.diagnostics.error(
      diagnostic(at: keyPosition, message, suggestion, expected.map { "Expected: \($0)" }))
  }

  /// Adds a warning at the node's value.
  package func warn(_ message: String) {
    context.diagnostics.warning(diagnostic(at: position, message, nil, nil))
  }

  /// Reports that the node is of the wrong kind.
  package func failKind(expected: String) {
    let found =
      switch kind {
      case .null: "nothing"
      case .scalar: "a text"
      case .sequence: "a list"
      case .mapping: "a mapping"
      }
    fail("\(found) stands here", expected: expected)
  }

  func diagnostic(
    at position: TextPosition, _ message: String, _ suggestion: String?, _ expectation: String?
  ) -> ConfigDiagnostic {
    ConfigDiagnostic(
      file: context.file, position: position, path: path, message: message, suggestion: suggestion,
      expectation: expectation)
  }
}
