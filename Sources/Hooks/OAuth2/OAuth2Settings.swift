import Model

/// What `auth: {oauth2: …}` says: how a hook gets its access token (RFC 6749 section 4.4, client credentials).
package struct OAuth2Settings: Sendable {
  package var tokenURL: SecretURL
  package var clientID: String
  package var clientSecret: Secret
  /// The scopes asked for; empty to leave the choice to the server.
  package var scope: [String]

  package init(tokenURL: SecretURL, clientID: String, clientSecret: Secret, scope: [String] = []) {
    self.tokenURL = tokenURL
    self.clientID = clientID
    self.clientSecret = clientSecret
    self.scope = scope
  }

  /// The server's name, for messages.
  var host: String { WebhookOutcome.host(of: tokenURL.reveal()) ?? "the token server" }

  /// The request's own headers. The client says who it is by HTTP Basic, its id and secret form-encoded first
  /// (RFC 6749 section 2.3.1).
  var headers: [HTTPHeader] {
    let secret = Secret(PercentEncoding.form(clientSecret.reveal()))
    return [
      HTTPHeader("authorization", "Basic " + WebhookHeaders.basic(PercentEncoding.form(clientID), secret)),
      HTTPHeader("content-type", "application/x-www-form-urlencoded"),
      HTTPHeader("accept", "application/json"),
      HTTPHeader("user-agent", Version.userAgent),
    ]
  }

  /// The request's body.
  var body: [UInt8] {
    var pairs = ["grant_type=client_credentials"]
    if !scope.isEmpty { pairs.append("scope=" + PercentEncoding.form(scope.joined(separator: " "))) }
    return Array(pairs.joined(separator: "&").utf8)
  }

  /// What a server may echo and nobody may see.
  var secretForms: [String] {
    let basic = headers[0].value.dropFirst("Basic ".count)
    return SecretMask.forms(of: tokenURL) + SecretMask.forms(of: clientSecret)
      + SecretMask.forms(of: String(basic))
  }
}
