import Foundation
import Model
import TestSupport
import Testing

/// The dashboard in a browser, against the real daemon: `Tests/Fixtures/dashboard.py` looks and clicks, and tells
/// what it sees; what it waits for is brought about here.
@Suite(.enabled(if: Browser.isThere, "TASKHOOK_TEST_PYTHON is not set, or Chromium is not installed"))
struct DashboardTests {
  private static let token = "the-token-of-the-server"
  private static let hostile = "<img src=x onerror=window.pwned=1>"

  @Test func itShowsTasksAsTheyMoveAndSendsAgainWhatFailed() async throws {
    try await Workspace.use { place in
      let api = try ScriptedTaskAPI()
      api.script("live-1", ScriptedTaskAPI.task("live-1", "PENDING"))
      api.script(Self.hostile, ScriptedTaskAPI.task(Self.hostile, Self.hostile))
      api.script("late-1", ScriptedTaskAPI.task("late-1", "RUNNING"))
      // What came first is refused for good.
      let receiver = try TestReceiver { _, number in .respond(number == 1 ? 400 : 200, body: "so it goes") }
      func config(port: Int) throws {
        try place.config(
          """
          server: {listen: "127.0.0.1:\(port)", token: \(Self.token)}
          sources: {runway: {provider: runway, base_url: "\(api.url)", api_key: the-key, poll: {every: 100ms}}}
          hooks: {pipeline: {on: SUCCEEDED, webhook: {url: "\(receiver.url())"}}}
          """)
      }
      try config(port: 0)
      var daemon = try await place.daemon()
      let port = try await self.port(of: daemon)
      let browser = try Browser(at: "http://127.0.0.1:\(port)/", token: Self.token, in: place)
      func add(_ task: String) async throws {
        let added = try await place.finish(
          try place.start(
            program: "/usr/bin/curl",
            [
              "-sS", "--fail-with-body", "-H", "content-type: application/json",
              "-H", "authorization: Bearer \(Self.token)", "-d", task, "http://127.0.0.1:\(port)/v1/tasks",
            ]))
        #expect(added.status == 0, "\(added.stdout)\(added.stderr)")
      }

      let signedIn = try await browser.step("signed in")
      #expect(signedIn["refused"].text == "This is not the token.")
      #expect(signedIn["complaints"].items.isEmpty, "\(signedIn)")

      try await add(#"{"id": "live-1", "labels": {"project": "spring"}}"#)
      let pending = try await browser.step("pending")["row"].items.compactMap(\.text)
      #expect(pending.contains("project=spring") && pending.contains("runway"), "\(pending)")
      api.script("live-1", ScriptedTaskAPI.task("live-1", "RUNNING", #""progress":0.5"#))
      try await browser.step("running")
      api.script(
        "live-1",
        ScriptedTaskAPI.task(
          "live-1", "SUCCEEDED",
          #""output":["http://127.0.0.2:1/film.mp4","javascript:window.pwned=3"],"seed":12345678901234567890"#
        ))
      try await browser.step("succeeded")

      let opened = try await browser.step("opened")
      #expect(
        opened["events"].items.map(\.text) == ["PENDING", "PENDING → RUNNING", "RUNNING → SUCCEEDED"])
      #expect(opened["codes"].items.map(\.text) == ["400"])
      #expect(opened["title"].text == "live-1 · taskhook")
      #expect(opened["raw"].text?.contains(#""seed": 12345678901234567890"#) == true, "as it was spelled")
      #expect(opened["links"].items.map(\.text) == ["http://127.0.0.2:1/film.mp4"])
      let replayed = try await browser.step("replayed")
      #expect(replayed["codes"].items.map(\.text) == ["400", "200"])
      #expect(receiver.deliveries.map(\.attempt) == [1, 2] && Set(receiver.deliveries.map(\.id)).count == 1)

      let object = ["id": Self.hostile, "labels": ["project": Self.hostile]] as [String: Any]
      try await add(String(decoding: try JSONSerialization.data(withJSONObject: object), as: UTF8.self))
      let hostile = try await browser.step("hostile")
      #expect(hostile["label"].text == "project=\(Self.hostile)" && hostile["status"].text == Self.hostile)
      #expect(hostile["elements"].integer == 0 && hostile["pwned"].integer == 0)

      for width in [1280, 360] {
        let wide = try await browser.step("looked around at \(width)")["wide"].items
        #expect(wide.isEmpty, "wider than \(width): \(wide)")
      }
      #expect(try await browser.step("tested")["outcome"].text?.hasPrefix("Test: delivered · 200") == true)
      #expect(try await browser.step("searched")["hash"].text == "#/tasks?q=live-")

      let before = try await browser.step("before the break")
      #expect(before["complaints"].items.isEmpty && before["mark"].integer == 1, "\(before)")
      await place.stop(daemon)
      try await browser.step("broken")
      try config(port: port)
      daemon = try await place.daemon()
      #expect(try await self.port(of: daemon) == port)
      try await add(#"{"id": "late-1"}"#)
      let after = try await browser.step("live again")
      #expect(after["complaints"].items.isEmpty && after["violations"].items.isEmpty, "\(after)")
      #expect(after["mark"].integer == 1, "the page was not loaded again")

      let policed = try await browser.step("policed")
      #expect(policed["violations"].items.count == 1 && policed["pwned"].integer == 0)
      try await browser.end()
      await place.stop(daemon)
    }
  }

  /// Where the daemon says that it listens.
  private func port(of daemon: ChildProcess) async throws -> Int {
    await eventually { daemon.stderr.contains(#""message":"listening""#) || !daemon.isRunning }
    let line = daemon.stderr.split(separator: "\n").first { $0.contains(#""message":"listening""#) }
    let port = try #require(line?.firstMatch(of: /127\.0\.0\.1:(\d+)/), "\(daemon.stderr)").1
    return try #require(Int(port))
  }
}
