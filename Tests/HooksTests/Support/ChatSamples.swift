import Model
import TestSupport
import Testing

@testable import Hooks

/// Sections of chat services as the config has them, and what they send.
enum ChatSamples {
  /// Of each service the least that its section must have. The secrets in it all hold "hush".
  static let sections = [
    "slack": "{url: 'https://hooks.slack.example/services/T0/B0/hushhushhush'}",
    "discord": "{url: 'https://discord.example/api/webhooks/1/hushhushhush'}",
    "teams": "{url: 'https://prod.logic.example/workflows/1/invoke?sig=hushhushhush'}",
    "telegram": "{token: '123456:hushhushhush', chat_id: -1001234567890}",
    "pagerduty": "{routing_key: hushhushhushhushhushhushhushhush}",
    "ntfy": "{topic: hushhush, token: tk_hushhushhush}",
    "mattermost": "{url: 'https://chat.example/hooks/hushhushhush'}",
  ]

  static func settings(_ service: String, _ section: String? = nil) throws -> ChatSettings {
    let section = try #require(section ?? sections[service])
    let reading = HookReading("on: done\n\(service): \(section)")
    try #require(reading.errors == [])
    guard case .chat(let settings) = reading.action else {
      throw ChatService.Broken(description: "no chat service: \(service)")
    }
    return settings
  }

  static func hook(_ settings: ChatSettings, _ transport: any HTTPTransport = ScriptedTransport()) -> ChatHook
  {
    ChatHook(settings, timeout: .seconds(15), transport: transport, time: ManualTime())
  }

  /// The text of a payload.
  static func payload(
    _ service: String, _ message: Message, section: String? = nil, number: Int = 1
  ) throws -> String {
    let attempt = Attempt(delivery: "msg_0123456789ABCDEFGHJKMNPQRS", message: message, number: number)
    return String(decoding: try settings(service, section).payload(of: attempt), as: UTF8.self)
  }

  static let succeeded = Message.event(
    sampleEvent(
      labels: ["project": "demo"],
      task:
        #"{"id":"d0658ae1","status":"SUCCEEDED","output":["https://cdn.example/a%20b.mp4?sig=1&x=2","https://cdn.example/still.png"]}"#,
      watchedSince: Timestamp(milliseconds: sampleTime.milliseconds - 92_000)))

  static let failed = Message.event(
    sampleEvent(
      .task(.failed), status: "FAILED", state: .failed,
      task:
        #"{"id":"d0658ae1","status":"FAILED","failure":"The input <image> & text were *refused*.","failureCode":"SAFETY.INPUT.TEXT"}"#,
      watchedSince: Timestamp(milliseconds: sampleTime.milliseconds - 8000)))

  static let digest = Message.digest(
    Digest(
      hook: "alert", counts: [Digest.Count(.task(.failed), 9990), Digest.Count(.task(.succeeded), 10)],
      first: (1...3).map { number in
        sampleEvent(
          number == 2 ? .task(.succeeded) : .task(.failed), id: "task-\(number)",
          task: #"{"failure":"It <b>broke</b>.\nTwice."}"#)
      }, from: sampleTime, to: Timestamp(milliseconds: sampleTime.milliseconds + 30_000)))
}
