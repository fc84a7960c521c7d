import Config
import Foundation
import Hooks
import Model

/// A hook of the config apart from a daemon: looked at, or fired once.
struct HookTrial {
  let name: String
  private let action: any PreviewableHook

  /// A hook to look at: it can reach nothing.
  init(_ hook: Named<ResolvedHook>, of configuration: Configuration) {
    self.init(hook, of: configuration, transport: NoTransport())
  }

  init(_ hook: Named<ResolvedHook>, of configuration: Configuration, transport: any HTTPTransport) {
    name = hook.name
    action = hook.value.hook(
      transport: transport, time: SystemTime(), environment: ProcessInfo.processInfo.environment,
      hiding: configuration.mask)
  }

  /// The first attempt of the event's delivery.
  func attempt(_ event: Event) -> Attempt {
    Attempt(delivery: Identity.delivery(event: event.id, hook: name), event: event, number: 1)
  }

  func preview(_ event: Event) -> HookPreview { action.preview(attempt(event)) }

  func preview(_ digest: Digest) -> HookPreview {
    action.preview(
      Attempt(delivery: Identity.digest(of: [name]), message: .digest(digest), number: 1))
  }

  func preview(_ attempt: Attempt) -> HookPreview { action.preview(attempt) }

  func perform(_ attempt: Attempt) async throws(CancellationError) -> AttemptReport {
    try await action.perform(attempt)
  }

  /// What came back, the hook's secrets masked in it.
  func hidingSecrets(in bytes: [UInt8]) -> [UInt8] { action.hidingSecrets(in: bytes) }

  /// Sends nothing: previews only look.
  private struct NoTransport: HTTPTransport {
    func send(_ request: HTTPRequest) async throws(HTTPError) -> HTTPResponse {
      throw HTTPError(.cancelled, "nothing is sent by a preview")
    }
  }
}
