/// What is wrong in a YAML text.
package struct YAMLError: Error, Sendable, Equatable, CustomStringConvertible {
  package let position: TextPosition
  /// In words, for the person who wrote the file. Holds no value of the file, only names of keys and anchors.
  package let message: String

  package init(_ message: String, at position: TextPosition) {
    self.position = position
    self.message = message
  }

  /// `line:column: message`
  package var description: String { "\(position): \(message)" }
}
