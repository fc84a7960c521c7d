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
      return report(try await transport.send(request), read)
    } catch {
      if error.kind == .cancelled, Task.isCancelled { throw CancellationError() }
      return report(error)
    }
  }

  /// The same on the thread of `loop`; nil is reported where the request was broken off.
  func begin(
    _ request: HTTPRequest, on loop: any HTTPLoop, read: @escaping @Sendable (HTTPResponse) -> Reading,
    completion: @escaping @Sendable (AttemptReport?) -> Void
  ) -> BreakOff {
    loop.begin(request) { result in
      switch result {
      case .success(let response): completion(report(response, read))
      case .failure(let error): completion(error.kind == .cancelled ? nil : report(error))
      }
    }
  }

  private func report(_ response: HTTPResponse, _ read: (HTTPResponse) -> Reading) -> AttemptReport {
    let reading = read(response)
    return AttemptReport(
      reading.outcome, code: response.status, detail: shown(response.body, limit: Self.keptLimit),
      pause: reading.pause)
  }

  private func report(_ error: HTTPError) -> AttemptReport {
    AttemptReport(.retry(reason: mask.apply(to: error.message)))
  }

  /// What a receiver said, fit to be stored and shown: masked, control characters escaped, cut to `limit` bytes.
  func shown(_ bytes: [UInt8], limit: Int) -> String {
    bytes.isEmpty
      ? ""
      : PrintableText.cut(PrintableText.escape(mask.apply(to: bytes)), to: limit)
  }
}
