import Model

/// What a `webhook` section says.
package struct WebhookSettings: Sendable {
  package enum Method: String, Sendable, CaseIterable {
    case post = "POST"
    case put = "PUT"
    case patch = "PATCH"
  }

  /// Who the sender says it is.
  package enum Authorization: Sendable {
    case bearer(Secret)
    case basic(user: String, password: Secret)
    /// An access token, fetched when it is needed.
    case oauth2(OAuth2Settings)
  }

  package var url: SecretURL
  package var method: Method
  /// Sent beside taskhook's own; any of them may be a credential.
  package var headers: [(name: String, value: Secret)]
  /// All of them sign, in order.
  package var secrets: [SigningSecret]
  package var body: WebhookBody
  package var authorization: Authorization?
  package var connection: ConnectionOptions

  package init(
    url: SecretURL, method: Method = .post, headers: [(name: String, value: Secret)] = [],
    secrets: [SigningSecret] = [], body: WebhookBody = .format(.event),
    authorization: Authorization? = nil, connection: ConnectionOptions = ConnectionOptions()
  ) {
    self.url = url
    self.method = method
    self.headers = headers
    self.secrets = secrets
    self.body = body
    self.authorization = authorization
    self.connection = connection
  }
}
