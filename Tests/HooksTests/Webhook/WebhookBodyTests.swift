import Foundation
import Model
import TestSupport
import Testing

@testable import Hooks

@Suite struct WebhookBodyTests {
  private func sent(
    _ yaml: String, _ attempt: Attempt = sampleAttempt(), environment: [String: String] = [:]
  ) async throws -> (body: String, headers: [String: String]) {
    let reading = HookReading(
      "on: done\nwebhook:\n  url: https://example.com/x\n" + yaml, environment: environment)
    #expect(reading.errors == [])
    let transport = ScriptedTransport(.success(HTTPResponse(status: 200)))
    let hook = WebhookHook(
      try #require(reading.webhook), timeout: .seconds(15), transport: transport, time: ManualTime())
    _ = try await hook.perform(attempt)
    let request = try #require(transport.requests.first)
    let headers = (request.profile.headers + request.headers).map { ($0.name.lowercased(), $0.value) }
    return (
      String(decoding: request.body ?? [], as: UTF8.self),
      Dictionary(headers, uniquingKeysWith: { "\($0) TWICE \($1)" })
    )
  }

  @Test func aTree() async throws {
    let (body, headers) = try await sent(
      """
        body:
          event_type: taskhook
          client_payload: {id: "{{id}}", task: "{{task}}", n: 5, text: "{{status}}: {{#task.output}}{{.}}{{/task.output}}"}
      """)
    #expect(
      body == #"{"event_type":"taskhook","client_payload":{"id":"d0658ae1","task":\#(sampleTask),"n":5,"#
        + #""text":"SUCCEEDED: https://x/1.mp4"}}"#)
    #expect(headers["content-type"] == "application/json")
  }

  @Test func aForm() async throws {
    let (body, headers) = try await sent(
      """
        form:
          TASK id: "{{id}} & é=~*-._"
          json: "{{json(task.output)}}"
          count: 5
          on: on
          empty: ""
      """)
    #expect(
      body
        == "TASK+id=d0658ae1+%26+%C3%A9%3D%7E*-._&json=%5B%22https%3A%2F%2Fx%2F1.mp4%22%5D&count=5&on=on&empty="
    )
    #expect(headers["content-type"] == "application/x-www-form-urlencoded")
  }

  @Test(
    arguments: [
      ("format: cloudevents", "application/cloudevents+json; charset=utf-8"),
      ("format: cloudevents-binary", "application/json"), ("body: []", "application/json"),
      ("form: {a: b}", "application/x-www-form-urlencoded"), ("format: task", "application/json"),
    ])
  func aContentTypeOfOnesOwnWins(yaml: String, usual: String) async throws {
    #expect(try await sent("  " + yaml).headers["content-type"] == usual)
    let other = try await sent("  headers: {Content-Type: text/x}\n  " + yaml)
    #expect(other.headers["content-type"] == "text/x")
  }

  @Test func cloudEvents() async throws {
    let structured = try await sent("  format: cloudevents")
    #expect(Array(structured.body.utf8) == CloudEvent(sampleAttempt()).structured)
    #expect(!structured.headers.keys.contains { $0.hasPrefix("ce-") })
    let binary = try await sent("  format: cloudevents-binary")
    #expect(Array(binary.body.utf8) == CloudEvent(sampleAttempt()).data)
    #expect(binary.headers["ce-id"] == sampleEvent().id && binary.headers["ce-subject"] == "d0658ae1")
    #expect(binary.headers["webhook-id"] == sampleAttempt().delivery)
  }

  /// Whatever the body, it is signed as it is sent; while secrets are rotated, by each of them.
  @Test(arguments: [
    "format: event", "format: cloudevents", "format: cloudevents-binary", "body: {a: '{{id}}'}",
    "form: {a: '{{id}}'}",
  ])
  func everyBodyIsSigned(yaml: String) async throws {
    let secrets = [SigningTests.asymmetric, SigningTests.symmetric]
    let (body, headers) = try await sent("  secret: [\(secrets.joined(separator: ", "))]\n  " + yaml)
    let expected = WebhookSignature.header(
      id: sampleAttempt().delivery, timestamp: 1_767_225_600, body: Array(body.utf8),
      secrets: try secrets.map { try SigningSecret(Secret($0)) })
    #expect(headers["webhook-signature"] == expected)
    #expect(expected.hasPrefix("v1a,") && expected.contains(" v1,"))
  }

  /// A task id may hold anything but control characters; a header may not.
  @Test func noValueCanBreakAHeader() async throws {
    var random = SeededRandom(seed: 5)
    let bits = [
      "\r\n", "\n", "\0", "é", "🎬", "%0d%0a", "\u{2028}", "\u{85}", "\"", " ", "a", ":", "\u{7F}", "\u{FFFF}",
    ]
    for _ in 0..<200 {
      let id = (0..<8).map { _ in bits.randomElement(using: &random)! }.joined()
      let attempt = sampleAttempt(sampleEvent(source: id, id: id, labels: [id: id]))
      let headers = try await sent("  format: cloudevents-binary", attempt).headers
      for (name, value) in headers {
        #expect(value.utf8.allSatisfy { (0x20...0x7E).contains($0) }, "\(name)")
      }
      #expect(headers["ce-subject"]?.removingPercentEncoding == id)
    }
  }

  @Test func secretsOfABodyAreMaskedAndHidden() async throws {
    let environment = ["TOKEN": "tok\"en/with+{{signs}}", "PORT": "80"]
    let reading = HookReading(
      """
      on: done
      webhook:
        url: https://example.com/x
        body: {token: "${TOKEN}", text: "Token ${TOKEN} of {{id}} ${PORT}"}
        secret: \(SigningTests.symmetric)
      """, environment: environment)
    let settings = try #require(reading.webhook)
    let echo = #"tok\"en/with+{{signs}} tok\"en\/with+{{signs}} tok%22en%2Fwith%2B%7B%7Bsigns%7D%7D port 80"#
    let transport = ScriptedTransport(.success(HTTPResponse(status: 500, body: Array(echo.utf8))))
    let hook = WebhookHook(settings, timeout: .seconds(15), transport: transport, time: ManualTime())
    #expect(try await hook.perform(sampleAttempt()).detail == "*** *** *** port 80")
    let preview = hook.preview(sampleAttempt())
    #expect(
      String(decoding: preview.body, as: UTF8.self) == #"{"token":"***","text":"Token *** of d0658ae1 ***"}"#)
    // What is signed is what would be sent.
    let signature = WebhookSignature.header(
      id: sampleAttempt().delivery, timestamp: 1_767_225_600,
      body: settings.body.render(sampleAttempt()).bytes,
      secrets: settings.secrets)
    #expect(preview.details.contains(.init("webhook-signature", signature)))
    let form = HookReading(
      "on: done\nwebhook: {url: 'http://x', form: {token: '${TOKEN}', id: '{{id}}'}}",
      environment: environment)
    let shown = WebhookHook(
      try #require(form.webhook), timeout: .seconds(15), transport: transport, time: ManualTime()
    ).preview(sampleAttempt())
    #expect(String(decoding: shown.body, as: UTF8.self) == "token=***&id=d0658ae1")
  }
}
