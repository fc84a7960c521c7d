import Model
import Synchronization

/// Gets a hook its access tokens: one request at a time, however many attempts wait for it.
///
/// The request goes on as long as anybody waits; an attempt that is cancelled stops waiting at once.
actor TokenSource {
  private let settings: OAuth2Settings
  private let profile: HTTPProfile
  private let exchange: HTTPExchange
  private let time: any TimeSource
  private var cache = TokenCache()
  private var flight: (number: Int, task: Task<Void, Never>)?
  private var waiting: [Int: CheckedContinuation<Outcome?, Never>] = [:]
  private var lastNumber = 0
  private let seen = Mutex<[String]>([])

  typealias Outcome = Result<Secret, TokenFailure>

  /// - Parameters:
  ///   - timeout: of the token's request; that of the whole attempt is the caller's.
  ///   - exchange: the hook's, whose mask hides the client's secret.
  init(
    _ settings: OAuth2Settings, connection: ConnectionOptions, timeout: Duration, reach: Reach,
    exchange: HTTPExchange, time: any TimeSource
  ) {
    self.settings = settings
    self.exchange = exchange
    self.time = time
    profile = HTTPExchange.profile(
      method: "POST", headers: settings.headers, connection: connection, timeout: timeout, reach: reach)
  }

  /// The last tokens that were given, for what must not show them.
  nonisolated var known: [String] { seen.withLock { $0 }.flatMap(SecretMask.forms(of:)) }

  /// A token that works, as far as is known.
  /// - Parameter refused: one that a receiver did not take: never given again unless the server does.
  func token(insteadOf refused: Secret? = nil) async throws(CancellationError) -> Outcome {
    if let token = cache.token(at: time.now, insteadOf: refused) { return .success(token) }
    let number = nextNumber()
    let outcome: Outcome? = await withTaskCancellationHandler {
      await withCheckedContinuation { (continuation: CheckedContinuation<Outcome?, Never>) in
        if Task.isCancelled { return continuation.resume(returning: nil) }
        waiting[number] = continuation
        if flight == nil { takeOff() }
      }
    } onCancel: {
      Task { await self.giveUp(number) }
    }
    guard let outcome else { throw CancellationError() }
    return outcome
  }

  private func nextNumber() -> Int {
    lastNumber += 1
    return lastNumber
  }

  private func takeOff() {
    let number = nextNumber()
    flight = (number, Task { land(await fetch(), of: number) })
  }

  private func land(_ outcome: Outcome, of number: Int) {
    guard flight?.number == number else { return }
    flight = nil
    let waiting = self.waiting
    self.waiting = [:]
    for continuation in waiting.values { continuation.resume(returning: outcome) }
  }

  private func giveUp(_ number: Int) {
    waiting.removeValue(forKey: number)?.resume(returning: nil)
    if waiting.isEmpty, let flight {
      flight.task.cancel()
      self.flight = nil
    }
  }

  private func fetch() async -> Outcome {
    let begun = time.now
    let request = HTTPRequest(profile, url: settings.tokenURL.reveal(), body: settings.body)
    do {
      let response = try await exchange.transport.send(request)
      remember(TokenAnswer.tokens(in: response))
      let exchange = HTTPExchange(transport: exchange.transport, mask: exchange.mask.adding(known))
      switch TokenAnswer.read(response, host: settings.host, now: time.wall) {
      case .success(let token):
        cache.keep(token, askedAt: begun)
        return .success(token.secret)
      case .failure(var failure):
        failure.reason = exchange.mask.apply(to: failure.reason)
        // An answer that was meant to be a token may hold one, or half of it.
        if response.status >= 300 {
          failure.detail = exchange.shown(response.body, limit: HTTPExchange.keptLimit)
        }
        return .failure(failure)
      }
    } catch {
      return .failure(
        TokenFailure(reason: "no token from \(settings.host): \(exchange.mask.apply(to: error.message))"))
    }
  }

  private func remember(_ tokens: [String]) {
    seen.withLock { seen in
      seen.removeAll { tokens.contains($0) }
      seen = (seen + tokens).suffix(8)
    }
  }
}
