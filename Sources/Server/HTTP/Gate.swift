import Hummingbird
import Model

/// Who may ask: no web page of elsewhere (`Host` against DNS rebinding, `Origin`, `Sec-Fetch-Site`), and nobody
/// without the token where there is one (SPEC section 7). Pure.
struct Gate: Sendable {
  /// The header that carries the token where `Authorization` is for somebody else.
  static let tokenField = FieldName("Taskhook-Token")!
  private static let fetchSite = FieldName("Sec-Fetch-Site")!
  private static let host = FieldName("Host")!

  private let listen: ListenAddress
  private let hosts: [AllowedPlace]
  private let token: [UInt8]?

  init(listen: ListenAddress, hosts: [AllowedPlace], token: Secret?) {
    self.listen = listen
    self.hosts = hosts
    self.token = token.map { Array($0.reveal().utf8) }
  }

  // MARK: Web pages

  /// - Parameter isPage: GET of a page that may be opened from anywhere.
  func check(_ head: HTTPRequest, isPage: Bool) throws(Problem) {
    guard let text = head.authority, head.headerFields[values: Self.host].isEmpty else {
      throw .badRequest("There must be one Host header.")
    }
    guard let authority = Authority(text) else {
      throw .badRequest("The Host header is not a host and port.")
    }
    guard isOwn(authority.host) else {
      throw Problem(
        421,
        "\(Quoted.text(authority.host)) is no name of this server. Its own is \(listen); server.hosts can allow more."
      )
    }
    let origins = head.headerFields[values: .origin]
    for text in origins {
      let scheme = text.lowercased().hasPrefix("https") ? 443 : 80
      guard Authority(origin: text)?.isSame(asHost: authority, scheme: scheme) == true else {
        throw Problem(403, "Pages of other sites may not call this server.")
      }
    }
    if !isPage, head.headerFields[Self.fetchSite]?.lowercased() == "cross-site" {
      throw Problem(403, "Pages of other sites may not call this server.")
    }
  }

  private func isOwn(_ host: String) -> Bool {
    let name = host.hasSuffix(".") ? String(host.dropLast()) : host
    if name == "localhost" { return true }
    if let address = IPAddress(name) {
      if AddressKind(of: address) == .loopback { return true }
      if let own = IPAddress(listen.host) {
        if own == address { return true }
        if own == .v4(0) || own == .v6(0) { return true }
      }
      return hosts.contains {
        if case .addresses(let range) = $0 { range.contains(address) } else { false }
      }
    }
    return hosts.contains { if case .hosts(let pattern) = $0 { pattern.matches(name) } else { false } }
  }

  // MARK: The token

  /// Whether the caller showed the token, or needs none.
  func isTrusted(_ fields: HTTPFields) -> Bool { token == nil || ownField(fields) || bearer(fields) }

  /// Whether a caller of the proxy did. There `Authorization` is the caller's key for the API behind; only where the
  /// source's key is shared it may be the token.
  func isTrusted(proxied fields: HTTPFields, sharesKey: Bool) -> Bool {
    token == nil || ownField(fields) || (sharesKey && bearer(fields))
  }

  static let unauthorized = Problem(
    401, "The server's token is needed: Authorization: Bearer TOKEN.",
    headers: [.wwwAuthenticate: "Bearer realm=\"taskhook\""])

  /// What is passed on of a request: nothing that holds the token.
  func withoutToken(_ fields: HTTPFields) -> HTTPFields {
    var fields = fields
    fields[values: Self.tokenField] = []
    if token != nil, bearer(fields) { fields[values: .authorization] = [] }
    return fields
  }

  private func ownField(_ fields: HTTPFields) -> Bool {
    fields[Self.tokenField].map { isToken($0[...]) } ?? false
  }

  private func bearer(_ fields: HTTPFields) -> Bool {
    guard let value = fields[.authorization], let space = value.firstIndex(of: " "),
      value[..<space].lowercased() == "bearer"
    else { return false }
    return isToken(value[space...].trimmed)
  }

  /// Takes as long for a wrong text as for the right one of its length.
  private func isToken(_ text: Substring) -> Bool {
    guard let token else { return false }
    let given = Array(text.utf8)
    var difference = given.count ^ token.count
    for index in given.indices {
      difference |= Int(given[index] ^ (token.isEmpty ? 0 : token[index % token.count]))
    }
    return difference == 0 && !token.isEmpty
  }
}
