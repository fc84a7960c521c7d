import Foundation
import Model

/// What a receiver's answer means (SPEC section 6). Pure: an answer in, an outcome out.
enum WebhookOutcome {
  /// No receiver can hold a hook longer than this.
  static let longestWait = Duration.seconds(24 * 3600)

  /// - Parameters:
  ///   - url: where the request went, to name the host a redirect without one stays on.
  ///   - now: what a Retry-After date is measured from.
  ///   - words: what the receiver says itself, where that is known; shown with the status.
  static func of(
    _ response: HTTPResponse, url: SecretURL, now: Timestamp, words: String? = nil
  ) -> Outcome {
    let answered = answered(response.status, words)
    switch response.status {
    case 200..<300: return .delivered
    case 300..<400: return .dead(reason: redirect(response, from: url))
    case 400, 405, 411, 413, 414, 415, 422: return .dead(reason: answered + again)
    case 410: return .gone(reason: words == nil ? answered + ": the receiver asks for no more" : answered)
    case 429, 503:
      let wait = RetryAfter.parse(response.headers["retry-after"], now: now, most: longestWait)
      return .retry(reason: answered, after: wait)
    case 401, 403: return .retry(reason: answered + "; check the hook's credentials")
    case 404: return .retry(reason: answered + "; check the hook's url")
    default: return .retry(reason: answered)
    }
  }

  /// Why a request that was refused as it stands is not sent again.
  static let again = "; the same request would be refused again"

  private static func redirect(_ response: HTTPResponse, from url: SecretURL) -> String {
    let never = "; redirects are never followed"
    let answered = answered(response.status)
    guard let location = response.headers["location"] else { return answered + never }
    let place: String
    if let host = host(of: location) {
      place = host
    } else {
      place = "another path of " + (host(of: url.reveal()) ?? "the same host")
    }
    return answered + ", pointing to " + place + never + ": put the new address in url"
  }

  /// The host alone: paths, queries and user names may be secret. Nil for a relative reference.
  static func host(of reference: String) -> String? {
    guard let host = URLComponents(string: reference)?.host, !host.isEmpty else { return nil }
    return PrintableText.cut(PrintableText.escape(host.utf8), to: 253)
  }

  /// `answered 400 Bad Request: invalid_payload`
  static func answered(_ status: Int, _ words: String? = nil) -> String {
    let answered = names[status].map { "answered \(status) \($0)" } ?? "answered \(status)"
    return words.map { answered + ": " + $0 } ?? answered
  }

  /// RFC 9110 section 15, RFC 6585, and what Cloudflare adds; the words of HTTP/1 status lines are anyone's.
  private static let names = [
    300: "Multiple Choices", 301: "Moved Permanently", 302: "Found", 303: "See Other", 304: "Not Modified",
    307: "Temporary Redirect", 308: "Permanent Redirect", 400: "Bad Request", 401: "Unauthorized",
    402: "Payment Required", 403: "Forbidden", 404: "Not Found", 405: "Method Not Allowed",
    408: "Request Timeout", 409: "Conflict", 410: "Gone", 411: "Length Required", 413: "Content Too Large",
    414: "URI Too Long", 415: "Unsupported Media Type", 421: "Misdirected Request",
    422: "Unprocessable Content", 423: "Locked", 425: "Too Early", 429: "Too Many Requests",
    500: "Internal Server Error", 501: "Not Implemented", 502: "Bad Gateway", 503: "Service Unavailable",
    504: "Gateway Timeout", 507: "Insufficient Storage", 520: "Unknown Error", 521: "Web Server Is Down",
    522: "Connection Timed Out", 524: "A Timeout Occurred",
  ]
}
