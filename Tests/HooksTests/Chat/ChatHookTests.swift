import Foundation
import Model
import TestSupport
import Testing

@testable import Hooks

@Suite struct ChatHookTests {
  @Test func whatIsSent() async throws {
    let transport = ScriptedTransport(.success(HTTPResponse(status: 200, body: Array("ok".utf8))))
    let settings = try ChatSamples.settings(
      "slack", "{url: 'https://x.example/hush', proxy: 'http://proxy.example:3128'}")
    let report = try await ChatSamples.hook(settings, transport).perform(sampleAttempt())
    #expect(report == AttemptReport(.delivered, code: 200, detail: "ok"))
    let request = try #require(transport.requests.first)
    #expect(request.url == "https://x.example/hush" && request.headers.isEmpty)
    #expect(request.profile.method == "POST" && request.profile.timeout == .seconds(15))
    #expect(request.profile.bodyLimit == 65_536 && request.profile.overflow == .truncate)
    #expect(request.profile.connection.proxy == SecretURL("http://proxy.example:3128"))
    #expect(
      request.profile.headers == [
        HTTPHeader("content-type", "application/json"), HTTPHeader("user-agent", "taskhook/0.1.0"),
      ])
    #expect(request.body == settings.payload(of: sampleAttempt()))
  }

  @Test func aTokenIsAHeader() async throws {
    let transport = ScriptedTransport(
      .success(HTTPResponse(status: 200)), .success(HTTPResponse(status: 200)))
    for section in ["{topic: a, token: tk_1}", "{topic: a}"] {
      _ = try await ChatSamples.hook(try ChatSamples.settings("ntfy", section), transport).perform(
        sampleAttempt())
    }
    let headers = transport.requests.map { $0.profile.headers.first { $0.name == "authorization" }?.value }
    #expect(headers == ["Bearer tk_1", nil])
  }

  /// An address of one's own may hold a password; a topic may be a single letter, which is in every answer.
  @Test func whatIsASecret() async throws {
    let section = "{token: '1:a', chat_id: 1, api: 'https://bot:hushhush@127.0.0.1:81'}"
    let settings = try ChatSamples.settings("telegram", section)
    #expect(settings.url.reveal() == "https://bot:hushhush@127.0.0.1:81/bot1:a/sendMessage")
    let answer = HTTPResponse(status: 500, body: Array("no hushhush for a bot".utf8))
    let report = try await ChatSamples.hook(settings, ScriptedTransport(.success(answer))).perform(
      sampleAttempt())
    #expect(report.detail == "no *** for a bot")
    let ntfy = ChatSamples.hook(
      try ChatSamples.settings("ntfy", "{topic: a}"),
      ScriptedTransport(.success(HTTPResponse(status: 200, body: Array("a banana".utf8)))))
    #expect(try await ntfy.perform(sampleAttempt()).detail == "a banana")
  }

  @Test func cancellingIsNoAttempt() async throws {
    let hook = ChatSamples.hook(try ChatSamples.settings("slack"), HangingTransport())
    let running = Task { try await hook.perform(sampleAttempt()) }
    running.cancel()
    await #expect(throws: CancellationError.self) { try await running.value }
  }

  @Test func aPreview() throws {
    let hook = ChatSamples.hook(try ChatSamples.settings("ntfy"))
    let lines = hook.preview(sampleAttempt()).lines
    #expect(lines[0] == "POST \(SecretURL("https://ntfy.sh/"))")
    #expect(
      lines[1...3] == [
        "content-type: application/json", "user-agent: taskhook/0.1.0", "authorization: Bearer ***",
      ])
    #expect(lines.last?.hasPrefix(#"{"topic":"***","title":"runway task d0658ae1 succeeded""#) == true)
  }

  /// The secrets of every service, in whatever way they come back.
  @Test(arguments: ChatService.all.map(\.name))
  func secretsAreNeverShown(service: String) async throws {
    let section =
      try #require(ChatSamples.sections[service]).dropLast()
      + ", text: 'own ${OWN} {{id}}', proxy: 'http://u:hushproxy@proxy.example'}"
    let reading = HookReading("on: done\n\(service): \(section)", environment: ["OWN": "hushown\"quoted"])
    guard case .chat(let settings) = reading.action else {
      Issue.record("\(reading.errors)")
      return
    }
    let attempt = sampleAttempt()
    let body = settings.payload(of: attempt)
    #expect(String(decoding: body, as: UTF8.self).contains("hushown"))

    // The request itself, its address and its parts, raw and as JSON.
    let token = settings.values.values.map { $0.reveal() }.joined(separator: " ")
    let echo = [
      settings.url.reveal(), settings.url.reveal().replacing("/", with: "\\/"), token,
      settings.headers.map { $0.value.reveal() }.joined(separator: " "),
      String(decoding: body, as: UTF8.self),
      "hushproxy", URL(string: settings.url.reveal())?.path ?? "",
    ].joined(separator: " | ")
    let answers: [ScriptedTransport.Answer] = [
      .success(HTTPResponse(status: 400, body: Array(echo.utf8))),
      .success(
        HTTPResponse(
          status: 400,
          body: Array(#"{"error":"\#(token)","message":"\#(token)","description":"\#(token)"}"#.utf8))),
      .failure(HTTPError(.other, "could not send to \(settings.url.reveal())")),
    ]
    for answer in answers {
      let hook = ChatSamples.hook(settings, ScriptedTransport(answer))
      let report = try await hook.perform(attempt)
      #expect(!"\(report)".contains("hush"), "\(report)")
    }
    let hook = ChatSamples.hook(settings)
    #expect(!hook.preview(attempt).lines.joined().contains("hush"), "\(hook.preview(attempt).lines)")
    #expect(!String(decoding: hook.hidingSecrets(in: body), as: UTF8.self).contains("hush"))
    #expect(!"\(settings)".contains("hush") && !"\(String(reflecting: settings))".contains("hush"))
  }
}
