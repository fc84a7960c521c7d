import Foundation
import Model

/// The headers of a webhook (SPEC section 4).
enum WebhookHeaders {
  /// Those that are the same for every request.
  static func fixed(_ settings: WebhookSettings) -> [HTTPHeader] {
    var headers = [
      HTTPHeader("content-type", settings.body.contentType),
      HTTPHeader("user-agent", Version.userAgent),
    ]
    switch settings.authorization {
    case .bearer(let token): headers.append(bearer(token))
    case .basic(let user, let password):
      headers.append(HTTPHeader("authorization", "Basic " + basic(user, password)))
    case .oauth2, nil: break
    }
    let named = Set(settings.headers.map { $0.name.lowercased() })
    headers.removeAll { named.contains($0.name) }
    return headers + settings.headers.map { HTTPHeader($0.name, $0.value.reveal()) }
  }

  /// Those of one request. `sent` is the wall clock's time, fresh each time: receivers refuse old ones.
  static func fresh(
    _ attempt: Attempt, body: WebhookBody.Rendered, secrets: [SigningSecret], sent: Timestamp
  ) -> [HTTPHeader] {
    let seconds = sent.milliseconds / 1000
    var headers = [
      HTTPHeader("webhook-id", attempt.delivery),
      HTTPHeader("webhook-timestamp", String(seconds)),
      HTTPHeader("taskhook-attempt", String(attempt.number)),
    ]
    if !secrets.isEmpty {
      let signature = WebhookSignature.header(
        id: attempt.delivery, timestamp: seconds, body: body.bytes, secrets: secrets)
      headers.append(HTTPHeader("webhook-signature", signature))
    }
    headers.append(contentsOf: body.headers)
    return headers
  }

  /// RFC 6750.
  static func bearer(_ token: Secret) -> HTTPHeader {
    HTTPHeader("authorization", "Bearer " + token.reveal())
  }

  /// RFC 7617.
  static func basic(_ user: String, _ password: Secret) -> String {
    Data((user + ":" + password.reveal()).utf8).base64EncodedString()
  }

  /// Why a header cannot be set in the config beside such a body; nil where it can.
  static func refusal(of name: String, beside body: WebhookBody) -> String? {
    let lower = name.lowercased()
    if case .format(.cloudEventsBinary) = body, lower.hasPrefix(CloudEvent.headerPrefix) {
      return
        "headers that begin with \(CloudEvent.headerPrefix) are the event's own in the format cloudevents-binary"
    }
    if !HeaderSyntax.isToken(name) {
      return "not a header name: letters, digits and !#$%&'*+-.^_`|~ (RFC 9110)"
    }
    if lower.hasPrefix("webhook-") || lower == "taskhook-attempt" {
      return "\(lower) is set by taskhook on every attempt"
    }
    if reserved.contains(lower) { return "\(lower) is set by the connection and cannot be replaced" }
    return nil
  }

  /// Why a value cannot be sent; nil where it can.
  static func refusal(ofValue value: String) -> String? {
    HeaderSyntax.isValue(value) ? nil : "a header's value cannot contain control characters or line breaks"
  }

  private static let reserved: Set = [
    "connection", "content-length", "expect", "host", "keep-alive", "proxy-authorization",
    "proxy-connection", "te", "trailer", "transfer-encoding", "upgrade",
  ]
}
