import Model
import Synchronization
import TestSupport
import Testing

@testable import Hooks

/// Attempts on a loop's thread are those that a task makes.
@Suite struct LoopAttemptTests {
  /// Begins attempts where a hook's queue does.
  private actor Caller {
    private let loop: ScriptedLoop
    nonisolated var unownedExecutor: UnownedSerialExecutor { loop.asUnownedSerialExecutor() }

    init(_ loop: ScriptedLoop) { self.loop = loop }

    /// Whether the hook begins attempts by itself.
    func begins(_ hook: any Hook, _ attempt: Attempt) -> Bool { hook.begin(attempt) { _ in } != nil }

    /// What comes of an attempt, broken off at once where that is asked for.
    func attempt(_ hook: any Hook, _ attempt: Attempt, breakingOff: Bool = false) async -> AttemptReport? {
      await withCheckedContinuation { continuation in
        let breakOff = hook.begin(attempt) { continuation.resume(returning: $0) }
        if breakOff == nil { continuation.resume(returning: nil) }
        if breakingOff { breakOff?() }
      }
    }
  }

  /// A hook on a loop that gives this answer, or none, and what it was asked.
  private struct Stage {
    let hook: any Hook
    let caller: Caller
    let asked: Requests

    final class Requests: Sendable {
      private let all = Mutex<[HTTPRequest]>([])
      func add(_ request: HTTPRequest) { all.withLock { $0.append(request) } }
      var bodies: [[UInt8]?] { all.withLock { $0.map(\.body) } }
      var headers: [[HTTPHeader]] { all.withLock { $0.map(\.headers) } }
      var urls: [String] { all.withLock { $0.map(\.url) } }
    }

    init(_ yaml: String = "", _ answer: Result<HTTPResponse, HTTPError>?) throws {
      let reading = HookReading("on: done\nwebhook:\n  url: https://example.com/hooks/video\n" + yaml)
      #expect(reading.errors == [])
      let time = ManualTime()
      let asked = Requests()
      let loop = ScriptedLoop(time: time) { request in
        asked.add(request)
        return answer
      }
      self.asked = asked
      hook = MaskedHook(
        WebhookHook(try #require(reading.webhook), timeout: .seconds(15), transport: loop, time: time),
        hiding: SecretMask(["key-of-another"]))
      caller = Caller(loop)
    }
  }

  private static let answers: [Result<HTTPResponse, HTTPError>] = [
    .success(HTTPResponse(status: 200)),
    .success(HTTPResponse(status: 500, body: Array("at /hooks/video with key-of-another".utf8))),
    .success(HTTPResponse(status: 429, headers: HTTPHeaders([HTTPHeader("Retry-After", "7")]))),
    .success(HTTPResponse(status: 410)), .failure(HTTPError(.timeout, "example.com: too slow")),
  ]

  @Test(arguments: answers)
  func theSameIsSentAndRead(answer: Result<HTTPResponse, HTTPError>) async throws {
    let stage = try Stage("  secret: \(SigningTests.symmetric)", answer)
    let begun = await stage.caller.attempt(stage.hook, sampleAttempt(number: 3))
    let performed = try await stage.hook.perform(sampleAttempt(number: 3))
    #expect(begun == performed)
    #expect(!performed.detail.contains("key-of-another") && !performed.detail.contains("/hooks/video"))
    #expect(stage.asked.bodies[0] == stage.asked.bodies[1] && stage.asked.bodies[0]?.isEmpty == false)
    #expect(stage.asked.headers[0] == stage.asked.headers[1])
    #expect(stage.asked.headers[0].map(\.name).contains("webhook-signature"))
    #expect(stage.asked.urls == Array(repeating: "https://example.com/hooks/video", count: 2))
  }

  @Test func whatIsBrokenOffIsNoAttempt() async throws {
    let stage = try Stage("", nil)
    #expect(await stage.caller.attempt(stage.hook, sampleAttempt(), breakingOff: true) == nil)
    #expect(stage.asked.urls.count == 1)
  }

  /// A token may have to be fetched first: that takes more than one request.
  @Test func withAnAccessTokenItTakesATask() async throws {
    let stage = try Stage(
      """
        auth:
          oauth2: {token_url: "https://id.example/token", client_id: me, client_secret: hush-hush}
      """, nil)
    #expect(await !stage.caller.begins(stage.hook, sampleAttempt()))
    #expect(stage.asked.urls.isEmpty)
  }

  @Test func onATransportWithoutAThreadItTakesATask() async throws {
    let settings = WebhookSettings(url: SecretURL("https://example.com/x"))
    let hook = WebhookHook(
      settings, timeout: .seconds(15), transport: ScriptedTransport(), time: ManualTime())
    #expect(hook.begin(sampleAttempt()) { _ in } == nil)
  }

  @Test func soDoCallbacks() async throws {
    let time = ManualTime()
    let answered = ScriptedLoop(time: time) { _ in .success(HTTPResponse(status: 410)) }
    let hook = CallbackHook(allow: [], transport: answered, time: time)
    var event = sampleEvent()
    event.callback = TaskCallback(url: SecretURL("https://one.example/x"), secret: nil, on: "done")
    let attempt = Attempt(delivery: "msg_1", event: event, number: 1)
    let report = await Caller(answered).attempt(hook, attempt)
    #expect(try await hook.perform(attempt) == report)
    guard case .dead = report?.outcome else {
      Issue.record("\(String(describing: report))")
      return
    }
    event.callback = nil
    let orphan = Attempt(delivery: "msg_1", event: event, number: 1)
    #expect(await !Caller(answered).begins(hook, orphan), "perform tells why")
  }
}
