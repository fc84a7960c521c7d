import Foundation
import Model
import TestSupport
import Testing

/// `watch`: no config, no daemon, no state file.
@Suite struct WatchTests {
  private typealias API = ScriptedTaskAPI

  private func watch(
    _ place: Workspace, _ api: ScriptedTaskAPI, _ arguments: String..., env: [String: String] = [:]
  ) async throws -> Workspace.Finished {
    let words = ["watch", "--base-url", api.url, "--every", "100ms"] + arguments
    return try await place.finish(try place.start(words, env: env))
  }

  @Test func inAPipeItWritesALineATransition() async throws {
    try await Workspace.use { place in
      let api = try API()
      api.script(
        "a", API.task("a", "PENDING"), API.task("a", "RUNNING", #""progress":0.5"#),
        API.task("a", "SUCCEEDED"))
      api.script("b", API.task("b", "RUNNING"), API.task("b", "SUCCEEDED"))
      let finished = try await watch(place, api, "a", "b", "a", env: ["COMETAPI_KEY": "the-key"])
      #expect(finished.status == 0, "\(finished.stderr)")
      #expect(finished.stderr == "")
      #expect(!finished.stdout.contains("\u{1B}"))
      let lines = finished.stdout.split(separator: "\n").map(String.init)
      let told = lines.map { $0.split(separator: " ", maxSplits: 1)[1] }
      #expect(
        told.filter { $0.hasPrefix("a ") } == ["a PENDING", "a PENDING -> RUNNING", "a RUNNING -> SUCCEEDED"])
      #expect(told.filter { $0.hasPrefix("b ") } == ["b RUNNING", "b RUNNING -> SUCCEEDED"])
      #expect(lines.count == 5)
      for line in lines { #expect(line.firstMatch(of: #/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z /#) != nil) }
      #expect(api.polls.allSatisfy { $0.request.headers["authorization"] == "Bearer the-key" })
      #expect(!FileManager.default.fileExists(atPath: place.path("taskhook.db")))
    }
  }

  @Test func itsExitCodeTellsHowTheTasksEnded() async throws {
    try await Workspace.use { place in
      let api = try API()
      api.script("good", API.task("good", "SUCCEEDED"))
      api.script("failed", API.task("failed", "FAILED"))
      api.script("cancelled", API.task("cancelled", "CANCELLED"))
      api.script("expired", API.task("expired", "EXPIRED"))
      let lost = [API.task("lost", "RUNNING"), API.notExist()]
      #expect(try await watch(place, api, "good").status == 0)
      #expect(try await watch(place, api, "good", "failed").status == 1)
      #expect(try await watch(place, api, "cancelled").status == 1)
      #expect(try await watch(place, api, "expired").status == 1)
      api.script("lost", lost)
      let gone = try await watch(place, api, "good", "lost")
      #expect(gone.status == 3 && gone.stdout.contains("lost task.lost: "), "\(gone.stdout)")
      api.script("lost", lost)
      #expect(try await watch(place, api, "lost", "failed").status == 1, "a failure weighs more")
      api.script("secret", API.json(401, #"{"error":{"message":"no such key"}}"#))
      let refused = try await watch(place, api, "secret")
      #expect(refused.stdout == "")
      #expect(refused.status == 69 && refused.stderr.contains("401"), "\(refused.stderr)")
      let closed = try API()
      closed.stop()
      let ids = (0..<10).map { "t\($0)" }
      let words = ["watch", "--base-url", closed.url, "--every", "100ms"] + ids
      #expect(try await place.finish(try place.start(words)).status == 69)
      let keyless = try await place.run("watch", "a")
      #expect(keyless.status == 64 && keyless.stderr.contains("COMETAPI_KEY"))
      for arguments in [
        ["--base-url", "nonsense", "a"], ["--every", "5", "a"], [], ["--provider", "runwai", "a"],
      ] {
        let finished = try await place.finish(
          try place.start(["watch"] + arguments, env: ["COMETAPI_KEY": "k"]))
        #expect(finished.status == 64, "\(arguments)")
      }
    }
  }

  @Test func asJSONEachTransitionIsAnObjectALine() async throws {
    try await Workspace.use { place in
      let api = try API()
      // Over several lines, as some servers write it.
      api.script(
        "a", API.json(200, "{\n  \"id\": \"a\",\n  \"status\": \"RUNNING\"\n}\n"), API.task("a", "FAILED"))
      let finished = try await watch(place, api, "--json", "a")
      #expect(finished.status == 1)
      let lines = JSON.lines(finished.stdout)
      #expect(lines.map { $0["type"].text } == ["task.running", "task.failed"])
      #expect(lines.map { $0["data"]["task"]["status"].text } == ["RUNNING", "FAILED"])
      #expect(lines.map { $0["data"]["previous_status"].text } == [nil, "RUNNING"])
    }
  }

  @Test func itRunsAndCalls() async throws {
    try await Workspace.use { place in
      let api = try API()
      api.script("a", API.task("a", "RUNNING"), API.task("a", "SUCCEEDED", #""x":"a \" b""#))
      let receiver = try TestReceiver { _, number in .respond(number == 1 ? 503 : 200) }
      let finished = try await watch(
        place, api, "--run", #"echo "$TASKHOOK_STATUS $(cat)" >> ran"#, "--webhook", receiver.url(), "a")
      #expect(finished.status == 0, "\(finished.stderr)")
      // It leaves once all is delivered.
      #expect(
        place.read("ran")
          == "RUNNING \(API.body("a", "RUNNING"))\nSUCCEEDED \(API.body("a", "SUCCEEDED", #""x":"a \" b""#))\n"
      )
      #expect(receiver.types(of: "a") == ["task.running", "task.succeeded"])
      #expect(receiver.deliveries.count == 3)
      api.script("a", API.task("a", "RUNNING"), API.task("a", "SUCCEEDED"))
      let chosen = try await watch(place, api, "--run", "cat > last; exit 64", "--on", "done", "a")
      #expect(chosen.status == 0)
      #expect(place.read("last") == API.body("a", "SUCCEEDED"))
      #expect(chosen.stderr.contains("--run failed for a: exit 64"), "\(chosen.stderr)")
      let wrong = try await watch(place, api, "--webhook", "ftp://example.com", "--on", "dome", "a")
      #expect(
        wrong.status == 64 && wrong.stderr.contains("--webhook") && wrong.stderr.contains("done"),
        "\(wrong.stderr)")
    }
  }

  @Test(arguments: [false, true]) func onATerminalItDrawsABoard(colour: Bool) async throws {
    try await Workspace.use { place in
      let api = try API()
      api.script(
        "task-one", API.task("task-one", "RUNNING", #""progress":0.42"#),
        API.task("task-one", "RUNNING", #""progress":0.42"#), API.task("task-one", "SUCCEEDED"))
      api.script("task-two", API.task("task-two", "PENDING"), API.task("task-two", "FAILED"))
      let command = "'\(Taskhook.path)' watch --base-url \(api.url) --every 500ms task-one task-two"
      let finished = try await place.finish(
        try place.start(
          program: "/usr/bin/script", ["-qec", command, "/dev/null"],
          env: ["TERM": "xterm"].merging(colour ? [:] : ["NO_COLOR": "1"]) { $1 }))
      #expect(finished.status == 1, "\(finished.stderr)")
      let board = finished.stdout
      #expect(board.contains("task-one") && board.contains("task-two"))
      #expect(board.contains("████░░░░░░  42%"), "a progress bar")
      #expect(board.contains("██████████ 100%"))
      #expect(board.contains("\u{1B}[2A"), "drawn again in place")
      #expect(board.contains("\u{1B}[32mSUCCEEDED") == colour && board.contains("\u{1B}[31mFAILED") == colour)
    }
  }

  @Test func whatKeepsItFromAskingIsSaidOnce() async throws {
    try await Workspace.use { place in
      let api = try API()
      let page = API.Answer.respond(
        200, headers: [HTTPHeader("content-type", "text/html")], body: "<title>Sign in</title>")
      api.script("a", page, .respond(503), page, API.task("a", "SUCCEEDED"))
      let finished = try await watch(place, api, "a")
      #expect(finished.status == 0 && finished.stdout.hasSuffix(" a SUCCEEDED\n"))
      let lines = finished.stderr.split(separator: "\n")
      #expect(lines.count == 2, "\(finished.stderr)")
      #expect(lines[0].hasPrefix("taskhook: a: HTTP 200 with an HTML page; check base_url"))
      #expect(lines[1].hasPrefix("taskhook: a: HTTP 503"))
    }
  }

  @Test func aSignalEndsIt() async throws {
    try await Workspace.use { place in
      let api = try API()
      api.script("a", API.task("a", "RUNNING"))
      for (signal, status) in [(SIGINT, 130), (SIGTERM, 143)] {
        let process = try place.start(["watch", "--base-url", api.url, "--every", "100ms", "a"])
        await eventually { process.stdout.contains("RUNNING") }
        process.signal(signal)
        #expect(try await place.finish(process).status == status)
      }
    }
  }

  @Test func itFollowsTheSimulator() async throws {
    try await Workspace.use { place in
      let simulator = try place.start(["simulate", "--speed", "60", "--errors", "0.1", "--rate", "50/s"])
      await eventually { simulator.stdout.hasSuffix("\n") }
      let base = String(simulator.stdout.dropFirst("listening on ".count).dropLast())
      let finished = try await place.run(
        "watch", "--base-url", base, "--every", "200ms", "sim-a", "sim-b", "sim-c")
      #expect([0, 1].contains(finished.status))
      let ends = finished.stdout.split(separator: "\n").filter {
        $0.hasSuffix("SUCCEEDED") || $0.hasSuffix("FAILED")
      }
      #expect(ends.count == 3)
      #expect(finished.status == (finished.stdout.contains("FAILED") ? 1 : 0))
      simulator.signal(SIGTERM)
      #expect(await simulator.wait() == .exited(0))
      #expect(simulator.stdout == "listening on \(base)\n")
    }
  }
}
