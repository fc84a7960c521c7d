import Foundation
import Model
import TestSupport
import Testing

/// What a task API may answer, row by row: errors are not outcomes, and every outcome is told.
@Suite struct ProviderTests {
  private typealias API = ScriptedTaskAPI

  /// A daemon on one API with one receiver of everything.
  private func watching(
    _ ids: [String], of api: ScriptedTaskAPI, _ source: String = "",
    _ body: (Workspace, ChildProcess, TestReceiver) async throws -> Void
  ) async throws {
    try await Workspace.use { place in
      let receiver = try TestReceiver()
      try place.config(Self.config(ids, of: api, source, receiver))
      let daemon = try await place.daemon()
      try await body(place, daemon, receiver)
      if daemon.isRunning { await place.stop(daemon) }
    }
  }

  private static func config(
    _ ids: [String], of api: ScriptedTaskAPI, _ source: String, _ receiver: TestReceiver
  ) -> String {
    """
    sources:
      runway: {provider: runway, base_url: "\(api.url)", api_key: the-key, poll: {every: 100ms, slowest: 200ms, connections: 1}\(source)}
    tasks: [\(ids.joined(separator: ", "))]
    hooks:
      all: {on: [change, not_found, lost, timed_out, stalled, source.down, source.up], webhook: {url: "\(receiver.url())"}}
    """
  }

  @Test func envelopesAreUnwrapped() async throws {
    func wrapped(_ outer: String, _ inner: String) -> API.Answer {
      API.json(
        200,
        #"{"code":"success","message":"","data":{"task_id":"x","status":"\#(outer)","fail_reason":"https://example.com/a.mp4","data":\#(inner)}}"#
      )
    }
    let api = try API()
    let inner = #"{"id":"agree", "status":"SUCCEEDED","odd":1.0}"#
    api.script(
      "agree", wrapped("IN_PROGRESS", #"{"id":"agree","status":"RUNNING"}"#), wrapped("SUCCESS", inner))
    // Where they disagree a terminal outer status wins; one that is not terminal does not.
    api.script("outer-ended", wrapped("FAILURE", #"{"id":"x","status":"RUNNING"}"#))
    api.script("outer-late", wrapped("IN_PROGRESS", #"{"id":"x","status":"SUCCEEDED"}"#))
    api.script("flat", API.json(200, #"{"code":"success","data":{"id":"flat","status":"SUCCEEDED"}}"#))
    api.script("bare", API.json(200, #"{"id":"bare","status":"CANCELLED","data":{"status":"RUNNING"}}"#))
    try await watching(["agree", "outer-ended", "outer-late", "flat", "bare"], of: api) { _, _, receiver in
      await eventually { receiver.accepted.count >= 6 }
      #expect(receiver.types(of: "agree") == ["task.running", "task.succeeded"])
      #expect(receiver.accepted.contains { $0.request.text.hasSuffix(#""task":\#(inner)}}"#) })
      #expect(receiver.types(of: "outer-ended") == ["task.failed"])
      #expect(receiver.types(of: "outer-late") == ["task.succeeded"])
      #expect(receiver.types(of: "flat") == ["task.succeeded"])
      #expect(receiver.types(of: "bare") == ["task.cancelled"])
    }
  }

  @Test func aNewIDMayBeUnknownForAWhile() async throws {
    let unknown: [(id: String, answer: API.Answer)] = [
      ("code-400", API.notExist(400)), ("code-200", API.notExist(200)), ("code-500", API.notExist(500)),
      ("status", API.json(200, #"{"status":"task_not_exist"}"#)),
      ("message", API.json(404, #"{"message":"task_not_exist"}"#)),
      ("error-code", API.json(400, #"{"error":{"code":"task_not_exist","message":"no"}}"#)),
      ("null-data", API.json(200, #"{"code":"success","message":"","data":null}"#)),
      (
        "bare-404",
        .respond(404, headers: [HTTPHeader("content-type", "text/html")], body: "<html>404</html>")
      ),
    ]
    let api = try API()
    for (id, answer) in unknown { api.script(id, answer, API.task(id, "RUNNING"), API.task(id, "SUCCEEDED")) }
    try await watching(unknown.map(\.id), of: api) { _, daemon, receiver in
      await eventually { receiver.accepted.count >= unknown.count * 2 }
      for (id, _) in unknown {
        #expect(receiver.types(of: id) == ["task.running", "task.succeeded"], "\(id)")
        let polls = api.polls(of: id)
        #expect(polls[1].at - polls[0].at > .milliseconds(2900), "asked again every 3 s")
      }
      #expect(!daemon.stderr.contains("\"level\":\"warning\""), "nothing unusual: \(daemon.stderr)")
    }
  }

  @Test func whatNeverAppearsAndWhatVanishesIsTold() async throws {
    let api = try API()
    api.script("never", API.notExist())
    api.script(
      "blink", API.task("blink", "RUNNING"), API.notExist(), API.notExist(), API.task("blink", "SUCCEEDED"))
    api.script("vanish", API.task("vanish", "RUNNING"), API.notExist(), .respond(404), API.notExist(200))
    try await watching(["never", "blink", "vanish"], of: api, ", not_found_for: 1s") { place, _, receiver in
      await eventually { receiver.accepted.count >= 5 }
      #expect(receiver.types(of: "never") == ["task.not_found"])
      #expect(receiver.types(of: "blink") == ["task.running", "task.succeeded"])
      #expect(receiver.types(of: "vanish") == ["task.running", "task.lost"])
      let lost = try #require(receiver.accepted.last { $0.task == "vanish" }).json["data"]
      #expect(lost["status"].text == "RUNNING" && lost["sequence"].integer == 2 && lost["reason"].text != nil)
      let never = try #require(receiver.accepted.last { $0.task == "never" }).json["data"]
      #expect(never["status"].isNull && never["task"].isNull && never["sequence"].integer == 1)
      #expect(api.polls(of: "never").count == 2 && api.polls(of: "vanish").count == 4)
      try await Task.sleep(for: .milliseconds(500))
      #expect(api.polls(of: "vanish").count == 4, "watched no more")
      #expect(try await place.json("tasks").map { $0["ended"].text } == ["not_found", "terminal", "lost"])
    }
  }

  @Test func givingUpIsAnEventOfItsOwn() async throws {
    let api = try API()
    api.script("slow", API.task("slow", "RUNNING"))
    api.script("broken", .respond(503))
    try await watching(["slow", "broken"], of: api, ", give_up_after: 4s, stalled_after: 500ms") {
      place, _, receiver in
      await eventually { receiver.accepted.count >= 4 }
      #expect(receiver.types(of: "slow") == ["task.running", "task.stalled", "task.timed_out"])
      #expect(receiver.types(of: "broken") == ["task.timed_out"])
      let tasks = try await place.json("tasks")
      #expect(tasks.map { $0["ended"].text } == ["timed_out", "timed_out"])
      #expect(tasks.map { $0["state"].text } == ["running", nil])
    }
  }

  @Test(arguments: [401, 403]) func aRefusedKeyIsToldOnceAndItsEndToo(status: Int) async throws {
    let api = try API()
    let refused = API.json(status, #"{"error":{"message":"Invalid token the-key","code":"invalid_api_key"}}"#)
    for id in ["a", "b", "c"] { api.script(id, refused) }
    try await watching(["a", "b", "c"], of: api) { place, daemon, receiver in
      await eventually { receiver.accepted.count >= 1 }
      try await Task.sleep(for: .milliseconds(1500))
      #expect(api.polls.count == 1, "then once a minute")
      #expect(receiver.deliveries.map(\.type) == ["source.down"])
      let told = receiver.deliveries[0].json["data"]
      #expect(told["id"].isNull && told["sequence"].integer == 1 && told["source"].text == "runway")
      #expect(told["reason"].text?.contains("\(status)") == true)
      #expect(told["reason"].text?.contains("the-key") == false)

      // A new start asks at once, and does not tell again what it told.
      await place.stop(daemon)
      let second = try await place.daemon()
      await eventually { api.polls.count >= 2 }
      try await Task.sleep(for: .milliseconds(700))
      #expect(api.polls.count == 2 && receiver.deliveries.count == 1)
      await place.stop(second)
      for id in ["a", "b", "c"] { api.script(id, API.task(id, "SUCCEEDED")) }
      let third = try await place.daemon()
      await eventually { receiver.accepted.count >= 5 }
      await place.stop(third)
      #expect(receiver.deliveries.filter { $0.type == "source.up" }.count == 1)
      #expect(receiver.deliveries.filter { $0.type == "task.succeeded" }.count == 3)
    }
  }

  @Test func tenFailuresInARowAcrossTheSourceAreItsDownfall() async throws {
    let api = try API()
    api.script("a", .respond(500), .respond(502, body: "<html>"), .respond(524))
    api.script("b", .respond(200, body: "<html>"), .respond(504))
    try await watching(["a", "b"], of: api) { place, daemon, receiver in
      await eventually { receiver.accepted.count >= 1 }
      try await Task.sleep(for: .milliseconds(800))
      #expect(receiver.deliveries.map(\.type) == ["source.down"])
      #expect(api.polls.count == 10)
      await place.stop(daemon)
      for id in ["a", "b"] { api.script(id, API.task(id, "SUCCEEDED")) }
      let second = try await place.daemon()
      await eventually { receiver.accepted.count >= 4 }
      await place.stop(second)
      #expect(
        receiver.deliveries.map(\.type).sorted()
          == ["source.down", "source.up", "task.succeeded", "task.succeeded"])
    }
  }

  @Test func tooManyRequestsHoldTheWholeSource() async throws {
    let api = try API()
    for id in ["a", "b", "c"] { api.script(id, API.task(id, "RUNNING")) }
    try await watching(["a", "b", "c"], of: api) { _, daemon, receiver in
      await eventually { receiver.accepted.count >= 3 }
      api.script(
        "b",
        API.json(
          429, #"{"error":{"code":"rate_limit_exceeded"}}"#, headers: [HTTPHeader("retry-after", "2")]),
        API.task("b", "SUCCEEDED"))
      for id in ["a", "c"] { api.script(id, API.task(id, "SUCCEEDED")) }
      await eventually { receiver.types(of: "b").last == "task.succeeded" }
      await eventually { receiver.accepted.count >= 6 }
      let polls = api.polls
      let gaps = zip(polls, polls.dropFirst()).map { $1.at - $0.at }
      let longest = try #require(gaps.max())
      #expect(longest >= .seconds(2), "nothing was asked for two seconds")
      #expect(polls[gaps.firstIndex(of: longest)!].id == "b")
      #expect(receiver.accepted.count == 6, "and nobody was told of a failure")
    }
  }

  @Test func whatIsNoTaskIsAskedForAgain() async throws {
    let huge = #"{"id":"huge","status":"SUCCEEDED","pad":""# + String(repeating: "x", count: 9 << 20) + #""}"#
    let html = "<!doctype html><title>Sign in</title>"
    let strange: [(id: String, answers: [API.Answer])] = [
      ("unavailable", [.respond(503), .respond(503), .respond(503)]),
      ("html", [.respond(200, headers: [HTTPHeader("content-type", "text/html")], body: html)]),
      ("text", [.respond(200, body: "SUCCEEDED")]),
      ("cut", [.respond(200, body: #"{"id":"cut","status":"SUCC"#)]),
      ("empty", [.respond(200), .respond(204)]),
      ("list", [.respond(200, body: #"[{"id":"list","status":"SUCCEEDED"}]"#)]),
      ("no-status", [.respond(200, body: #"{"id":"no-status","state":"SUCCEEDED"}"#)]),
      ("number", [.respond(200, body: #"{"id":"number","status":3}"#)]),
      ("error-200", [.respond(200, body: #"{"error":{"message":"oops","code":"internal"}}"#)]),
      ("timeout-408", [.respond(408), .respond(425), .respond(400, body: "{}")]),
      ("reset", [.script([.reset]), .script([.close])]),
      ("half", [.script([.send("HTTP/1.1 200 OK\r\nContent-Length: 90\r\n\r\n{\"status\""), .close])]),
      ("not-http", [.script([.send("SSH-2.0-OpenSSH_9.2\r\n"), .close])]),
      ("huge", [.respond(200, body: huge)]),
      ("endless-head", [.script([.flood(Array("x: y\r\n".utf8), total: 64 << 20), .close])]),
    ]
    let api = try API()
    for (id, answers) in strange {
      api.script(id, answers + [API.task(id, "RUNNING"), API.task(id, "SUCCEEDED")])
    }
    let ids = strange.map(\.id)
    try await Workspace.use { place in
      let receiver = try TestReceiver()
      // A source for each, as ten failures in a row would be a source's downfall.
      let sources = ids.map { id in
        "  \(id): {provider: runway, base_url: \"\(api.url)\", poll: {every: 100ms, slowest: 200ms}}"
      }
      try place.config(
        """
        sources:
        \(sources.joined(separator: "\n"))
        tasks: [\(ids.map { "{id: \($0), source: \($0)}" }.joined(separator: ", "))]
        hooks:
          all: {on: [change, source.down], webhook: {url: "\(receiver.url())"}}
        """)
      let daemon = try await place.daemon()
      await eventually { receiver.accepted.count { !$0.task.isEmpty } >= ids.count * 2 }
      for id in ids { #expect(receiver.types(of: id) == ["task.running", "task.succeeded"], "\(id)") }
      // The log says what came and what to check, once.
      let lines = JSON.lines(daemon.stderr).filter { $0["message"].text == "the answer is not a task" }
      let pages = lines.filter { $0["came"].text == "HTTP 200 with an HTML page" }
      #expect(pages.count == 1 && pages[0]["check"].text?.contains("base_url") == true, "\(daemon.stderr)")
      #expect(peakMemory(of: daemon) < 300 << 20)
      await place.stop(daemon)
    }
  }

  @Test func aBombIsNotUnpacked() async throws {
    try await Workspace.use { place in
      let shell = try place.start(
        program: "/bin/sh",
        [
          "-c",
          #"(printf '{"id":"bomb","status":"SUCCEEDED","x":"'; head -c 400000000 /dev/zero | tr '\0' x; printf '"}') | gzip -1 > bomb.gz"#,
        ])
      #expect(await shell.wait(within: .seconds(60)) == .exited(0))
      let bomb = Array(try Data(contentsOf: URL(fileURLWithPath: place.path("bomb.gz"))))
      let headers = [HTTPHeader("content-type", "application/json"), HTTPHeader("content-encoding", "gzip")]
      let api = try API()
      api.script("bomb", .bytes(200, headers: headers, body: bomb), API.task("bomb", "FAILED"))
      let receiver = try TestReceiver()
      try place.config(Self.config(["bomb"], of: api, "", receiver))
      let daemon = try await place.daemon()
      await eventually { receiver.accepted.count >= 1 }
      #expect(receiver.types(of: "bomb") == ["task.failed"], "what is above 8 MiB is an error")
      #expect(peakMemory(of: daemon) < 300 << 20)
      await place.stop(daemon)
    }
  }

  @Test(arguments: [301, 302, 303, 307, 308]) func redirectsAreNotFollowedWithAKey(status: Int) async throws {
    let elsewhere = try TestReceiver()
    let api = try API()
    let redirect = API.Answer.respond(
      status, headers: [HTTPHeader("location", elsewhere.url("/runwayml/v1/tasks/a?token=private"))])
    api.script("a", redirect, API.task("a", "SUCCEEDED"))
    try await watching(["a"], of: api) { _, daemon, receiver in
      await eventually { receiver.accepted.count >= 1 }
      #expect(receiver.types(of: "a") == ["task.succeeded"])
      #expect(elsewhere.deliveries.isEmpty)
      #expect(daemon.stderr.contains("redirects are never followed with a key"))
      #expect(!daemon.stderr.contains("token=private"))
    }
  }

  @Test func anUnknownStatusIsATransitionAndNoEnd() async throws {
    let api = try API()
    api.script(
      "a", API.task("a", "ARCHIVING"), API.task("a", "RUNNING"), API.task("a", "ARCHIVING"),
      API.task("a", "SUCCEEDED"))
    api.script("b", API.task("b", "ARCHIVING"), API.task("b", "succeeded"))
    try await watching(["a", "b"], of: api) { _, daemon, receiver in
      await eventually { receiver.accepted.count >= 6 }
      #expect(receiver.types(of: "a") == ["task.unknown", "task.running", "task.unknown", "task.succeeded"])
      #expect(receiver.types(of: "b") == ["task.unknown", "task.succeeded"])
      #expect(
        receiver.accepted.last { $0.task == "b" }?.json["data"]["status"].text == "succeeded", "verbatim")
      let lines = JSON.lines(daemon.stderr).filter { $0["message"].text?.hasPrefix("unknown status") == true }
      #expect(lines.count == 1, "said once: \(daemon.stderr)")
    }
  }

  @Test func aHangingAPIIsATimeoutAndHoldsOnlyItsOwnTask() async throws {
    let api = try API()
    api.script("hangs", .script([.hang]), API.task("hangs", "SUCCEEDED"))
    api.script("fine", API.task("fine", "RUNNING"), API.task("fine", "SUCCEEDED"))
    try await Workspace.use { place in
      let receiver = try TestReceiver()
      let config = Self.config(["hangs", "fine"], of: api, "", receiver)
        .replacingOccurrences(of: "connections: 1", with: "connections: 2, timeout: 2s")
      try place.config(config)
      let daemon = try await place.daemon()
      await eventually { receiver.types(of: "hangs") == ["task.succeeded"] }
      let order = receiver.accepted.map(\.task)
      #expect(order == ["fine", "fine", "hangs"])
      await place.stop(daemon)
    }
  }
}

/// The most memory a process has had, in bytes.
func peakMemory(of process: ChildProcess) -> Int {
  let status = (try? String(contentsOfFile: "/proc/\(process.pid)/status", encoding: .utf8)) ?? ""
  let line = status.split(separator: "\n").first { $0.hasPrefix("VmHWM:") } ?? ""
  return line.split(separator: " ").compactMap { Int($0) }.first.map { $0 * 1024 } ?? .max
}
