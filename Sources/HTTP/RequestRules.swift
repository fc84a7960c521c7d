import Model

/// What may be sent at all. Each rule gives the reason for a refusal, without the refused text.
enum RequestRules {
  /// A method is a token (RFC 9110 section 9.1). CONNECT is not for callers, HEAD and TRACE carry no body.
  static func refusal(ofMethod method: String) -> String? {
    guard HeaderSyntax.isToken(method) else { return "the method is no token" }
    return method == "CONNECT" ? "CONNECT cannot be asked for" : nil
  }

  /// Names are tokens, values hold no control characters but the tab (RFC 9110 section 5), and the length of
  /// the body is counted, not told.
  static func refusal(ofHeader header: HTTPHeader) -> String? {
    guard HeaderSyntax.isToken(header.name) else {
      return "a header's name holds a character that is not allowed there"
    }
    switch header.name.utf8.count {
    case 14 where header.name.lowercased() == "content-length",
      17 where header.name.lowercased() == "transfer-encoding":
      return "the header \(header.name) is set by the client alone"
    default: break
    }
    return HeaderSyntax.isValue(header.value) ? nil : "the header \(header.name) holds a control character"
  }

  /// A proxy connects to the host itself, out of sight.
  static func refusal(ofReach reach: Reach, by connection: ConnectionOptions) -> String? {
    reach == .anywhere || connection.proxy == nil
      ? nil : "a request that may reach public addresses alone cannot go through a proxy"
  }

  /// What a URL's bytes say of it: nil where it cannot be sent.
  enum URLReading: Equatable { case http, https, refused(String) }

  /// Only http and https; no control characters, no blanks.
  static func read(_ url: UnsafeBufferPointer<UInt8>) -> URLReading {
    for byte in url where byte <= 0x20 || byte == 0x7F {
      return .refused("the URL holds a control character or a blank")
    }
    let secure = starts(url, with: "https://")
    guard secure || starts(url, with: "http://") else { return .refused("the URL is neither http nor https") }
    // libcurl would skip a third slash and take the first name of the path for the host.
    if url[secure ? 8 : 7] == UInt8(ascii: "/") { return .refused("the URL has no host") }
    return secure ? .https : .http
  }

  private static func starts(_ url: UnsafeBufferPointer<UInt8>, with scheme: StaticString) -> Bool {
    let count = scheme.utf8CodeUnitCount
    guard url.count > count else { return false }
    // Setting bit 5 makes letters small, and leaves the colon and the slashes as they are.
    for index in 0..<count where url[index] | 0x20 != scheme.utf8Start[index] | 0x20 { return false }
    return true
  }
}
