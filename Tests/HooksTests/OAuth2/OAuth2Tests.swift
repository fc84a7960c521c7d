import Foundation
import Model
import TestSupport
import Testing

@testable import Hooks

@Suite struct OAuth2Tests {
  let time = ManualTime()
  let server = TokenServer()

  private func hook(_ more: String = "", _ webhook: String = "", timeout: Duration = .seconds(15)) throws
    -> WebhookHook
  {
    let reading = HookReading(
      """
      on: done
      webhook:
        url: https://example.com/hooks/video
        auth: {oauth2: {token_url: \(TokenServer.tokenURL), client_id: "my client", client_secret: "pass:wörd/1"\(more)}}
      """ + webhook)
    #expect(reading.errors == [])
    return WebhookHook(try #require(reading.webhook), timeout: timeout, transport: server, time: time)
  }

  @Test func whatIsAsked() async throws {
    let hook = try hook(", scope: [read, 'write all']", "\n  proxy: http://proxy.example:3128")
    #expect(try await hook.perform(sampleAttempt()) == AttemptReport(.delivered, code: 200))
    let request = try #require(server.tokenRequests.first)
    #expect(request.profile.method == "POST" && request.profile.timeout == .seconds(15))
    #expect(request.profile.connection.proxy == SecretURL("http://proxy.example:3128"))
    #expect(
      String(decoding: request.body ?? [], as: UTF8.self)
        == "grant_type=client_credentials&scope=read+write+all")
    let basic = Data("my+client:pass%3Aw%C3%B6rd%2F1".utf8).base64EncodedString()
    #expect(
      request.profile.headers == [
        HTTPHeader("authorization", "Basic " + basic),
        HTTPHeader("content-type", "application/x-www-form-urlencoded"),
        HTTPHeader("accept", "application/json"), HTTPHeader("user-agent", Version.userAgent),
      ])
    #expect(server.seen == ["Bearer tok-1-abcdef"])
    #expect(OAuth2Settings.plain.body == Array("grant_type=client_credentials".utf8))
  }

  @Test func aTokenIsKeptUntilItRunsOut() async throws {
    let hook = try hook()
    for _ in 0..<3 { _ = try await hook.perform(sampleAttempt()) }
    time.advance(by: .seconds(539))
    _ = try await hook.perform(sampleAttempt())
    #expect(server.tokenRequests.count == 1)
    time.advance(by: .seconds(1))
    _ = try await hook.perform(sampleAttempt())
    #expect(server.seen == Array(repeating: "Bearer tok-1-abcdef", count: 4) + ["Bearer tok-2-abcdef"])
    // The wall clock may jump as it likes.
    time.jumpWall(by: .seconds(1_000_000))
    _ = try await hook.perform(sampleAttempt())
    #expect(server.tokenRequests.count == 2)
  }

  @Test func aTokenThatIsNoGoodForLongIsUsedOnce() async throws {
    server.with { $0.expiresIn = "0" }
    let hook = try hook()
    for _ in 0..<3 { #expect(try await hook.perform(sampleAttempt()).outcome == .delivered) }
    #expect(server.tokenRequests.count == 3)
  }

  @Test func on401ANewTokenIsTriedOnce() async throws {
    let hook = try hook()
    _ = try await hook.perform(sampleAttempt())
    server.with { $0.taken = ["tok-2-abcdef"] }
    #expect(try await hook.perform(sampleAttempt()).outcome == .delivered)
    #expect(server.seen.suffix(2) == ["Bearer tok-1-abcdef", "Bearer tok-2-abcdef"])
    server.with { $0.taken = [] }
    let report = try await hook.perform(sampleAttempt())
    #expect(report.code == 401)
    #expect(report.reason == "answered 401 Unauthorized; check the hook's credentials")
    #expect(server.tokenRequests.count == 3 && server.requests.count == 5)
  }

  @Test func attemptsShareOneRequest() async throws {
    let hook = try hook()
    server.hold()
    let attempts = (0..<20).map { _ in Task { try await hook.perform(sampleAttempt()) } }
    await eventually { server.tokenRequests.count == 1 }
    for _ in 0..<50 { await Task.yield() }
    server.open()
    for attempt in attempts { #expect(try await attempt.value.outcome == .delivered) }
    #expect(server.tokenRequests.count == 1 && server.requests.count == 20)
    // So they do where all of them are refused.
    server.with { $0.taken = ["tok-2-abcdef"] }
    server.hold()
    let others = (0..<20).map { _ in Task { try await hook.perform(sampleAttempt()) } }
    await eventually { server.requests.count == 40 }
    server.open()
    for attempt in others { #expect(try await attempt.value.outcome == .delivered) }
    #expect(server.tokenRequests.count == 2 && server.requests.count == 60)
  }

  @Test func anAttemptThatIsCancelledLeavesTheOthersTheirToken() async throws {
    let hook = try hook()
    server.hold()
    let first = Task { try await hook.perform(sampleAttempt()) }
    await eventually { server.tokenRequests.count == 1 }
    let second = Task { try await hook.perform(sampleAttempt()) }
    await eventually { time.sleepers == 2 }
    for _ in 0..<50 { await Task.yield() }
    first.cancel()
    await #expect(throws: CancellationError.self) { try await first.value }
    server.open()
    #expect(try await second.value.outcome == .delivered)
    #expect(server.requests.count == 1)
  }

  @Test func aCancelledRequestIsNoTokenForTheNext() async throws {
    let hook = try hook()
    server.hold()
    let first = Task { try await hook.perform(sampleAttempt()) }
    await eventually { server.tokenRequests.count == 1 }
    first.cancel()
    await #expect(throws: CancellationError.self) { try await first.value }
    server.open()
    #expect(try await hook.perform(sampleAttempt()).outcome == .delivered)
    #expect(server.tokenRequests.count == 2)
  }

  @Test func theAttemptsTimeCoversBoth() async throws {
    let hook = try hook(timeout: .seconds(10))
    server.hold()
    let slowToken = Task { try await hook.perform(sampleAttempt()) }
    await eventually { server.tokenRequests.count == 1 && time.sleepers == 1 }
    time.advance(by: .seconds(6))
    server.with { $0.hangs = true }
    server.open()
    await eventually { server.requests.count == 1 }
    time.advance(by: .seconds(4))
    let reason = "no answer within 10s, in which an access token had to be fetched, too"
    #expect(try await slowToken.value == AttemptReport(.retry(reason: reason)))
  }

  @Test func withoutATokenItIsTriedLater() async throws {
    let hook = try hook()
    let basic = Data("my+client:pass%3Aw%C3%B6rd%2F1".utf8).base64EncodedString()
    let body =
      #"{"error":"invalid_client","error_description":"my client / pass:wörd/1 / pass:wörd\/1 / \#(basic)"}"#
    server.with { $0.tokenAnswer = .success(HTTPResponse(status: 401, body: Array(body.utf8))) }
    let report = try await hook.perform(sampleAttempt())
    #expect(
      report.outcome
        == .retry(
          reason: "no token from auth.example.com: answered 401 Unauthorized: invalid_client; "
            + "check client_id, client_secret and scope"))
    #expect(report.detail == #"{"error":"invalid_client","error_description":"my client / *** / *** / ***"}"#)
    server.with {
      $0.tokenAnswer = .failure(
        HTTPError(.connect, "POST auth.example.com: cannot connect to \(TokenServer.tokenURL)"))
    }
    #expect(
      try await hook.perform(sampleAttempt()).reason
        == "no token from auth.example.com: POST auth.example.com: cannot connect to ***")
    server.with { $0.tokenAnswer = .success(HTTPResponse(status: 200, body: Array("tok-secret".utf8))) }
    #expect(
      try await hook.perform(sampleAttempt())
        == AttemptReport(
          .retry(reason: "no token from auth.example.com: answered 200, but not with a JSON object")))
    let busy = HTTPResponse(status: 429, headers: HTTPHeaders([HTTPHeader("retry-after", "30")]))
    server.with { $0.tokenAnswer = .success(busy) }
    #expect(
      try await hook.perform(sampleAttempt()).outcome
        == .retry(
          reason: "no token from auth.example.com: answered 429 Too Many Requests", after: .seconds(30)))
    #expect(server.requests.isEmpty)
    server.with { $0.tokenAnswer = nil }
    #expect(try await hook.perform(sampleAttempt()).outcome == .delivered)
  }

  @Test func tokensAreMasked() async throws {
    let hook = try hook()
    server.with { $0.echo = "Authorization: Bearer tok-1-abcdef" }
    #expect(try await hook.perform(sampleAttempt()).detail == "Authorization: Bearer ***")
    server.with { $0.taken = ["tok-2-abcdef"] }
    server.with { $0.echo = "not tok-1-abcdef but tok-2-abcdef" }
    #expect(try await hook.perform(sampleAttempt()).detail == "not *** but ***")
    #expect(hook.hidingSecrets(in: Array("tok-1-abcdef".utf8)) == Array("***".utf8))
  }

  /// `taskhook test` shows the whole exchange, the token's too.
  @Test func everyTokenOfAnAnswerIsMasked() async throws {
    let hook = try hook()
    let body = #"{"access_token":"acc-secret","refresh_token":"ref-secret","token_type":"mac","id_token":5}"#
    server.with { $0.tokenAnswer = .success(HTTPResponse(status: 200, body: Array(body.utf8))) }
    let report = try await hook.perform(sampleAttempt())
    #expect(report.reason?.hasSuffix(#"a token of the type "mac"; only Bearer is known"#) == true)
    #expect(report.detail.isEmpty)
    let shown = String(decoding: hook.hidingSecrets(in: Array(body.utf8)), as: UTF8.self)
    #expect(shown == #"{"access_token":"***","refresh_token":"***","token_type":"mac","id_token":5}"#)
  }

  @Test func aPreviewFetchesNothing() throws {
    let preview = try hook().preview(sampleAttempt())
    #expect(preview.details.contains(.init("authorization", "Bearer ***")))
    #expect(server.tokenRequests.isEmpty)
    #expect(!preview.lines.description.contains("wörd"))
  }
}

extension OAuth2Settings {
  fileprivate static var plain: OAuth2Settings {
    OAuth2Settings(tokenURL: SecretURL(TokenServer.tokenURL), clientID: "a", clientSecret: Secret("b"))
  }
}
