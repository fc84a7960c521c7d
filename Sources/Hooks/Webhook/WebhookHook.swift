import Foundation
import Model

/// Sends events to a URL, signed.
package struct WebhookHook: Hook {
  let settings: WebhookSettings
  private let profile: HTTPProfile
  let exchange: HTTPExchange
  let time: any TimeSource

  /// `timeout` is that of one attempt, from the connection to the last byte of the answer.
  package init(
    _ settings: WebhookSettings, timeout: Duration, transport: any HTTPTransport, time: any TimeSource
  ) {
    self.settings = settings
    self.time = time
    profile = HTTPExchange.profile(
      method: settings.method.rawValue, headers: WebhookHeaders.fixed(settings),
      connection: settings.connection, timeout: timeout)
    exchange = HTTPExchange(transport: transport, mask: settings.mask)
  }

  package func perform(_ attempt: Attempt) async throws(CancellationError) -> AttemptReport {
    let body = settings.format.render(attempt.message)
    let headers = WebhookHeaders.fresh(attempt, body: body, secrets: settings.secrets, sent: time.wall)
    let request = HTTPRequest(profile, url: settings.url.reveal(), headers: headers, body: body)
    return try await exchange.send(request) { response in
      HTTPExchange.Reading(WebhookOutcome.of(response, url: settings.url, now: time.wall))
    }
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
    values += headers.map { $0.value.reveal() }.filter { $0.utf8.count >= 8 }
    values += headers.flatMap { $0.value.reveal().split(separator: " ").map(String.init) }
      .filter { $0.utf8.count >= 16 }
    switch authorization {
    case .bearer(let token): values += [token.reveal()] + token.revealParts()
    case .basic(let user, let password):
      values += [password.reveal(), WebhookHeaders.basic(user, password)] + password.revealParts()
    case nil: break
    }
    return SecretMask(values)
  }
}
