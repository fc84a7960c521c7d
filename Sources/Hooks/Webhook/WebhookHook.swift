import Config
import Model

/// Sends events to a URL, signed.
package struct WebhookHook: Hook {
  let settings: WebhookSettings
  private let profile: HTTPProfile
  private let exchange: HTTPExchange
  private let tokens: TokenSource?
  /// The transport, where attempts can be made on its thread.
  private let loop: (any HTTPLoop)?
  private let timeout: Duration
  let time: any TimeSource

  /// `timeout` is that of one attempt, from the connection to the last byte of the answer, the access token
  /// included where there is one to fetch.
  package init(
    _ settings: WebhookSettings, timeout: Duration, transport: any HTTPTransport, time: any TimeSource
  ) {
    self.init(
      settings, profile: Self.profile(settings, timeout: timeout), timeout: timeout, transport: transport,
      time: time)
  }

  /// Requests by a profile that is kept elsewhere; it says how the receiver is reached.
  init(
    _ settings: WebhookSettings, profile: HTTPProfile, timeout: Duration, transport: any HTTPTransport,
    time: any TimeSource
  ) {
    self.settings = settings
    self.timeout = timeout
    self.time = time
    self.profile = profile
    let exchange = HTTPExchange(transport: transport, mask: settings.mask)
    self.exchange = exchange
    loop = transport as? any HTTPLoop
    tokens =
      if case .oauth2(let client) = settings.authorization {
        TokenSource(
          client, connection: settings.connection, timeout: timeout, reach: settings.reach,
          exchange: exchange, time: time)
      } else {
        nil
      }
  }

  /// What all requests of a hook with these settings have in common.
  static func profile(_ settings: WebhookSettings, timeout: Duration) -> HTTPProfile {
    HTTPExchange.profile(
      method: settings.method.rawValue, headers: WebhookHeaders.fixed(settings),
      connection: settings.connection, timeout: timeout, reach: settings.reach)
  }

  /// Hides what a receiver echoes of the hook's secrets, tokens that were fetched among them.
  var mask: SecretMask { exchange.mask.adding(tokens?.known ?? []) }

  package func perform(_ attempt: Attempt) async throws(CancellationError) -> AttemptReport {
    let body = settings.body.render(attempt)
    guard let tokens else { return try await send(attempt, body) }
    let report = try await Deadline.run(within: timeout, time: time) { () async throws(CancellationError) in
      try await send(attempt, body, by: tokens)
    }
    let late =
      "no answer within \(DurationText.write(timeout)), in which an access token had to be fetched, too"
    return report ?? AttemptReport(.retry(reason: late))
  }

  /// Where an access token is needed, which may have to be fetched first, an attempt takes more than one request.
  package func begin(
    _ attempt: Attempt, completion: @escaping @Sendable (AttemptReport?) -> Void
  ) -> BreakOff? {
    guard let loop, tokens == nil else { return nil }
    let request = request(attempt, settings.body.render(attempt))
    return exchange.begin(request, on: loop, read: read, completion: completion)
  }

  /// Sends with an access token, and once more with a new one where it is not taken.
  private func send(
    _ attempt: Attempt, _ body: WebhookBody.Rendered, by tokens: TokenSource
  ) async throws(CancellationError) -> AttemptReport {
    switch try await tokens.token() {
    case .failure(let failure): return failure.report
    case .success(let token):
      let report = try await send(attempt, body, token: token)
      guard report.code == 401 else { return report }
      switch try await tokens.token(insteadOf: token) {
      case .failure(let failure): return failure.report
      case .success(let other): return try await send(attempt, body, token: other)
      }
    }
  }

  private func send(
    _ attempt: Attempt, _ body: WebhookBody.Rendered, token: Secret? = nil
  ) async throws(CancellationError) -> AttemptReport {
    let exchange = HTTPExchange(transport: exchange.transport, mask: mask)
    return try await exchange.send(request(attempt, body, token: token), read: read)
  }

  private func request(
    _ attempt: Attempt, _ body: WebhookBody.Rendered, token: Secret? = nil
  ) -> HTTPRequest {
    var headers = WebhookHeaders.fresh(attempt, body: body, secrets: settings.secrets, sent: time.wall)
    if let token { headers.append(WebhookHeaders.bearer(token)) }
    return HTTPRequest(profile, url: settings.url.reveal(), headers: headers, body: body.bytes)
  }

  /// What an answer means.
  private func read(_ response: HTTPResponse) -> HTTPExchange.Reading {
    HTTPExchange.Reading(WebhookOutcome.of(response, url: settings.url, now: time.wall))
  }
}

extension WebhookSettings {
  /// Everything of the settings that must not be stored when a receiver echoes it.
  var mask: SecretMask {
    var values = SecretMask.forms(of: url) + (connection.proxy.map { SecretMask.forms(of: $0) } ?? [])
    values += headers.flatMap { $0.value.revealParts() }
    for secret in secrets.map({ $0.source.reveal() }) {
      values.append(secret)
      if let mark = secret.firstIndex(of: "_") { values.append(String(secret[mark...].dropFirst())) }
    }
    // A header of a few characters is a switch or a version rather than a key, and is in every answer.
    let sent = headers.map { $0.value.reveal() }
    let words = sent.flatMap { $0.split(separator: " ").map(String.init) }
    // What follows the scheme is the credential, however short.
    let credentials = headers.filter { $0.name.lowercased() == "authorization" }
      .flatMap { $0.value.reveal().split(separator: " ").dropFirst().map(String.init) }
    values += credentials.flatMap(SecretMask.forms(of:))
    values += (sent.filter { $0.utf8.count >= 8 } + words.filter { $0.utf8.count >= 16 })
      .flatMap(SecretMask.forms(of:))
    values += body.secrets.flatMap { SecretMask.forms(of: $0) }
    switch authorization {
    case .bearer(let token): values += SecretMask.forms(of: token)
    case .basic(let user, let password):
      values +=
        SecretMask.forms(of: password) + SecretMask.forms(of: WebhookHeaders.basic(user, password))
    case .oauth2(let client): values += client.secretForms
    case nil: break
    }
    return SecretMask(values)
  }
}
