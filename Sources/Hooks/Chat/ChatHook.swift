import Foundation
import Model
import Templates

/// Tells events to a chat or alert service.
package struct ChatHook: Hook {
  private let settings: ChatSettings
  private let profile: HTTPProfile
  private let exchange: HTTPExchange
  private let time: any TimeSource

  /// `timeout` is that of one attempt, from the connection to the last byte of the answer.
  package init(
    _ settings: ChatSettings, timeout: Duration, transport: any HTTPTransport, time: any TimeSource
  ) {
    self.settings = settings
    self.time = time
    profile = HTTPExchange.profile(
      method: settings.service.file.request.method.rawValue,
      headers: Self.fixed + settings.headers.map { HTTPHeader($0.name, $0.value.reveal()) },
      connection: settings.connection, timeout: timeout)
    exchange = HTTPExchange(transport: transport, mask: settings.mask)
  }

  private static let fixed = [
    HTTPHeader("content-type", "application/json"), HTTPHeader("user-agent", Version.userAgent),
  ]

  package func perform(_ attempt: Attempt) async throws(CancellationError) -> AttemptReport {
    let request = HTTPRequest(profile, url: settings.url.reveal(), body: settings.payload(of: attempt))
    return try await exchange.send(request) { response in
      settings.service.file.answer.read(
        ChatAnswer(response, attempt: attempt.number), url: settings.url, now: time.wall,
        show: { exchange.shown(Array($0.utf8), limit: AnswerRules.longestWords) })
    }
  }
}

extension ChatHook: PreviewableHook {
  package func hidingSecrets(in bytes: [UInt8]) -> [UInt8] { exchange.mask.apply(to: bytes) }

  package func preview(_ attempt: Attempt) -> HookPreview {
    HookPreview(
      action: "\(profile.method) \(settings.url)",
      details: Self.fixed.map { HookPreview.Detail($0.name, $0.value) }
        + settings.headers.map { HookPreview.Detail($0.name, $0.shown) },
      body: settings.payload(of: attempt, hidingSecrets: true))
  }
}

extension ChatSettings {
  /// The body of the request that tells a message.
  /// - Parameter hidingSecrets: whether `***` stands for credentials.
  func payload(of attempt: Attempt, hidingSecrets: Bool = false) -> [UInt8] {
    let file = service.file
    let fields = TemplateContext(attempt, extras: ["settings": settings(hidden: hidingSecrets)])
    var own = ""
    // A digest has no fields of a task that a text or a payload of the user's own could tell.
    if case .event = attempt.message {
      if let body { return body.render(fields, hidingSecrets: hidingSecrets) }
      own = text?.render(fields, hidingSecrets: hidingSecrets) ?? ""
    }
    let message = ChatMessage(attempt, fields: fields, own: own, texts: service.texts, limits: file.parts)
    let render = { (message: ChatMessage) in
      (message.own.isEmpty ? file.body : file.ownText).render(
        MessageContext.adding(message, level: file.levels[message.level], to: fields),
        hidingSecrets: hidingSecrets)
    }
    return file.most?.fit(message, render: render) ?? render(message)
  }
}
