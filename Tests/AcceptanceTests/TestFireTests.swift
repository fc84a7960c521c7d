import Foundation
import Model
import TestSupport
import Testing

/// `test HOOK`: one sample event, sent now.
@Suite struct TestFireTests {
  private static let environment = [
    "TOKEN": "tok-secret-0002",
    "SIGNING": "whsec_" + Data("signing-secret-000000003".utf8).base64EncodedString(),
  ]

  private static func config(_ receiver: String) -> String {
    """
    sources:
      runway: {provider: runway}
    hooks:
      pipeline:
        on: [SUCCEEDED, FAILED]
        where: {labels.project: demo}
        webhook: {url: "\(receiver)/hook/${TOKEN}", secret: "${SIGNING}", auth: {bearer: "${TOKEN}"}}
      script: {on: FAILED, run: 'cat; echo "$$TASKHOOK_EVENT" >&2; [ "$$TASKHOOK_TASK_ID" != bad ] || exit 3'}
    """
  }

  @Test func oneSampleIsSentAndShownWithoutADaemon() async throws {
    try await Workspace.use { place in
      let receiver = try TestReceiver { request, _ in
        .respond(
          200, headers: [HTTPHeader("x-said", request.headers["authorization"] ?? "")],
          body: "got \(request.target) with \(request.headers["authorization"] ?? "")")
      }
      try place.config(Self.config(receiver.url("")))
      let fired = try await place.run("test", "pipeline", env: Self.environment)
      #expect(fired.status == 0, "\(fired.stderr)")
      #expect(fired.stderr.hasSuffix("delivered\n"))
      #expect(fired.stderr.contains("`where` labels.project: the event has no such field"))
      let sent = try #require(receiver.deliveries.first)
      #expect(receiver.deliveries.count == 1)
      #expect(sent.request.target == "/hook/tok-secret-0002")
      #expect(sent.type == "task.succeeded" && sent.json["data"]["labels"]["test"].text == "true")
      // What is shown is what went over the wire, but for the secrets.
      for part in [
        "> POST \(receiver.url(""))/…#", "> authorization: Bearer ***", "> webhook-id: \(sent.id)",
        "> webhook-signature: \(sent.header("webhook-signature") ?? "?")",
        "> " + String(decoding: sent.body, as: UTF8.self), "< HTTP 200 after ", "< x-said: ", "< got ",
      ] {
        #expect(fired.stdout.contains(part), "\(part) in \(fired.stdout)")
      }
      #expect(!(fired.stdout + fired.stderr).contains("tok-secret"))
      #expect(!FileManager.default.fileExists(atPath: place.path("taskhook.db")), "nothing is recorded")
      // Receivers discard what they have seen: each try has an id of its own.
      _ = try await place.run("test", "pipeline", env: Self.environment)
      #expect(Set(receiver.deliveries.map(\.id)).count == 2)
    }
  }

  @Test(arguments: [
    (500, "answered 500 Internal Server Error (a daemon would try again)"),
    (400, "answered 400 Bad Request; the same request would be refused again (a daemon would give it up)"),
    (410, "(a daemon would pause the hook)"), (429, "not before 7s"),
  ])
  func aRefusalIsToldWithTheAnswer(status: Int, told: String) async throws {
    try await Workspace.use { place in
      let receiver = try TestReceiver { _, _ in
        .respond(status, headers: [HTTPHeader("retry-after", "7")], body: "no \u{1B}[31m thanks")
      }
      try place.config(Self.config(receiver.url("")))
      let fired = try await place.run("test", "pipeline", "--label", "project=demo", env: Self.environment)
      #expect(fired.status == 69)
      #expect(fired.stderr.contains(told), "\(fired.stderr)")
      #expect(!fired.stderr.contains("note:"))
      #expect(fired.stdout.contains("< HTTP \(status)") && fired.stdout.contains(#"< no \x1b[31m thanks"#))
    }
  }

  @Test func aScriptRunsOnTheTaskThatIsGiven() async throws {
    try await Workspace.use { place in
      try place.config(Self.config("http://127.0.0.1:9"))
      try place.write("bad.json", #"{"id":"bad","status":"FAILED"}"#)
      let failed = try await place.run("test", "script", "--task", "bad.json", env: Self.environment)
      #expect(failed.status == 69 && failed.stderr.contains("3"))
      #expect(failed.stdout.contains(#"{"id":"bad","status":"FAILED"}"#))
      let fine = try await place.run("test", "script", "--event", "stalled", env: Self.environment)
      #expect(fine.status == 0 && fine.stdout.contains("task.stalled"))
      #expect(fine.stderr.contains("`on` does not name task.stalled"))
    }
  }

  @Test func nobodyThereIsTold() async throws {
    try await Workspace.use { place in
      let receiver = try TestReceiver()
      receiver.stop()
      try place.config(Self.config(receiver.url("")))
      let fired = try await place.run("test", "pipeline", env: Self.environment)
      #expect(fired.status == 69 && fired.stdout.contains("< no answer after "))
      #expect(fired.stderr.contains("cannot connect"))
    }
  }
}
