import Foundation
import Model
import TestSupport
import Testing

/// Scripts that misbehave.
@Suite struct RunHookTests {
  /// A daemon whose tasks end at once, each with one hook of its own by a label; answers once all deliveries have
  /// ended.
  private func running(
    _ hooks: [(name: String, run: String)], more: String = "", rest: String = "",
    _ prepare: (Workspace) throws -> Void = { _ in },
    check: (Workspace, [String: JSON], ChildProcess) async throws -> Void
  ) async throws {
    try await Workspace.use { place in
      let api = try ScriptedTaskAPI { id, _ in ScriptedTaskAPI.task(id, "SUCCEEDED", rest) }
      try prepare(place)
      let sections = hooks.map { name, run in
        """
          \(name):
            on: done
            where: {id: \(name)}
            run: \(run)
            retry: {schedule: [50ms, 50ms]}
            breaker: off
        \(more)
        """
      }
      try place.config(
        """
        sources: {runway: {provider: runway, base_url: "\(api.url)", poll: {every: 100ms}}}
        tasks: [\(hooks.map(\.name).joined(separator: ", "))]
        hooks:
        \(sections.joined(separator: "\n"))
        """)
      let daemon = try await place.daemon()
      try await eventually {
        let all = try await place.json("deliveries")
        return all.count == hooks.count
          && all.allSatisfy { ["delivered", "dead"].contains($0["state"].text) }
      }
      var shown: [String: JSON] = [:]
      for (name, _) in hooks {
        shown[name] = try await place.json("show", name)[0]["events"][0]["deliveries"][0]
      }
      try await check(place, shown, daemon)
      await place.stop(daemon)
    }
  }

  private func summary(_ delivery: JSON?) -> String {
    let row = delivery?["delivery"]
    return "\(row?["state"].text ?? "?") \(row?["attempts"].integer ?? -1)"
  }

  @Test func exitCodesAreWhatTheTableSays() async throws {
    // On the first attempt; later ones succeed.
    let dead = [64, 65, 70, 74, 76, 77, 78]
    let later = [1, 2, 63, 75, 79, 126, 127, 255]
    let hooks = (dead + later + [0]).map { code in
      (name: "exit-\(code)", run: "'[ $$TASKHOOK_ATTEMPT = 1 ] && exit \(code); exit 0'")
    }
    try await running(hooks + [("signal", "'[ $$TASKHOOK_ATTEMPT = 1 ] && kill -9 $$$$; exit 0'")]) {
      _, ended, _ in
      for code in dead { #expect(summary(ended["exit-\(code)"]) == "dead 1") }
      for code in later { #expect(summary(ended["exit-\(code)"]) == "delivered 2") }
      #expect(summary(ended["exit-0"]) == "delivered 1")
      #expect(summary(ended["signal"]) == "delivered 2")
      #expect(ended["exit-75"]?["attempts"][0]["code"].integer == 75)
      #expect(ended["signal"]?["attempts"][0]["error"].text?.contains("SIGKILL") == true)
    }
  }

  @Test func programsThatCannotBeStartedAreTriedAgain() async throws {
    try await running(
      [
        ("missing", "[./no-such-program]"), ("nowhere", "[no-such-program-in-path]"),
        ("plain", "[./plain.txt]"),
        ("folder", "[./]"), ("no-shebang", "[./no-shebang]"), ("bad-shebang", "[./bad-shebang]"),
        ("no-cwd", "{command: 'true', cwd: ./no-such-folder}"), ("late", "[./late.sh]"),
      ],
      { place in
        try place.write("plain.txt", "#!/bin/sh\n", mode: 0o644)
        try place.write("no-shebang", "\u{1}\u{2}", mode: 0o755)
        try place.write("bad-shebang", "#!/no/such/interpreter\n", mode: 0o755)
        try place.write("late.sh", "#!/bin/sh\nexit 0\n", mode: 0o755)
      }
    ) { place, ended, daemon in
      for name in ["missing", "nowhere", "plain", "folder", "no-shebang", "bad-shebang", "no-cwd"] {
        #expect(summary(ended[name]) == "dead 3", "\(name)")
        #expect(ended[name]?["delivery"]["last_error"].text?.hasPrefix("given up after 3 attempts") == true)
      }
      let error = { (name: String) in ended[name]?["attempts"][0]["error"].text ?? "" }
      #expect(error("missing").contains("no such file"))
      #expect(error("plain").contains("chmod +x"))
      #expect(error("nowhere").contains("PATH"))
      #expect(summary(ended["late"]) == "delivered 1")
      // A program that is missing when the config is read is a warning, not an error.
      let checked = try await place.run("check")
      #expect(checked.status == 0)
      #expect(checked.stderr.contains("warning: config.yaml:") && checked.stderr.contains("no-such-program"))
      #expect(daemon.stderr.contains("no such file: ./no-such-program"))
    }
  }

  @Test func aScriptThatIgnoresSIGTERMAndItsChildrenAreKilled() async throws {
    let script = """
      #!/bin/sh
      # Neither this shell nor its children heed SIGTERM.
      trap '' TERM
      sleep 300 &
      echo $! > child
      echo $$ > leader
      while :; do sleep 300; done
      """
    try await Workspace.use { place in
      let api = try ScriptedTaskAPI { id, _ in ScriptedTaskAPI.task(id, "SUCCEEDED") }
      try place.write("stubborn.sh", script, mode: 0o755)
      try place.write("heeds.sh", "#!/bin/sh\nsleep 300 & echo $! > heeding\nwait\n", mode: 0o755)
      try place.config(
        """
        sources: {runway: {provider: runway, base_url: "\(api.url)", poll: {every: 100ms}}}
        tasks: [a]
        hooks:
          stubborn: {on: done, run: [./stubborn.sh], timeout: 1s, retry: {schedule: [1h]}}
          heeds: {on: done, run: [./heeds.sh], timeout: 1s, retry: {schedule: [1h]}}
        """)
      let daemon = try await place.daemon()
      try await eventually {
        try await place.json("deliveries").filter { $0["attempts"].integer == 1 }.count == 2
      }
      let shown = try await place.json("show", "a")[0]["events"][0]["deliveries"].items
      for delivery in shown {
        let attempt = delivery["attempts"][0]
        #expect(attempt["error"].text?.contains("timed out after 1s") == true)
        let took = attempt["duration_ms"].integer ?? 0
        if delivery["delivery"]["hook"].text == "heeds" {
          #expect((1000..<6000).contains(took), "SIGTERM is enough: \(took)")
        } else {
          #expect(took >= 6000, "SIGKILL comes five seconds after SIGTERM: \(took)")
        }
      }
      for name in ["child", "leader", "heeding"] {
        let pid = try #require(Int32(place.read(name).trimmingCharacters(in: .whitespacesAndNewlines)))
        await eventually("\(name) still runs") { !isAlive(pid) }
      }
      await place.stop(daemon)
    }
  }

  @Test func childrenThatOutliveTheirScriptHoldNothingUp() async throws {
    // The child keeps both outputs open.
    try await running([("forks", "'sleep 60 & echo $$! > child; echo done'")]) { place, ended, _ in
      #expect(summary(ended["forks"]) == "delivered 1")
      let attempt = try #require(ended["forks"]?["attempts"][0])
      #expect((attempt["duration_ms"].integer ?? .max) < 30_000, "\(attempt)")
      if let child = Int32(place.read("child").trimmingCharacters(in: .whitespacesAndNewlines)) {
        kill(child, SIGKILL)
      }
      #expect(attempt["detail"].text?.contains("done") == true)
    }
  }

  @Test func floodsOfOutputAreDrained() async throws {
    let flood = "'head -c 100000000 /dev/zero | tr \"\\\\0\" y; echo end >&2'"
    try await running([("floods", flood)]) { place, ended, daemon in
      #expect(summary(ended["floods"]) == "delivered 1")
      let detail = ended["floods"]?["attempts"][0]["detail"].text ?? ""
      #expect(detail.contains("end") && detail.contains("yyyy"))
      #expect(detail.utf8.count < 150_000, "two outputs of at most 64 KiB")
      #expect(peakMemory(of: daemon) < 200 << 20)
    }
  }

  @Test func aScriptNeedNotReadItsInput() async throws {
    let pad = #""pad":"\#(String(repeating: "x", count: 7 << 20))""#
    let hooks: [(name: String, run: String)] = [
      ("ignores", "'exit 0'"), ("closes", "'exec 0<&-; sleep 0.3; exit 0'"),
      ("sleeps", "'sleep 0.5; exit 0'"),
      ("begins", "'head -c 11 > begun; exit 0'"), ("reads", "'wc -c > size'"),
    ]
    try await running(hooks, rest: pad) { place, ended, daemon in
      for (name, _) in hooks { #expect(summary(ended[name]) == "delivered 1", "\(name)") }
      #expect(place.read("begun") == #"{"id":"begi"#)
      let size = Int(place.read("size").trimmingCharacters(in: .whitespacesAndNewlines))
      #expect(size == ScriptedTaskAPI.body("reads", "SUCCEEDED", pad).utf8.count)
      #expect(daemon.isRunning)
    }
  }

  @Test func nothingOfATaskReachesACommandLine() async throws {
    try await Workspace.use { place in
      let id = "$(touch pwned);`touch pwned`;'\"& touch pwned #"
      let api = try ScriptedTaskAPI { _, _ in
        ScriptedTaskAPI.json(200, #"{"status":"SUCCEEDED","x":"$(touch pwned)"}"#)
      }
      try place.config(
        """
        sources: {runway: {provider: runway, base_url: "\(api.url)", poll: {every: 100ms}}}
        hooks:
          shell: {on: done, run: 'printf %s "$$TASKHOOK_TASK_ID" > told; cat /proc/$$$$/cmdline > line'}
          event: {on: done, run: {command: [tee, event.json], stdin: event}}
        """)
      #expect(try await place.run("add", "--", id).status == 0)
      let daemon = try await place.daemon()
      try await eventually {
        let all = try await place.json("deliveries")
        return all.count == 2 && all.allSatisfy { $0["state"].text == "delivered" }
      }
      await place.stop(daemon)
      #expect(place.read("told") == id)
      #expect(!place.read("line").contains("touch"))
      #expect(!FileManager.default.fileExists(atPath: place.path("pwned")))
      let event = JSON(place.read("event.json"))
      #expect(event["type"].text == "task.succeeded" && event["data"]["id"].text == id)
    }
  }

  /// Whether a process runs; a dead one that nobody waited for does not.
  private func isAlive(_ pid: pid_t) -> Bool {
    guard let status = try? String(contentsOfFile: "/proc/\(pid)/stat", encoding: .utf8) else { return false }
    return status.split(separator: ") ").last?.first != "Z"
  }

  /// As some supervisors start programs: what the daemon opens must not take the numbers of its standard streams.
  @Test func aDaemonMayBeStartedWithoutStandardStreams() async throws {
    try await Workspace.use { place in
      let api = try ScriptedTaskAPI { id, _ in ScriptedTaskAPI.task(id, "SUCCEEDED", "") }
      try place.config(
        """
        sources: {runway: {provider: runway, base_url: "\(api.url)", poll: {every: 100ms}}}
        tasks: [t1]
        hooks: {keep: {on: SUCCEEDED, run: "cat > stdin.json; echo out; echo no >&2"}}
        """)
      let daemon = try place.start(
        program: "/bin/sh", ["-c", #"exec "$0" run 0<&- 1>&- 2>&-"#, Taskhook.path])
      try await eventually { try await place.json("deliveries").contains { $0["state"].text == "delivered" } }
      for stream in 0...2 {
        let target = try? FileManager.default.destinationOfSymbolicLink(
          atPath: "/proc/\(daemon.pid)/fd/\(stream)")
        #expect(target == "/dev/null")
      }
      #expect(place.read("stdin.json").contains("t1"))
      await place.stop(daemon)
    }
  }
}
