/// What every node of one config file shares.
package struct ConfigContext: Sendable {
  /// The file as the user named it, for messages.
  package let file: String
  /// The file's folder, absolute; relative paths are relative to it.
  package let folder: String
  package let environment: [String: String]
  package let diagnostics: Diagnostics

  package init(file: String, folder: String, environment: [String: String], diagnostics: Diagnostics) {
    self.file = file
    self.folder = folder
    self.environment = environment
    self.diagnostics = diagnostics
  }

  /// A path made absolute against the config file's folder.
  package func absolute(_ path: String) -> String {
    if path.hasPrefix("/") { return path }
    var rest = Substring(path)
    while rest.hasPrefix("./") { rest = rest.dropFirst(2).drop { $0 == "/" } }
    if rest.isEmpty || rest == "." { return folder }
    return folder == "/" ? "/" + rest : folder + "/" + rest
  }
}
