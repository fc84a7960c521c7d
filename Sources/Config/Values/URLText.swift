/// URLs that can be opened: checked for what would make a client fail or go elsewhere, not rewritten.
package enum URLText {
  /// What keeps the text from being a URL of one of the schemes, to follow "the URL"; nil where nothing does.
  /// Says nothing of the text itself, which may be a credential.
  package static func refusal(of text: String, schemes: [String]) -> String? {
    if text.isEmpty { return "is empty" }
    if text.unicodeScalars.contains(where: { $0.properties.isWhitespace }) { return "has white space in it" }
    if text.unicodeScalars.contains(where: {
      $0.value < 0x20 || $0.value == 0x7F || "\"<>\\^`{|}".unicodeScalars.contains($0)
    }) {
      return "has a character in it that a URL cannot have unencoded"
    }
    guard let colon = text.range(of: "://") else { return "has no scheme" }
    guard schemes.contains(text[..<colon.lowerBound].lowercased()) else { return "has another scheme" }
    let authority = text[colon.upperBound...].prefix { !"/?#".contains($0) }
    var host = authority.split(separator: "@", omittingEmptySubsequences: false).last ?? ""
    if host.hasPrefix("[") {
      guard let close = host.firstIndex(of: "]") else { return "has a \"[\" without a \"]\"" }
      let address = host[host.index(after: host.startIndex)..<close]
      guard address.contains(":"), address.allSatisfy({ $0.isHexDigit || ":.%".contains($0) || $0.isLetter })
      else {
        return "has no IPv6 address between \"[\" and \"]\""
      }
      host = host[host.index(after: close)...]
      if host.isEmpty { return nil }
      guard host.hasPrefix(":") else { return "has something other than a port after \"]\"" }
    } else {
      let port = host.firstIndex(of: ":") ?? host.endIndex
      if host[..<port].isEmpty { return "has no host" }
      host = host[port...]
      if host.isEmpty { return nil }
    }
    let port = host.dropFirst()
    guard port.utf8.allSatisfy({ (0x30...0x39).contains($0) }), let number = Int(port),
      (1...65535).contains(number)
    else { return "has no port number from 1 to 65535 after its \":\"" }
    return nil
  }
}
