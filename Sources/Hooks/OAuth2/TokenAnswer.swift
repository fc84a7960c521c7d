import Model

/// An access token as a server gave it.
struct AccessToken: Sendable, Equatable {
  /// What is sent as `Bearer TOKEN`.
  var secret: Secret
  /// How long it works, zero to a day.
  var lifetime: Duration
}

/// Why there is no token. The attempt that needed it is made again later.
struct TokenFailure: Error, Sendable, Equatable {
  /// Names the server and what it said; holds no secret.
  var reason: String
  /// The least wait that the server asked for.
  var after: Duration?

  /// What came back where that is of use, masked and cut.
  var detail = ""

  var report: AttemptReport { AttemptReport(.retry(reason: reason, after: after), detail: detail) }
}

/// What a token server's answer means (RFC 6749 sections 5.1 and 5.2). Pure: an answer in, a token or a reason
/// out.
enum TokenAnswer {
  /// What holds where the server does not say (`expires_in` is only recommended), and the longest that is
  /// believed: a token costs one request a day at most.
  static let usualLifetime = Duration.seconds(3600)
  static let longestLifetime = Duration.seconds(24 * 3600)

  /// - Parameters:
  ///   - host: the server's, for messages.
  ///   - now: what a Retry-After date is measured from.
  static func read(_ response: HTTPResponse, host: String, now: Timestamp) -> Result<
    AccessToken, TokenFailure
  > {
    func failure(_ reason: String, after: Duration? = nil) -> Result<AccessToken, TokenFailure> {
      .failure(TokenFailure(reason: "no token from \(host): \(reason)", after: after))
    }
    let root = (try? JSONDocument(response.body))?.root
    let answered = WebhookOutcome.answered(response.status, root.flatMap(errorCode))
    switch response.status {
    case 200..<300: break
    case 300..<400:
      return failure(answered + "; redirects are never followed: put the new address in token_url")
    case 429, 503:
      let header = response.headers["retry-after"]
      return failure(answered, after: RetryAfter.parse(header, now: now, most: WebhookOutcome.longestWait))
    case 400, 401, 403: return failure(answered + "; check client_id, client_secret and scope")
    case 404: return failure(answered + "; check token_url")
    default: return failure(answered)
    }
    guard let root, root.kind == .object else { return failure(answered + ", but not with a JSON object") }
    if root["error"] != nil { return failure(answered + "; check client_id, client_secret and scope") }
    guard let token = root["access_token"]?.string, !token.isEmpty, HeaderSyntax.isValue(token) else {
      return failure(answered + " without an access_token")
    }
    // Required, but not every server sends it.
    if let type = root["token_type"]?.string, type.lowercased() != "bearer" {
      return failure(
        answered + " with a token of the type \(PrintableText.quoted(type)); only Bearer is known")
    }
    return .success(AccessToken(secret: Secret(token), lifetime: lifetime(root["expires_in"])))
  }

  /// Every token in an answer, of use or not: none of them may be shown.
  static func tokens(in response: HTTPResponse) -> [String] {
    guard let root = (try? JSONDocument(response.body))?.root else { return [] }
    return root.members.filter { $0.key.hasSuffix("_token") }.compactMap(\.value.string)
      .filter { $0.utf8.count >= 4 }
  }

  /// The code of an error, `invalid_client`; nil where there is none that RFC 6749 would allow.
  private static func errorCode(_ root: JSONSlice) -> String? {
    guard let code = root["error"]?.string, !code.isEmpty, code.utf8.count <= 64,
      code.utf8.allSatisfy({ (0x20...0x7E).contains($0) && $0 != 0x22 && $0 != 0x5C })
    else { return nil }
    return code
  }

  /// Seconds, which some servers send as a text.
  private static func lifetime(_ value: JSONSlice?) -> Duration {
    guard let value, let seconds = value.number ?? value.string.flatMap(Double.init), !seconds.isNaN else {
      // A number too large for a Double is a long time, too.
      return value?.kind == .number ? longestLifetime : usualLifetime
    }
    return seconds < longestLifetime.seconds ? .milliseconds(Int64(max(0, seconds) * 1000)) : longestLifetime
  }
}
