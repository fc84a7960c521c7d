import Foundation
import Model
import TestSupport
import Testing

/// `explain`: which hooks fire for a task's JSON, and what they would send.
@Suite struct ExplainTests {
  private static let json =
    #"{"id":"t-1","status":"FAILED","failure":"bad \u00e9 input","failureCode":"SAFETY.X","n":1.50}"#

  private static func config(api: String, receiver: String) -> String {
    """
    sources:
      runway: {provider: runway, base_url: "\(api)", api_key: "${KEY}", poll: {every: 100ms}}
    tasks: [{id: t-1, labels: {project: demo}}]
    hooks:
      whole:
        on: FAILED
        webhook: {url: "\(receiver)/whole/${TOKEN}", secret: "${SIGNING}", headers: {X-Key: "${TOKEN}"}}
      bare:
        on: done
        where: {task.failureCode: "~^SAFETY"}
        webhook: {url: "\(receiver)/bare", format: task}
      other:
        on: FAILED
        where: {labels.project: else}
        run: [cat]
      earlier:
        on: {from: RUNNING}
        run: [cat]
      silent: {on: stalled, run: [cat]}
    """
  }

  private static let environment = [
    "KEY": "sk-secret-0001", "TOKEN": "tok-secret-0002",
    "SIGNING": "whsec_" + Data("signing-secret-000000003".utf8).base64EncodedString(),
  ]

  @Test func whatItShowsIsWhatIsSent() async throws {
    try await Workspace.use { place in
      let api = try ScriptedTaskAPI()
      api.script("t-1", ScriptedTaskAPI.json(200, Self.json))
      let receiver = try TestReceiver()
      try place.config(Self.config(api: api.url, receiver: receiver.url("")))
      try place.write("task.json", Self.json + "\n")

      let explained = try await place.run(
        "explain", "task.json", "--json", "--label", "project=demo", env: Self.environment)
      #expect(explained.status == 0, "\(explained.stderr)")
      let hooks = Dictionary(
        uniqueKeysWithValues: JSON.lines(explained.stdout).filter { $0["hook"].exists }.map {
          ($0["hook"].text ?? "", $0)
        })
      #expect(hooks.count == 5)
      #expect(hooks["whole"]?["fires"].bool == true && hooks["bare"]?["fires"].bool == true)
      for (name, reason) in [
        ("other", "labels.project: demo does not fit"), ("earlier", "`on` does not name task.failed"),
        ("silent", "`on` does not name task.failed (first seen to FAILED)"),
      ] {
        #expect(hooks[name]?["fires"].bool == false)
        #expect(
          hooks[name]?["why_not"].text?.contains(reason) == true, "\(hooks[name]?["why_not"].text ?? "")")
      }

      let daemon = try await place.daemon(env: Self.environment)
      await eventually { receiver.deliveries.count == 2 }
      await place.stop(daemon)
      let bare = try #require(receiver.deliveries.first { $0.request.target == "/bare" })
      #expect(String(decoding: bare.body, as: UTF8.self) == Self.json)
      #expect(hooks["bare"]?["body"].text == Self.json)
      let raw = try await place.run(
        "explain", "task.json", "--hook", "bare", "--body", env: Self.environment)
      #expect(raw.stdout == Self.json)

      // All but when it was seen: the moment of explaining, and the moment of the poll.
      let whole = try #require(receiver.deliveries.first { $0.request.target != "/bare" })
      let shown = try #require(hooks["whole"])
      #expect(
        Self.untimed(shown["body"].text ?? "") == Self.untimed(String(decoding: whole.body, as: UTF8.self)))
      let details = shown["details"].items
      let sent = whole.request.headers.fields
      for detail in details {
        let name = detail["name"].text ?? "", value = detail["value"].text ?? ""
        switch name.lowercased() {
        case "x-key": #expect(value == "***" && sent["x-key"] == "tok-secret-0002")
        case "webhook-timestamp", "webhook-signature": #expect(sent[name] != nil)
        default: #expect(sent[name.lowercased()] == value, "\(name)")
        }
      }
      for name in ["webhook-id", "content-type", "user-agent", "taskhook-attempt", "webhook-signature"] {
        #expect(details.contains { $0["name"].text == name }, "\(name)")
      }
      let plain = try await place.run("explain", "task.json", env: Self.environment)
      for text in [explained.stdout, plain.stdout] {
        for secret in ["sk-secret-0001", "tok-secret-0002", "signing-secret", "c2lnbmluZy1zZWNyZXQ"] {
          #expect(!text.contains(secret))
        }
      }
      #expect(plain.stdout.hasPrefix("an answer of runway is read so:\n"))
      #expect(plain.stdout.contains(" at status: \"FAILED\"\n"), "\(plain.stdout)")
      #expect(plain.stdout.contains("\ntask.failed of runway/t-1: first seen → FAILED\n"))
      let reading = JSON.lines(explained.stdout).first?["reading"].items ?? []
      #expect(reading.contains { $0["field"].text == "status" && $0["at"].text == "status" })
    }
  }

  private static func untimed(_ body: String) -> String {
    body.replacing(#/"timestamp":"[^"]*"/#, with: "")
  }

  @Test func theWatchersOwnEventsAndWhatWasBefore() async throws {
    try await Workspace.use { place in
      try place.config(Self.config(api: "http://127.0.0.1:9", receiver: "http://127.0.0.1:9"))
      func fires(_ arguments: String...) async throws -> Set<String> {
        let process = try place.start(
          ["explain", "-", "--json"] + arguments, env: Self.environment,
          stdin:
            #"{"code":"success","data":{"id":"x","status":"RUNNING","data":{"id":"x","status":"RUNNING"}}}"#)
        let finished = try await place.finish(process)
        #expect(finished.status == 0, "\(finished.stderr)")
        return Set(
          JSON.lines(finished.stdout).filter { $0["fires"].bool == true }.compactMap { $0["hook"].text })
      }
      #expect(try await fires() == [])
      #expect(try await fires("--from", "RUNNING") == ["earlier"], "an envelope is unwrapped")
      #expect(try await fires("--event", "stalled") == ["silent"])
    }
  }

  @Test(arguments: [
    (["explain", "none.json"], "", "none.json: there is no such file"),
    (["explain", "-"], "", "there is nothing in it"),
    (["explain", "-", "--event", "stald"], #"{"id":"x","status":"RUNNING"}"#, "did you mean stalled?"),
    (
      ["explain", "-", "--event", "failed"], #"{"id":"x","status":"RUNNING"}"#, "the status in the JSON says"
    ),
    (["explain", "-", "--hook", "wole"], #"{"id":"x","status":"RUNNING"}"#, "did you mean whole?"),
    (["explain", "-", "--source", "runwy"], #"{"id":"x","status":"RUNNING"}"#, "did you mean runway?"),
    (["explain", "-", "--body"], "{}", "--body needs --hook"),
    (["explain", "-", "--label", "x"], #"{"id":"x","status":"RUNNING"}"#, "expected name=value"),
    (["test", "wole"], "", "did you mean whole?"),
    (["test", "whole", "--from", "RUNNING"], "", "--from needs --task"),
  ])
  func whatIsNotAskedRightly(arguments: [String], stdin: String, reason: String) async throws {
    try await Workspace.use { place in
      try place.config(Self.config(api: "http://127.0.0.1:9", receiver: "http://127.0.0.1:9"))
      let finished = try await place.finish(
        try place.start(arguments, env: Self.environment, stdin: stdin))
      #expect(finished.status == 64 && finished.stdout == "")
      #expect(finished.stderr.contains(reason), "\(finished.stderr)")
    }
  }

  /// How it is read is shown all the same: that is what one wants to know then.
  @Test(arguments: [
    ("nonsense", [], "not JSON", "not a task of the source runway"),
    (#"{"code":"task_not_exist"}"#, [], "task_not_exist", "the task does not exist"),
    (#"{"error":{"message":"down"}}"#, ["--http", "503"], "HTTP 503: down", "HTTP 503: down"),
  ])
  func whatIsNoTaskIsExplainedToo(answer: String, options: [String], reading: String, reason: String)
    async throws
  {
    try await Workspace.use { place in
      try place.config(Self.config(api: "http://127.0.0.1:9", receiver: "http://127.0.0.1:9"))
      let finished = try await place.finish(
        try place.start(["explain", "-"] + options, env: Self.environment, stdin: answer))
      #expect(finished.status == 64)
      #expect(finished.stdout.contains(reading) && !finished.stdout.contains("fires"), "\(finished.stdout)")
      #expect(finished.stderr.contains(reason), "\(finished.stderr)")
    }
  }

  /// An API that tells of a task in two answers.
  @Test func aSecondAnswerIsAskedForAndTaken() async throws {
    try await Workspace.use { place in
      try place.config(
        """
        sources: {queue: {provider: fal, api_key: k, params: {app: fal-ai/flux}}}
        hooks: {all: {on: done, run: [cat]}}
        """)
      try place.write(
        "status.json",
        #"{"status":"COMPLETED","request_id":"r1","response_url":"https://queue.fal.run/fal-ai/flux/requests/r1"}"#
      )
      try place.write("result.json", #"{"images":[{"url":"https://fal.media/1.png"}]}"#)
      let half = try await place.run("explain", "--source", "queue", "status.json")
      #expect(half.status == 64 && half.stderr.contains("--result"), "\(half.stderr)")
      let whole = try await place.run(
        "explain", "--source", "queue", "status.json", "--result", "result.json")
      #expect(whole.status == 0 && whole.stdout.contains("https://fal.media/1.png"), "\(whole.stdout)")
      #expect(whole.stdout.contains("task.succeeded of queue/r1"))
      let failed = try await place.run(
        "explain", "--source", "queue", "status.json", "--result", "result.json", "--result-http", "422")
      #expect(failed.stdout.contains("task.failed of queue/r1"), "\(failed.stdout)")
    }
  }
}
