import Foundation
import TestSupport
import Testing

/// A fuzzer that others wrote reads the API's own description and tries whatever that allows, and what it does not.
@Suite(.enabled(if: Fuzzer.isThere, "TASKHOOK_TEST_PYTHON is not set, or has no schemathesis"))
struct FuzzTests {
  private static let token = "the-token-of-the-server"

  @Test func theAPIAnswersAsItsDescriptionSays() async throws {
    try await Workspace.use { place in
      let api = try ScriptedTaskAPI { id, number in
        ScriptedTaskAPI.task(id, number == 1 ? "RUNNING" : "SUCCEEDED")
      }
      try place.config(
        """
        sources:
          runway: {provider: runway, base_url: "\(api.url)", poll: {every: 100ms, rate: 1000/s}}
          kling: {provider: kling, base_url: "\(api.url)", poll: {every: 1h}}
        hooks:
          fine: {on: change, run: [cat]}
          dead: {on: done, run: "exit 64"}
        server: {listen: "127.0.0.1:0", token: \(Self.token)}
        """)
      let daemon = try await place.daemon()
      let address = try await RemoteTests.address(of: daemon)
      try await place.run(
        "add", "--server", address, "--source", "runway", "t1", "t2", env: ["TASKHOOK_TOKEN": Self.token])
      // The stream of events does not end; as a page it does.
      try place.write(
        "schemathesis.toml",
        "[[operations]]\ninclude-path = \"/v1/events\"\nparameters = { format = \"json\" }\n")
      // Names of sources and ids of tasks mean more than a schema can say: what looks right may be refused.
      let fuzzer = try place.start(
        program: Fuzzer.path!,
        [
          "run", address + "/openapi.json", "--header", "Authorization: Bearer \(Self.token)", "--checks",
          "all",
          "--exclude-checks", "positive_data_acceptance", "--max-examples", "10", "--request-timeout", "30",
          "--generation-deterministic", "--no-color",
        ])
      let finished = try await place.finish(fuzzer, within: .seconds(400))
      #expect(finished.status == 0, "\(finished.stdout.suffix(6000))\(finished.stderr.suffix(1000))")
      #expect(finished.stdout.contains("No issues found"))
      #expect(daemon.isRunning)
      let cases = finished.stdout.firstMatch(of: /(\d+) generated, \d+ passed/).flatMap { Int($0.1) }
      #expect((cases ?? 0) >= 300, "\(finished.stdout.suffix(1000))")
      await place.stop(daemon)
    }
  }
}

/// PyPI's schemathesis, beside the Python of the tests.
private enum Fuzzer {
  static let path = Python.path.map {
    URL(fileURLWithPath: $0).deletingLastPathComponent().appending(path: "schemathesis").path
  }

  static var isThere: Bool { path.map { FileManager.default.isExecutableFile(atPath: $0) } ?? false }
}
