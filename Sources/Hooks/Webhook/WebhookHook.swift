import Foundation
import Model

/// Sends events to a URL, signed.
package struct WebhookHook: Hook {
  /// The most that is read of an answer, and the most that is kept of it, in bytes.
  static let readLimit = 64 * 1024
  static let keptLimit = 4 * 1024

  let settings: WebhookSettings
  private let profile: HTTPProfile
  private let transport: any HTTPTransport
  let time: any TimeSource
  let mask: SecretMask

  /// `timeout` is that of one attempt, from the connection to the last byte of the answer.
  package init(
    _ settings: WebhookSettings, timeout: Duration, transport: any HTTPTransport, time: any TimeSource
  ) {
    self.settings = settings
    self.transport = transport
    self.time = time
    profile = HTTPProfile(
      method: settings.method.rawValue, headers: WebhookHeaders.fixed(settings),
      connection: settings.connection, timeout: timeout, bodyLimit: Self.readLimit, overflow: .truncate)
    mask = settings.mask
  }

  package func perform(_ attempt: Attempt) async throws(CancellationError) -> AttemptReport {
    let body = settings.format.render(attempt.message)
    let headers = WebhookHeaders.fresh(attempt, body: body, secrets: settings.secrets, sent: time.wall)
    let request = HTTPRequest(profile, url: settings.url.reveal(), headers: headers, body: body)
    do {
      let response = try await transport.send(request)
      return AttemptReport(
        WebhookOutcome.of(response, url: settings.url, now: time.wall), code: response.status,
        detail: detail(of: response))
    } catch {
      if error.kind == .cancelled, Task.isCancelled { throw CancellationError() }
      return AttemptReport(.retry(reason: mask.apply(to: error.message)))
    }
  }

  private func detail(of response: HTTPResponse) -> String {
    PrintableText.cut(PrintableText.escape(mask.apply(to: response.body)), to: Self.keptLimit)
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
