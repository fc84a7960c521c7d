import Model

/// Sends events to the webhooks that tasks have of their own (`TaskCallback`): as a webhook of the config sends them
/// in the format `event`, signed with the callback's secret where it has one.
///
/// One hook serves all callbacks of one server; where a request goes, its event says. These URLs come from outside,
/// so only public addresses are reached, and what the config allows beside them.
package struct CallbackHook: Hook {
  /// Of one attempt, as a webhook's.
  package static let timeout: Duration = .seconds(15)

  private let profile: HTTPProfile
  private let transport: any HTTPTransport
  private let mask: SecretMask
  private let time: any TimeSource

  /// - Parameters:
  ///   - places: what may be reached beside public addresses.
  ///   - mask: hides the secrets of the config, which a receiver may have from elsewhere.
  package init(
    allow places: [AllowedPlace], transport: any HTTPTransport, time: any TimeSource,
    hiding mask: SecretMask = SecretMask([])
  ) {
    self.transport = transport
    self.mask = mask
    self.time = time
    let usual = WebhookSettings(url: SecretURL(""), reach: .publicOnly(allow: places))
    profile = WebhookHook.profile(usual, timeout: Self.timeout)
  }

  package func perform(_ attempt: Attempt) async throws(CancellationError) -> AttemptReport {
    switch webhook(of: attempt) {
    case .failure(let refusal): refusal.report
    case .success(let hook): judged(try await hook.perform(attempt))
    }
  }

  package func begin(
    _ attempt: Attempt, completion: @escaping @Sendable (AttemptReport?) -> Void
  ) -> BreakOff? {
    // What cannot be sent is told by `perform`.
    guard case .success(let hook) = webhook(of: attempt) else { return nil }
    return hook.begin(attempt) { report in completion(report.map(judged)) }
  }

  /// Why nothing can be sent.
  private struct Refusal: Error {
    let reason: String
    var report: AttemptReport { AttemptReport(.dead(reason: reason)) }
  }

  private func webhook(of attempt: Attempt) -> Result<WebhookHook, Refusal> {
    guard case .event(let event) = attempt.message, let callback = event.callback else {
      return .failure(Refusal(reason: "the task has no callback any more"))
    }
    let secrets: [SigningSecret]
    do throws(SigningSecret.Malformed) {
      secrets =
        try callback.secret.map { secret throws(SigningSecret.Malformed) in [try SigningSecret(secret)] }
        ?? []
    } catch {
      return .failure(Refusal(reason: "the callback's secret cannot sign: \(error)"))
    }
    return .success(
      WebhookHook(
        WebhookSettings(url: callback.url, secrets: secrets), profile: profile, timeout: Self.timeout,
        transport: transport, time: time))
  }

  private func judged(_ report: AttemptReport) -> AttemptReport {
    var report = report
    // Who answers for one task's address does not speak for those of other tasks on the same server.
    if case .gone(let reason) = report.outcome { report.outcome = .dead(reason: reason) }
    report.detail = mask.apply(to: report.detail)
    report.outcome = report.outcome.mapReason { mask.apply(to: $0) }
    return report
  }
}
