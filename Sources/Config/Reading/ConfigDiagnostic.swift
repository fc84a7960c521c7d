/// One thing that is wrong, or doubtful, in a config file.
package struct ConfigDiagnostic: Error, Sendable, Hashable, CustomStringConvertible {
  /// The file as the user named it.
  package var file: String
  /// The offending key or value; nil where the whole file is meant (it cannot be opened).
  package var position: TextPosition?
  /// `hooks.alert.retry`; empty at the top of the file.
  package var path: String
  /// What is wrong. Holds no secret and no value that came by `${…}`.
  package var message: String
  /// What was probably meant, as it would be written.
  package var suggestion: String?
  /// A sentence without its period: `Expected: …`, `Allowed: …`.
  package var expectation: String?

  package init(
    file: String, position: TextPosition?, path: String, message: String, suggestion: String? = nil,
    expectation: String? = nil
  ) {
    self.file = file
    self.position = position
    self.path = path
    self.message = message
    self.suggestion = suggestion
    self.expectation = expectation
  }

  /// `config.yaml:12:5: hooks.alert.retry.atempts: unknown key; did you mean "attempts"? Allowed: …`
  package var description: String {
    var text = file + ":"
    if let position { text += "\(position):" }
    if !path.isEmpty { text += " \(path):" }
    text += " " + message
    if let suggestion { text += "; did you mean \(Quoting.quoted(suggestion))?" }
    if let expectation { text += (suggestion == nil ? ". " : " ") + expectation }
    return text
  }
}
