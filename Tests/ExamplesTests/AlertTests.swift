import Foundation
import Model
import Synchronization
import TestSupport
import Testing

@Suite struct AlertTests {
  private static let task =
    #"{"id": "one", "status": "FAILED", "failure": "no <people> & \"such\"\n", "failureCode": "SAFETY.INPUT.TEXT"}"#

  /// The text of a posted message.
  private func text(_ request: LoopbackServer.Request) throws -> String {
    let message = try #require(
      JSONSerialization.jsonObject(with: Data(request.body)) as? [String: String])
    #expect(message.count == 1)
    return try #require(message["text"])
  }

  /// The config in the script's own head, as a file.
  @Test func theConfigInItsHeadTellsOfAFailure() async throws {
    let receiver = try LoopbackServer { _ in .respond(200, body: "ok") }
    let head = try Repository.text("examples/alert.sh").split(separator: "\n").prefix { $0.hasPrefix("#") }
    let snippet = head.compactMap { $0.hasPrefix("#     ") ? String($0.dropFirst("#     ".count)) : nil }
    #expect(snippet.first == "hooks:")
    try await TaskAPI.use(failures: 1) { api, address in
      try await Examples.use { examples in
        let source =
          "sources: {runway: {provider: runway, base_url: \"\(address)\", api_key: right}}\n"
        let id = api.create()
        try examples.write(
          "alert.yaml", source + "tasks: [\(id)]\n" + snippet.joined(separator: "\n") + "\n")
        let daemon = try await examples.daemon(
          "alert.yaml", env: ["ALERT_URL": receiver.url("/services/T0/B0")])
        let request = try await receiver.requests(1)[0]
        await examples.stop(daemon)
        #expect(request.method == "POST" && request.target == "/services/T0/B0")
        #expect(request.headers["content-type"] == "application/json")
        #expect(try text(request).hasPrefix(":warning: task.failed · runway/\(id) · "))
        #expect(try await examples.deliveries("alert.yaml").map { $0["state"] as? String } == ["delivered"])
      }
    }
  }

  @Test(
    arguments: [
      (
        task, ["TASKHOOK_EVENT": "task.failed", "TASKHOOK_SOURCE": "runway", "TASKHOOK_TASK_ID": "told"],
        ":warning: task.failed · runway/told · no &lt;people&gt; &amp; \"such\"\n · SAFETY.INPUT.TEXT"
      ),
      (task, [:], ":warning: FAILED · one · no &lt;people&gt; &amp; \"such\"\n · SAFETY.INPUT.TEXT"),
      (
        "null", ["TASKHOOK_EVENT": "task.not_found", "TASKHOOK_SOURCE": "runway", "TASKHOOK_TASK_ID": "x"],
        ":warning: task.not_found · runway/x"
      ),
      (
        #"{"id": "<!channel>", "status": "FAILED", "failure": null}"#, [:],
        ":warning: FAILED · &lt;!channel&gt;"
      ),
    ] as [(String, [String: String], String)])
  func itSaysWhatFailedAndWhy(task: String, env: [String: String], text expected: String) async throws {
    let server = try LoopbackServer { _ in .respond(200, body: "ok") }
    try await Examples.use { examples in
      let finished = try await examples.run(
        "alert.sh", env: env.merging(["ALERT_URL": server.url()]) { $1 }, stdin: task)
      #expect(finished.status == 0, "\(finished.stderr)")
      #expect(try text(try #require(server.requests.first)) == expected)
    }
  }

  @Test(arguments: [
    (200, 0), (204, 0), (400, 76), (404, 76), (410, 76), (429, 75), (403, 75), (500, 75), (302, 75),
  ]) func theAnswerDecidesWhetherItIsTriedAgain(answer: Int, status: Int) async throws {
    let server = try LoopbackServer { _ in
      .respond(answer, headers: [HTTPHeader("location", "/elsewhere")], body: "")
    }
    try await Examples.use { examples in
      let finished = try await examples.run("alert.sh", env: ["ALERT_URL": server.url()], stdin: Self.task)
      #expect(finished.status == status && server.requests.count == 1, "\(finished.stderr)")
    }
  }

  @Test func mistakesHaveTheirExitCodes() async throws {
    let server = try LoopbackServer { _ in .respond(200) }
    let url = server.url()
    try await Examples.use { examples in
      func status(_ url: String?, _ task: String = Self.task) async throws -> Int? {
        try await examples.run("alert.sh", env: url.map { ["ALERT_URL": $0] } ?? [:], stdin: task).status
      }
      let unset = try await status(nil)
      #expect(unset == 78)
      #expect(try await status("") == 78)
      for task in ["{", "[]"] { #expect(try await status(url, task) == 65, "\(task)") }
      #expect(server.requests.isEmpty)
      server.stop()
      #expect(try await status(url) == 75)
    }
  }

  @Test func itsURLIsOnNoCommandLine() async throws {
    let token = "token-\(UUID().uuidString)"
    let seen = Mutex(false)
    let server = try LoopbackServer { _ in
      let isSeen = Examples.isOnACommandLine(token)
      seen.withLock { $0 = isSeen }
      return .respond(500)
    }
    try await Examples.use { examples in
      let finished = try await examples.run(
        "alert.sh", env: ["ALERT_URL": server.url("/\(token)")], stdin: Self.task)
      #expect(finished.status == 75 && server.requests.count == 1 && !seen.withLock { $0 })
      #expect(!(finished.stdout + finished.stderr).contains(token))
    }
  }
}
