import Hummingbird

/// Answers the requests below one path of the server, such as `/proxy/`, in its own way.
///
/// What reaches it has passed the checks of `Host`, `Origin` and the token. The server's token is taken out before:
/// there is no `Taskhook-Token` in the request, and no `Authorization` where that was the server's token. The body
/// of the request may be read as it comes, and that of the answer be written as it is made; both are bounded only by
/// the handler. The task that calls is cancelled when the caller has left or the server stops.
package protocol RequestHandler: Sendable {
  /// `request.uri.path` is the whole path, percent-encoded as it came, with the mount's in front. Answers to HEAD
  /// are sent without their body. What is thrown is answered with 500, or, where an answer has begun, by closing
  /// the connection.
  func answer(_ request: Request) async throws -> Response
}
