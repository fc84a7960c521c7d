import Model

/// Host and port as `Host` and `Origin` have them.
struct Authority: Equatable {
  /// In small letters, without brackets.
  var host: String
  var port: Int?

  /// Nil for anything but `host`, `host:port`, `[v6]` and `[v6]:port`.
  init?(_ text: some StringProtocol) {
    let text = text.lowercased()
    var rest: Substring
    if text.hasPrefix("[") {
      guard let end = text.firstIndex(of: "]") else { return nil }
      host = String(text[text.index(after: text.startIndex)..<end])
      guard case .v6? = IPAddress(host) else { return nil }
      rest = text[text.index(after: end)...]
    } else {
      let end = text.firstIndex(of: ":") ?? text.endIndex
      host = String(text[..<end])
      rest = text[end...]
      if host.isEmpty || host.contains(where: { "/?#@\\ ".contains($0) }) { return nil }
    }
    if rest.isEmpty { return }
    rest.removeFirst()
    guard let number = UInt16(rest), rest.utf8.allSatisfy({ (48...57).contains($0) }) else { return nil }
    port = Int(number)
  }

  /// `http://host:port` and the like; nil for anything else, such as `null`.
  init?(origin: String) {
    for (scheme, usual) in [("http://", 80), ("https://", 443)] where origin.lowercased().hasPrefix(scheme) {
      self.init(origin.dropFirst(scheme.count))
      port = port ?? usual
      return
    }
    return nil
  }

  /// Whether an origin of this authority is the site that the request was sent to.
  func isSame(asHost host: Authority, scheme usual: Int) -> Bool {
    self.host == host.host && port == (host.port ?? usual)
  }
}
