import Config
import Foundation
import Server

/// As much of the config as the commands beside the daemon need: where the state is, and the names. Other
/// mistakes in the file, such as variables that only the daemon's environment has, do not keep them from
/// working.
struct ConfigOutline {
  let state: String
  let sources: [String]
  let hooks: [String]
  /// Nil where it is off, or cannot be read here: its token may be a variable that only the daemon has.
  let server: ServerSection?

  static func defaultState(in folder: String) -> String {
    folder == "/" ? "/taskhook.db" : folder + "/taskhook.db"
  }

  static func read(_ path: String) throws -> ConfigOutline {
    let diagnostics = Diagnostics()
    let environment = ProcessInfo.processInfo.environment
    guard let root = ConfigFile.load(path: path, environment: environment, diagnostics: diagnostics) else {
      throw Failure(.config, diagnostics.errors.map(\.description).joined(separator: "\n"))
    }
    var state = defaultState(in: root.context.folder)
    if let node = root[Configuration.Keys.state.name] {
      guard let path = node.read(.statePath) else {
        let errors = diagnostics.errors.filter { $0.path == Configuration.Keys.state.name }
        throw Failure(.config, errors.map(\.description).joined(separator: "\n"))
      }
      state = path
    }
    return ConfigOutline(
      state: state, sources: root[Configuration.Keys.sources.name]?.entries.map(\.key) ?? [],
      hooks: root[Configuration.Keys.hooks.name]?.entries.map(\.key) ?? [],
      server: root[Configuration.Keys.server.name]?.read(ServerSection.self))
  }

  var names: StateNames { StateNames(sources: sources, hooks: hooks) }
}
