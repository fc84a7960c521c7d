import Model

/// What a request to the proxy asks for: `/proxy/SOURCE/PATH?QUERY`, percent-encoded as it came.
struct ProxyTarget: Equatable {
  static let mount = "/proxy/"

  let source: String
  /// Begins with a slash.
  var path: String
  /// With its question mark; empty where there is none.
  let query: String

  /// `whole` begins with the mount. A path with `.` or `..` in it is refused: it could lead out of the base URL's own,
  /// and take a key along.
  init(_ whole: String) throws(Problem) {
    let rest = whole.dropFirst(Self.mount.count).prefix { $0 != "#" }
    let place = rest.prefix { $0 != "?" }
    let name = place.prefix { $0 != "/" }
    guard let source = PercentDecoding.decode(name), !source.isEmpty else {
      throw .notFound("The path is to be /proxy/SOURCE/… with the name of a source.")
    }
    let path = place[name.endIndex...]
    for segment in path.split(separator: "/") {
      let plain = segment.lowercased().replacing("%2e", with: ".")
      if plain == "." || plain == ".." {
        throw .badRequest("A path with \".\" or \"..\" in it is not forwarded.")
      }
    }
    self.source = source
    self.path = path.isEmpty ? "/" : String(path)
    query = String(rest[place.endIndex...])
  }
}
