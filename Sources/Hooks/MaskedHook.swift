import Model

/// A hook that hides, in what it tells, the secrets of all else in the config, too: a receiver may echo what it got
/// from another hook, or what the task API got.
package struct MaskedHook: PreviewableHook {
  private let hook: any PreviewableHook
  private let mask: SecretMask

  package init(_ hook: any PreviewableHook, hiding mask: SecretMask) {
    self.hook = hook
    self.mask = mask
  }

  package func perform(_ attempt: Attempt) async throws(CancellationError) -> AttemptReport {
    masked(try await hook.perform(attempt))
  }

  package func begin(
    _ attempt: Attempt, completion: @escaping @Sendable (AttemptReport?) -> Void
  ) -> BreakOff? {
    hook.begin(attempt) { report in completion(report.map(masked)) }
  }

  private func masked(_ report: AttemptReport) -> AttemptReport {
    var report = report
    if !report.detail.isEmpty { report.detail = mask.apply(to: report.detail) }
    report.outcome = report.outcome.mapReason { mask.apply(to: $0) }
    return report
  }

  package func preview(_ attempt: Attempt) -> HookPreview { hook.preview(attempt) }

  package func hidingSecrets(in bytes: [UInt8]) -> [UInt8] {
    mask.apply(to: hook.hidingSecrets(in: bytes))
  }
}

extension HookAction {
  /// What of the action must not be shown, whoever sends it back.
  package var mask: SecretMask {
    switch self {
    case .webhook(let settings): settings.mask
    case .run(let settings): SecretMask(settings.secrets.map { $0.reveal() })
    case .chat(let settings): settings.mask
    }
  }
}
