/// Where a URL points to, as errors may say it: host and port, never user, path or query.
struct Place: CustomStringConvertible {
  let description: String

  init(of url: String) {
    guard let scheme = url.firstRange(of: "://") else {
      description = "a URL without a scheme"
      return
    }
    let rest = url[scheme.upperBound...]
    var authority = rest[..<(rest.firstIndex { "/?#\\".contains($0) } ?? rest.endIndex)]
    if let at = authority.lastIndex(of: "@") { authority = authority[authority.index(after: at)...] }
    let host = String(authority.unicodeScalars.filter { $0.value > 0x20 && $0.value != 0x7F })
    let bare = host.lastIndex(of: "]").map { host[host.index(after: $0)...] } ?? host[...]
    if host.isEmpty {
      description = "a URL without a host"
    } else if bare.contains(":") {
      description = host
    } else {
      description = host + (url[..<scheme.lowerBound].lowercased() == "https" ? ":443" : ":80")
    }
  }
}
