import Model
import TestSupport
import Testing

@testable import Hooks

@Suite struct CallbackHookTests {
  let time = ManualTime()

  static let url = "https://tasks.example/hooks/3f1c9a7e55d0?who=ada"

  private func attempt(
    _ url: String = Self.url, secret: String? = nil, on: String = CallbackRule.usualText
  ) -> Attempt {
    var event = sampleEvent()
    event.callback = TaskCallback(url: SecretURL(url), secret: secret.map { Secret($0) }, on: on)
    return sampleAttempt(event, number: 2)
  }

  private func hook(
    _ transport: any HTTPTransport, allow: [AllowedPlace] = [], hiding mask: SecretMask = SecretMask([])
  ) -> CallbackHook {
    CallbackHook(allow: allow, transport: transport, time: time, hiding: mask)
  }

  @Test(arguments: [nil, SigningTests.symmetric, SigningTests.asymmetric])
  func itSendsWhatAWebhookSends(secret: String?) async throws {
    let answer = ScriptedTransport.Answer.success(HTTPResponse(status: 200, body: Array("ok".utf8)))
    let transport = ScriptedTransport(answer, answer)
    let secrets = try secret.map { [try SigningSecret(Secret($0))] } ?? []
    let attempt = attempt(secret: secret)
    let usual = WebhookHook(
      WebhookSettings(url: SecretURL(Self.url), secrets: secrets), timeout: .seconds(15),
      transport: transport, time: time)
    let expected = try await usual.perform(attempt)
    #expect(try await hook(transport).perform(attempt) == expected)
    #expect(expected == AttemptReport(.delivered, code: 200, detail: "ok"))
    let sent = transport.requests
    try #require(sent.count == 2)
    #expect(sent[0].url == sent[1].url && sent[0].body == sent[1].body && sent[0].headers == sent[1].headers)
    #expect(sent[0].profile.headers == sent[1].profile.headers)
    #expect(sent[1].headers.contains { $0.name == "webhook-signature" } == (secret != nil))
    #expect(sent[1].profile.method == "POST" && sent[1].profile.timeout == .seconds(15))
    #expect(sent[1].profile.bodyLimit == sent[0].profile.bodyLimit && sent[1].profile.overflow == .truncate)
  }

  @Test func itReachesPublicAddressesAndWhatIsAllowed() async throws {
    let transport = ScriptedTransport(
      .success(HTTPResponse(status: 204)), .success(HTTPResponse(status: 204)))
    let range = try #require(AddressRange("10.0.0.0/8"))
    _ = try await hook(transport).perform(attempt())
    _ = try await hook(transport, allow: [.addresses(range)]).perform(attempt())
    #expect(
      transport.requests.map(\.profile.reach)
        == [.publicOnly(allow: []), .publicOnly(allow: [.addresses(range)])])
  }

  @Test func allRequestsShareConnections() async throws {
    let transport = ScriptedTransport(
      .success(HTTPResponse(status: 204)), .success(HTTPResponse(status: 204)))
    let hook = hook(transport)
    _ = try await hook.perform(attempt())
    _ = try await hook.perform(attempt("https://tasks.example/other"))
    #expect(transport.requests.map(\.url) == [Self.url, "https://tasks.example/other"])
    #expect(transport.requests[0].profile === transport.requests[1].profile)
  }

  @Test(
    arguments: [
      (200, "delivered"), (302, "dead"), (400, "dead"), (401, "retry"), (404, "retry"), (410, "dead"),
      (422, "dead"), (429, "retry"), (503, "retry"),
    ])
  func outcomes(status: Int, expected: String) async throws {
    let transport = ScriptedTransport(.success(HTTPResponse(status: status)))
    let report = try await hook(transport).perform(attempt())
    let outcome =
      switch report.outcome {
      case .delivered: "delivered"
      case .dead: "dead"
      case .retry: "retry"
      case .gone: "gone"
      }
    #expect(outcome == expected && report.code == status)
    #expect(status != 410 || report.reason == "answered 410 Gone: the receiver asks for no more")
  }

  @Test func aTaskWithoutACallbackIsDead() async throws {
    let report = try await hook(ScriptedTransport()).perform(sampleAttempt())
    #expect(report == AttemptReport(.dead(reason: "the task has no callback any more")))
  }

  @Test func aSecretThatCannotSignIsDead() async throws {
    let report = try await hook(ScriptedTransport()).perform(attempt(secret: "whsec_c2hvcnQ="))
    #expect(
      report.outcome
        == .dead(
          reason: "the callback's secret cannot sign: a whsec_ secret holds 24 to 64 bytes, this one 5"))
  }

  @Test func secretsThatComeBackAreMasked() async throws {
    let echoed = [
      Self.url, "/hooks/3f1c9a7e55d0", "3f1c9a7e55d0", SigningTests.symmetric,
      String(SigningTests.symmetric.dropFirst(6)), "key-of-the-config",
    ]
    let answer = HTTPResponse(status: 500, body: Array(echoed.joined(separator: " ").utf8))
    let failure = HTTPError(.other, "could not send to \(Self.url) with key-of-the-config")
    let transport = ScriptedTransport(.success(answer), .failure(failure))
    let hook = hook(transport, hiding: SecretMask(["key-of-the-config"]))
    let detail = try await hook.perform(attempt(secret: SigningTests.symmetric)).detail
    #expect(detail.contains("***"))
    for text in echoed { #expect(!detail.contains(text), "\(detail)") }
    let report = try await hook.perform(attempt())
    #expect(report.reason == "could not send to *** with ***")
  }
}
