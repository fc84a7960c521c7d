/// What is wrong in a YAML text.
package struct YAMLError: Error, Sendable, Equatable, CustomStringConvertible {
  package let position: TextPosition
  /// The way to the node that is wrong; empty where the text as a whole cannot be read.
  package let path: [YAMLStep]
  /// In words, for the person who wrote the file. Holds no value of the file, only names of keys and anchors.
  package let message: String

  package init(_ message: String, at position: TextPosition, path: [YAMLStep] = []) {
    self.position = position
    self.path = path
    self.message = message
  }

  /// `line:column: message`
  package var description: String { "\(position): \(message)" }
}

/// One step from a node to a node within it.
package enum YAMLStep: Sendable, Hashable {
  case key(String)
  /// Counted from 0.
  case item(Int)
}
