import Config

/// An http or https URL, as far as it decides whether the key may be sent there: nothing in it is open to two
/// readings.
struct WebAddress {
  /// What has to be the same for a credential to go along (RFC 6454 section 4).
  struct Origin: Equatable {
    let scheme: String
    /// In lower case.
    let host: String
    let port: Int
  }

  let origin: Origin
  /// Host, and port where one is given.
  let authority: String
  /// Begins with a slash; without query.
  let path: String

  /// Nil where the text is no such URL, or has a user, a fragment, or `.` and `..` in its path.
  init?(_ text: String) {
    guard URLText.refusal(of: text, schemes: ["http", "https"]) == nil,
      !text.utf8.contains(UInt8(ascii: "#")), let colon = text.range(of: "://")
    else { return nil }
    let scheme = text[..<colon.lowerBound].lowercased()
    let authority = text[colon.upperBound...].prefix { !"/?".contains($0) }
    if authority.utf8.contains(UInt8(ascii: "@")) { return nil }
    // The host may be an international name.
    if !text[authority.endIndex...].utf8.allSatisfy({ $0 < 0x80 }) { return nil }
    let path = text[authority.endIndex...].prefix { $0 != "?" }
    for segment in path.split(separator: "/") {
      let plain = segment.replacing("%2e", with: ".").replacing("%2E", with: ".")
      if plain == "." || plain == ".." { return nil }
    }
    // The colons of an IPv6 address stand in brackets.
    let end = authority.lastIndex(of: "]") ?? authority.startIndex
    let portMark = authority[end...].lastIndex(of: ":")
    let port = portMark.map { authority[authority.index(after: $0)...] } ?? ""
    origin = Origin(
      scheme: scheme, host: authority[..<(portMark ?? authority.endIndex)].lowercased(),
      port: Int(port) ?? (scheme == "http" ? 80 : 443))
    self.authority = String(authority)
    self.path = path.isEmpty ? "/" : String(path)
  }
}

extension BaseURL {
  /// Whether a URL is on the same host, port and scheme.
  func isOrigin(of address: WebAddress) -> Bool { WebAddress(description)?.origin == address.origin }

  /// Whether a URL is on the same host, and its path below this one's.
  func holds(_ address: WebAddress) -> Bool {
    guard let own = WebAddress(description), own.origin == address.origin else { return false }
    return own.path == "/" || address.path == own.path || address.path.hasPrefix(own.path + "/")
  }
}
