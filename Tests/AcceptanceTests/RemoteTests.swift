import Foundation
import TestSupport
import Testing

/// Commands that speak to a daemon: on its machine, or from elsewhere.
@Suite struct RemoteTests {
  /// Where the daemon's server is, as its log tells it.
  static func address(of daemon: ChildProcess) async throws -> String {
    let mark = #""message":"listening","address":""#
    await eventually { daemon.stderr.contains(mark) || !daemon.isRunning }
    let rest = try #require(daemon.stderr.range(of: mark)).upperBound
    return String(daemon.stderr[rest...].prefix { $0 != "\"" })
  }

  private static let token = "token-of-the-server-0123456789"

  private func config(_ place: Workspace, _ api: ScriptedTaskAPI, _ receiver: String, server: Bool) throws {
    try place.config(
      """
      sources:
        runway: {provider: runway, base_url: "\(api.url)", poll: {every: 100ms, rate: 500/s}}
        other: {provider: runway, base_url: "\(api.url)", poll: {every: 100ms, rate: 500/s}}
      hooks:
        fine: {on: change, run: [cat]}
        dead: {on: done, webhook: {url: "\(receiver)"}, retry: {schedule: [1ms]}, breaker: off}
      \(server ? "server: {listen: '127.0.0.1:0', token: \(Self.token)}" : "")
      """)
  }

  @Test func bothWaysTellTheSame() async throws {
    try await Workspace.use { place in
      let api = try ScriptedTaskAPI { id, number in
        ScriptedTaskAPI.task(id, number == 1 ? "RUNNING" : "SUCCEEDED", #""progress": 0.50,"é": [1, 2]"#)
      }
      let receiver = try TestReceiver { _, _ in .respond(500, body: "no") }
      try config(place, api, receiver.url(), server: true)
      let daemon = try await place.daemon()
      let address = try await Self.address(of: daemon)
      let env = ["TASKHOOK_TOKEN": Self.token]
      func remote(_ arguments: String..., stdin: String? = nil) async throws -> Workspace.Finished {
        try await place.finish(
          place.start(
            arguments + ["--server", address, "-c", "/nowhere.yaml"], env: env, stdin: stdin))
      }

      let added = try await remote("add", "--source", "runway", "--label", "n=1", "a b/ü", "t2")
      #expect(added.status == 0 && added.stderr.contains("2 added"), "\(added.stderr)")
      let lines =
        "{\"id\":\"t3\",\"source\":\"other\"}\n{\"id\":\"t4\"}\n{\"id\":\"t2\",\"source\":\"runway\"}\n..\n"
      let more = try await remote("add", "-", stdin: lines)
      #expect(more.status == 64)
      #expect(more.stderr.contains("1 added, 1 already known, 2 refused"), "\(more.stderr)")
      #expect(more.stderr.contains("line 2:") && more.stderr.contains("line 4:"))
      let bad = try await remote("add", "--source", "runway", "--url", "http://elsewhere.example/x", "t5")
      #expect(bad.status == 64 && bad.stderr.contains("t5"), "\(bad.stderr)")

      try await eventually {
        try await remote("tasks", "--json").stdout.components(separatedBy: "terminal").count == 4
      }
      try await eventually {
        JSON.lines(try await remote("deliveries", "--json").stdout).count { $0["state"].text == "delivered" }
          == 6
      }
      try await eventually {
        JSON.lines(try await remote("deliveries", "--json", "--dead").stdout).count == 3
      }

      let commands = [
        ["tasks"], ["tasks", "--json"], ["tasks", "--json", "--source", "other"],
        ["tasks", "--json", "--state", "failed"], ["show", "a b/ü", "--json"], ["show", "t3", "--json"],
        ["deliveries"], ["deliveries", "--json"], ["deliveries", "--json", "--hook", "dead", "--dead"],
        ["replay", "--dead", "--dry-run", "--json"], ["show", "nobody"], ["tasks", "--source", "nowhere"],
        ["resume", "fine"], ["resume", "finer"], ["remove", "t3"],
        ["replay", "msg_00000000000000000000000000"],
      ]
      var told: [[Workspace.Finished]] = []
      for command in commands {
        told.append([
          try await place.finish(
            place.start(command + ["--server", address, "-c", "/nowhere.yaml"], env: env))
        ])
      }
      await place.stop(daemon)
      try config(place, api, receiver.url(), server: false)
      for (index, command) in commands.enumerated() {
        let here = try await place.finish(place.start(command))
        let there = told[index][0]
        #expect(here.status == there.status, "\(command): \(here) \(there)")
        #expect(ageless(here.stdout) == ageless(there.stdout), "\(command)")
        #expect(ageless(here.stderr) == ageless(there.stderr), "\(command)")
      }
    }
  }

  /// Without what depends on when it was asked.
  private func ageless(_ text: String) -> String {
    text.replacing(#/\d+(ms|s|m) ago */#, with: "… ago ").replacing(
      #/"next_attempt":"[^"]*"/#, with: "…")
  }

  @Test func onItsMachineTheDaemonIsAskedWhereItRunsAndTheFileElse() async throws {
    try await Workspace.use { place in
      let api = try ScriptedTaskAPI { id, _ in ScriptedTaskAPI.task(id, "RUNNING", #""progress":0.5"#) }
      let port = try FreePort.find()
      try place.config(
        """
        sources: {runway: {provider: runway, base_url: "\(api.url)", poll: {every: 100ms}}}
        hooks: {}
        server: {listen: "127.0.0.1:\(port)"}
        """)
      // Nobody runs: the file.
      let before = try await place.run("add", "t1")
      #expect(before.status == 0 && before.stderr.contains("no daemon is running"), "\(before.stderr)")
      let daemon = try await place.daemon()
      _ = try await Self.address(of: daemon)
      #expect(try await place.run("add", "t2").stderr.contains("1 added"))
      // Progress that no hook asks for is in the daemon's memory alone: whoever tells it was asked.
      try await eventually {
        try await place.json("tasks").count { $0["progress"].number == 0.5 && $0["state"].text == "running" }
          == 2
      }
      await place.stop(daemon)
      #expect(try await place.json("tasks").count == 2)
    }
  }

  @Test func aDaemonThatCannotBeReachedOrWantsAnotherTokenIsTold() async throws {
    try await Workspace.use { place in
      let api = try ScriptedTaskAPI { id, _ in ScriptedTaskAPI.task(id, "RUNNING") }
      let port = try FreePort.find()
      let nobody = try await place.run("tasks", "--server", "http://127.0.0.1:\(port)")
      #expect(nobody.status == 69 && nobody.stderr.contains("cannot be reached"), "\(nobody.stderr)")
      let odd = try await place.run("tasks", "--server", "127.0.0.1")
      #expect(odd.status == 64, "\(odd.stderr)")
      try config(place, api, "http://127.0.0.1:9/", server: true)
      let daemon = try await place.daemon()
      let address = try await Self.address(of: daemon)
      let refused = try await place.run(
        "tasks", "--server", address, env: ["TASKHOOK_TOKEN": "wrong-token-of-somebody"])
      #expect(refused.status == 69 && refused.stderr.contains("TASKHOOK_TOKEN"), "\(refused.stderr)")
      #expect(!refused.stderr.contains("wrong-token"))
      await place.stop(daemon)
    }
  }

  @Test(arguments: [true, false]) func tailFollowsEvents(byServer: Bool) async throws {
    try await Workspace.use { place in
      let step = Flag(false)
      let api = try ScriptedTaskAPI { id, _ in
        ScriptedTaskAPI.task(id, step.isSet ? "FAILED" : "RUNNING", #""failure": "é\n""#)
      }
      try config(place, api, "http://127.0.0.1:9/", server: byServer)
      let daemon = try await place.daemon()
      var arguments = ["tail", "--json", "--task", "t1"]
      if byServer { arguments += ["--server", try await Self.address(of: daemon)] }
      let tail = try place.start(arguments, env: ["TASKHOOK_TOKEN": Self.token])
      let all = try place.start(
        ["tail", "--all"] + arguments.dropFirst(4), env: ["TASKHOOK_TOKEN": Self.token])
      try await place.run("add", "--source", "runway", "t0", "t1", env: ["TASKHOOK_TOKEN": Self.token])
      await eventually { all.stdout.contains("runway/t1  · → RUNNING") && all.stdout.contains("runway/t0") }
      // One that was started first has begun to follow by now, or hears what comes next all the same.
      step.set()
      await eventually { tail.stdout.contains("task.failed") }
      let failed = try #require(JSON.lines(tail.stdout).last)
      #expect(failed["type"].text == "task.failed" && failed["data"]["task"]["failure"].text == "é\n")
      #expect(JSON.lines(tail.stdout).allSatisfy { $0["data"]["id"].text == "t1" })
      tail.signal(SIGINT)
      #expect(await tail.wait(within: .seconds(30)) == .exited(0), "\(tail.stderr)")
      await place.stop(daemon)
    }
  }
}

/// A port on which nobody listens.
enum FreePort {
  static func find() throws -> Int {
    let server = try LoopbackServer { _ in .respond(200) }
    defer { server.stop() }
    return server.port
  }
}
