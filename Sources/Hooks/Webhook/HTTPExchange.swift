import Model

/// A request and what its answer means: what all hooks that speak HTTP share.
struct HTTPExchange: Sendable {
  /// The most that is read of an answer, and the most that is kept of it, in bytes.
  static let readLimit = 64 * 1024
  static let keptLimit = 4 * 1024

  /// What an answer means.
  struct Reading: Sendable, Equatable {
    var outcome: Outcome
    /// As `AttemptReport.pause`.
    var pause: Duration?

    init(_ outcome: Outcome, pause: Duration? = nil) {
      self.outcome = outcome
      self.pause = pause
    }
  }

  let transport: any HTTPTransport
  /// Hides what a receiver echoes of the hook's secrets.
  let mask: SecretMask

  /// What all requests of a hook have in common; `timeout` is that of one attempt, from the connection to the last
  /// byte of the answer.
  static func profile(
    method: String, headers: [HTTPHeader], connection: ConnectionOptions, timeout: Duration,
    reach: Reach = .anywhere
  ) -> HTTPProfile {
    HTTPProfile(
      method: method, headers: headers, connection: connection, timeout: timeout, bodyLimit: readLimit,
      overflow: .truncate, reach: reach)
  }

  /// Sends a request and reports the attempt. Where there is no answer, the attempt is made again later.
  func send(
    _ request: HTTPRequest, read: (HTTPResponse) -> Reading
  ) async throws(CancellationError) -> AttemptReport {
    do {
      let response = try await transport.send(request)
      let reading = read(response)
      return AttemptReport(
        reading.outcome, code: response.status, detail: shown(response.body, limit: Self.keptLimit),
        pause: reading.pause)
    } catch {
      if error.kind == .cancelled, Task.isCancelled { throw CancellationError() }
      return AttemptReport(.retry(reason: mask.apply(to: error.message)))
    }
  }

  /// What a receiver said, fit to be stored and shown: masked, control characters escaped, cut to `limit` bytes.
  func shown(_ bytes: [UInt8], limit: Int) -> String {
    PrintableText.cut(PrintableText.escape(mask.apply(to: bytes)), to: limit)
  }
}
