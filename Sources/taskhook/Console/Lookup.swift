import Config

/// Finds what a person named.
enum Lookup {
  /// Fails where a name is not among those of the config, with the nearest that is.
  static func require(_ name: String, among names: [String], what: String) throws {
    if names.contains(name) { return }
    let meant = Nearest.name(to: name, among: names).map { "; did you mean \($0)?" } ?? "."
    throw Failure(
      .usage,
      "unknown \(what) \(Printable.line(name))\(meant) The config has: \(names.joined(separator: ", "))")
  }
}

extension Configuration {
  func source(named name: String) throws -> Named<SourceSection> {
    try Lookup.require(name, among: sources.map(\.name), what: "source")
    return sources.first { $0.name == name }!
  }

  func hook(named name: String) throws -> Named<ResolvedHook> {
    try Lookup.require(name, among: hooks.map(\.name), what: "hook")
    return hooks.first { $0.name == name }!
  }
}
