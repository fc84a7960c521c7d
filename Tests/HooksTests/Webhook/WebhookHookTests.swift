import Foundation
import Model
import TestSupport
import Testing

@testable import Hooks

@Suite struct WebhookHookTests {
  let time = ManualTime()

  private func hook(_ settings: WebhookSettings, _ transport: any HTTPTransport) -> WebhookHook {
    WebhookHook(settings, timeout: .seconds(15), transport: transport, time: time)
  }

  private func settings(_ yaml: String) throws -> WebhookSettings {
    let reading = HookReading("on: done\nwebhook:\n  url: https://example.com/hooks/video\n" + yaml)
    #expect(reading.errors == [])
    return try #require(reading.webhook)
  }

  private func headers(_ request: HTTPRequest) -> [String: String] {
    Dictionary(
      (request.profile.headers + request.headers).map { ($0.name.lowercased(), $0.value) },
      uniquingKeysWith: { "\($0) TWICE \($1)" })
  }

  @Test func whatIsSent() async throws {
    let transport = ScriptedTransport(.success(HTTPResponse(status: 200, body: Array("ok".utf8))))
    let hook = hook(try settings(""), transport)
    let attempt = sampleAttempt(number: 4)
    #expect(try await hook.perform(attempt) == AttemptReport(.delivered, code: 200, detail: "ok"))
    let request = try #require(transport.requests.first)
    #expect(request.url == "https://example.com/hooks/video")
    #expect(request.body == EventBody.event.render(.event(sampleEvent())))
    #expect(request.profile.method == "POST")
    #expect(request.profile.timeout == .seconds(15))
    #expect(request.profile.bodyLimit == 65_536 && request.profile.overflow == .truncate)
    #expect(
      headers(request) == [
        "content-type": "application/json", "user-agent": "taskhook/0.1.0", "webhook-id": attempt.delivery,
        "webhook-timestamp": "1767225600", "taskhook-attempt": "4",
      ])
  }

  @Test func theTimestampIsFreshAndTheIdStays() async throws {
    let answer = ScriptedTransport.Answer.success(HTTPResponse(status: 500))
    let transport = ScriptedTransport(answer, answer)
    let hook = hook(
      try settings("  secret: [\(SigningTests.symmetric), \(SigningTests.asymmetric)]"), transport)
    _ = try await hook.perform(sampleAttempt(number: 1))
    time.jumpWall(by: .seconds(3600))
    time.advance(by: .milliseconds(1999))
    _ = try await hook.perform(sampleAttempt(number: 2))
    let sent = transport.requests.map(headers)
    #expect(sent.map { $0["webhook-timestamp"] } == ["1767225600", "1767229201"])
    #expect(sent[0]["webhook-id"] == sent[1]["webhook-id"])
    #expect(sent.map { $0["taskhook-attempt"] } == ["1", "2"])
    let secrets = try [SigningTests.symmetric, SigningTests.asymmetric].map { try SigningSecret(Secret($0)) }
    let expected = WebhookSignature.header(
      id: sampleAttempt().delivery, timestamp: 1_767_229_201,
      body: EventBody.event.render(.event(sampleEvent())),
      secrets: secrets)
    #expect(sent[1]["webhook-signature"] == expected)
    #expect(sent[0]["webhook-signature"] != expected)
  }

  @Test func whatTheConfigCanSay() async throws {
    let transport = ScriptedTransport(.success(HTTPResponse(status: 204)))
    let hook = hook(
      try settings(
        """
          method: PUT
          format: task
          headers: {X-Team: video, Content-Type: application/vnd.x+json}
          auth: {basic: {user: ada, password: "lovelace:1"}}
          proxy: http://proxy.example:3128
        """), transport)
    #expect(try await hook.perform(sampleAttempt()).outcome == .delivered)
    let request = try #require(transport.requests.first)
    #expect(request.profile.method == "PUT")
    #expect(request.body == Array(sampleTask.utf8))
    #expect(headers(request)["x-team"] == "video")
    #expect(headers(request)["content-type"] == "application/vnd.x+json")
    #expect(headers(request)["authorization"] == "Basic YWRhOmxvdmVsYWNlOjE=")
    #expect(request.profile.connection.proxy == SecretURL("http://proxy.example:3128"))
  }

  @Test func aBearerToken() async throws {
    let transport = ScriptedTransport(.success(HTTPResponse(status: 200)))
    _ = try await hook(try settings("  auth: {bearer: tok}"), transport).perform(sampleAttempt())
    #expect(headers(try #require(transport.requests.first))["authorization"] == "Bearer tok")
  }

  @Test(arguments: [
    HTTPError.Kind.resolve, .connect, .tls, .timeout, .reset, .protocolError, .bodyTooLarge, .cancelled,
    .other,
  ])
  func errorsAreTriedAgain(kind: HTTPError.Kind) async throws {
    let transport = ScriptedTransport(.failure(HTTPError(kind, "example.com: it broke")))
    let report = try await hook(try settings(""), transport).perform(sampleAttempt())
    #expect(report == AttemptReport(.retry(reason: "example.com: it broke")))
  }

  @Test func cancellingIsNoAttempt() async throws {
    let hook = hook(try settings(""), HangingTransport())
    let running = Task { try await hook.perform(sampleAttempt()) }
    running.cancel()
    await #expect(throws: CancellationError.self) { try await running.value }
  }

  @Test func theAnswerIsKeptUpTo4KiB() async throws {
    let body = Array(("\u{1B}[31m" + String(repeating: "é", count: 30_000)).utf8)
    let transport = ScriptedTransport(.success(HTTPResponse(status: 500, body: body, truncated: true)))
    let detail = try await hook(try settings(""), transport).perform(sampleAttempt()).detail
    #expect(detail.hasPrefix("\\x1b[31mé") && detail.hasSuffix("é…"))
    #expect((4090...4096).contains(detail.utf8.count))
  }

  @Test func secretsThatComeBackAreMasked() async throws {
    let echoed = [
      "https://example.com/hooks/video", "/hooks/video", "Bearer tok-en", SigningTests.symmetric,
      String(SigningTests.symmetric.dropFirst(6)), "key-123456", "hunter2", "c2VjcmV0",
    ]
    let bodies = [
      "  auth: {bearer: tok-en}", "  secret: \(SigningTests.symmetric)", "  headers: {X-Key: key-123456}",
      "  auth: {basic: {user: u, password: hunter2}}", "  headers: {Authorization: Custom c2VjcmV0c2VjcmV0}",
    ]
    for body in bodies {
      let text = echoed.joined(separator: " ") + " Custom c2VjcmV0c2VjcmV0"
      let answer = HTTPResponse(status: 500, body: Array(text.utf8))
      let report = try await hook(try settings(body), ScriptedTransport(.success(answer))).perform(
        sampleAttempt())
      #expect(!report.detail.contains("/hooks/video"))
      let secret = try #require(body.split { ": {}".contains($0) }.last)
      #expect(!report.detail.contains(secret), "\(report.detail)")
    }
    let failure = HTTPError(.other, "could not send to https://example.com/hooks/video")
    let report = try await hook(try settings(""), ScriptedTransport(.failure(failure))).perform(
      sampleAttempt())
    #expect(report.reason == "could not send to ***")
  }
}
