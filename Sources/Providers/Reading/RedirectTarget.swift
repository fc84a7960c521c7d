/// Where a redirect points to, without its path and query, which may hold tokens.
struct RedirectTarget: CustomStringConvertible {
  /// Scheme, where the redirect names one, and host.
  let description: String

  /// - Parameters:
  ///   - location: The Location header: a URL, or a part of one (RFC 3986 section 4.2).
  ///   - host: The host that was asked.
  init(location: String, from host: String) {
    var rest = Substring(location)
    var scheme = ""
    if let colon = rest.firstIndex(of: ":"), rest[..<colon].allSatisfy({ $0.isLetter && $0.isASCII }),
      colon > rest.startIndex
    {
      scheme = rest[..<colon].lowercased() + "://"
      rest = rest[rest.index(after: colon)...]
    }
    guard rest.hasPrefix("//") else {
      description = "another path of \(host)"
      return
    }
    var authority = rest.dropFirst(2).prefix { !"/?#\\".contains($0) }
    if let at = authority.lastIndex(of: "@") { authority = authority[authority.index(after: at)...] }
    description = authority.isEmpty ? "another path of \(host)" : scheme + authority
  }
}
