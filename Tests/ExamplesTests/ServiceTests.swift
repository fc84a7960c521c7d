import Foundation
import Model
import TestSupport
import Testing

@Suite struct ServiceTests {
  private static let unit = "examples/systemd/taskhook.service"
  private static let analyze = "/usr/bin/systemd-analyze"

  /// A section's keys and values.
  private func section(_ name: String) throws -> [String: String] {
    var current = ""
    var values: [String: String] = [:]
    for line in try Repository.text(Self.unit).split(separator: "\n") where !line.hasPrefix("#") {
      if line.hasPrefix("[") {
        current = String(line.dropFirst().dropLast())
      } else if current == name {
        let equals = try #require(line.firstIndex(of: "="), "\(line)")
        let key = String(line[..<equals])
        #expect(values[key] == nil, "\(key) is there twice")
        values[key] = String(line[line.index(after: equals)...])
      }
    }
    return values
  }

  /// The words of the command, those of the unit replaced that name places outside the test's folder.
  private func command(config: String) throws -> [String] {
    let words = try #require(try section("Service")["ExecStart"]).split(separator: " ").map(String.init)
    #expect(words.first == "/usr/local/bin/taskhook" && words.last == "/etc/taskhook/config.yaml")
    return words.dropFirst().map { $0 == words.last ? config : $0 }
  }

  @Test func itHasTheKeysThatItsCommentsPromise() throws {
    let service = try section("Service")
    #expect(service["Type"] == "notify" && service["Restart"] == "on-failure")
    #expect(service["WatchdogSec"] == "60" && service["ExecReload"] == "/bin/kill -HUP $MAINPID")
    #expect(service["User"] == "taskhook" && service["StateDirectory"] == "taskhook")
    #expect(service["EnvironmentFile"] == "-/etc/taskhook/env")
    #expect(service["KillMode"] == "mixed" && service["TimeoutStopSec"] == "30")
    #expect(service["ProtectSystem"] == "strict" && service["NoNewPrivileges"] == "yes")
    #expect(try section("Unit")["After"] == "network-online.target")
    #expect(try section("Install") == ["WantedBy": "multi-user.target"])
  }

  @Test(.enabled(if: FileManager.default.isExecutableFile(atPath: analyze), "systemd is not installed"))
  func systemdFindsNothingWrongWithIt() async throws {
    try await Examples.use { examples in
      // systemd looks for the program, which is not installed here.
      let text = try #require(examples.text("systemd/taskhook.service"))
      try examples.write(
        "unit/taskhook.service",
        text.replacingOccurrences(of: "/usr/local/bin/taskhook", with: Examples.taskhook))
      let unit = examples.path("unit/taskhook.service")
      let verified = try await examples.run(Self.analyze, "verify", unit)
      // Its complaints begin with FILE:LINE, and do not change its exit code. Other units may have theirs.
      #expect(verified.status == 0 && !verified.stderr.contains("taskhook.service:"), "\(verified.stderr)")
      // Exposure of at most 2.0 of 10.
      let secured = try await examples.run(Self.analyze, "security", "--offline=true", "--threshold=20", unit)
      #expect(secured.status == 0, "\(secured.stdout.suffix(200))\(secured.stderr)")
    }
  }

  @Test func itsCommandWatchesUntilItIsAskedToStop() async throws {
    try await TaskAPI.use(failures: 0) { api, address in
      try await Examples.use { examples in
        // The line of its comments, the state in the test's folder.
        let state = try #require(
          try Repository.text(Self.unit).split(separator: "\n").first { $0.hasPrefix("#     state: ") })
        #expect(state == "#     state: /var/lib/taskhook/taskhook.db")
        try examples.write(
          "etc/config.yaml",
          """
          state: ../taskhook.db
          sources: {runway: {provider: runway, base_url: "\(address)", api_key: "${COMETAPI_KEY}"}}
          hooks: {done: {on: done, run: [/bin/true]}}
          """)
        let daemon = try examples.start(
          Examples.taskhook, try command(config: examples.path("etc/config.yaml")), in: "/..",
          env: ["COMETAPI_KEY": "right"])
        await eventually { daemon.stderr.contains(#""message":"watching""#) || !daemon.isRunning }
        // As its comments have it: beside the service, without the variables that only it has.
        let added = try await examples.run(
          Examples.taskhook, "add", "-c", examples.path("etc/config.yaml"), api.create())
        #expect(added.status == 0, "\(added.stderr)")
        try await eventually {
          try await examples.deliveries("etc/config.yaml").first?["state"] as? String == "delivered"
        }
        await examples.stop(daemon)
      }
    }
  }

  /// systemd would start it again and again.
  @Test func mistakesThatOnlyRepeatAreNotTriedAgain() async throws {
    let final = try #require(try section("Service")["RestartPreventExitStatus"]).split(separator: " ")
      .compactMap {
        Int($0)
      }
    try await Examples.use { examples in
      try examples.write("bad.yaml", "sources: [nonsense]\n")
      let words = try command(config: examples.path("bad.yaml"))
      let config = await examples.finish(try examples.start(Examples.taskhook, words))
      #expect(config.status == 78 && final.contains(78), "\(config.stderr)")
      let usage = await examples.finish(try examples.start(Examples.taskhook, words + ["--nonsense"]))
      #expect(usage.status == 64 && final.contains(64), "\(usage.stderr)")
    }
  }
}
