import Config
import Model

/// `auth: {oauth2: {token_url, client_id, client_secret, scope}}`
struct OAuth2Section: ConfigSection {
  enum Keys {
    static let tokenURL = Key(
      "token_url", .secretURL, required: true,
      doc: "Where access tokens are given; `tls` and `proxy` hold for it, too.")
    static let clientID = Key("client_id", .string, required: true, doc: "The client's name there.")
    static let clientSecret = Key(
      "client_secret", .secret, required: true, doc: "The client's password, sent by HTTP Basic.")
    static let scope = Key(
      "scope", .oneOrMany(of: .scopeToken), defaultText: "the server's choice",
      doc: "What the token is to allow: a text, or a list.")
  }

  static let keys = [
    AnyKey(Keys.tokenURL), AnyKey(Keys.clientID), AnyKey(Keys.clientSecret), AnyKey(Keys.scope),
  ]

  let settings: OAuth2Settings

  init?(_ section: Section) {
    guard let url = section[Keys.tokenURL], let id = section[Keys.clientID],
      let secret = section[Keys.clientSecret]
    else { return nil }
    settings = OAuth2Settings(
      tokenURL: url, clientID: id, clientSecret: secret, scope: section[Keys.scope] ?? [])
  }
}

extension ValueType where Value == String {
  /// Scopes parted by spaces, each of printable ASCII but for quotes and backslashes (RFC 6749 section 3.3).
  fileprivate static var scopeToken: ValueType<String> {
    string.refine { text, node in
      let isWell = text.utf8.allSatisfy { (0x20...0x7E).contains($0) && $0 != 0x22 && $0 != 0x5C }
      if isWell, text.contains(where: { $0 != " " }) { return text }
      node.fail("\(node.shown) is no scope", expected: "words of ASCII without quotes, parted by spaces")
      return nil
    }
  }
}
