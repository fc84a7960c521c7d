import TestSupport
import Testing

/// Ids of any shape are percent-encoded where they are asked for, or refused with the reason.
@Suite struct TaskIDTests {
  static let taken: [(id: String, path: String)] = [
    ("a b", "a%20b"), ("a/b", "a%2Fb"), ("../../etc/passwd", "..%2F..%2Fetc%2Fpasswd"), ("a..b", "a..b"),
    ("a?b=c&d#e", "a%3Fb%3Dc%26d%23e"), ("50%", "50%25"), ("%2e%2e", "%252e%252e"),
    (
      "ünïcödé-✓-😀",
      "%C3%BCn%C3%AFc%C3%B6d%C3%A9-%E2%9C%93-%F0%9F%98%80"
    ), ("a\\b\"c'd", "a%5Cb%22c%27d"),
    ("$(reboot);`id`|x", "%24%28reboot%29%3B%60id%60%7Cx"), ("-._~", "-._~"),
    (
      "http://evil.example/x",
      "http%3A%2F%2Fevil.example%2Fx"
    ), ("@host:80", "%40host%3A80"),
  ]

  @Test func anyIDIsAskedForByItsOwnBytes() async throws {
    try await Workspace.use { place in
      let api = try ScriptedTaskAPI { _, number in
        ScriptedTaskAPI.json(200, #"{"status":"\#(number == 1 ? "RUNNING" : "SUCCEEDED")"}"#)
      }
      let receiver = try TestReceiver()
      try place.config(
        """
        sources: {runway: {provider: runway, base_url: "\(api.url)/", poll: {every: 100ms}}}
        hooks:
          all: {on: change, webhook: {url: "\(receiver.url())"}}
          run: {on: done, run: 'printf "%s\\n" "$$TASKHOOK_TASK_ID" >> ran'}
        """)
      let daemon = try await place.daemon()
      // Half as arguments (after --, as one begins with a dash), half as lines.
      let half = Self.taken.count / 2
      let named = Self.taken[..<half].map(\.id)
      let lines = Self.taken[half...].map(\.id)
      let first = try await place.finish(try place.start(["add", "--"] + named))
      #expect(first.status == 0, "\(first.stderr)")
      let second = try await place.run("add", "-", stdin: lines.joined(separator: "\r\n") + "\n")
      #expect(second.status == 0, "\(second.stderr)")
      await eventually {
        receiver.accepted.count == Self.taken.count * 2
          && place.read("ran").split(separator: "\n").count == Self.taken.count
      }
      await place.stop(daemon)
      #expect(
        Set(api.polls.map(\.request.target)) == Set(Self.taken.map { "/runwayml/v1/tasks/" + $0.path }))
      #expect(Set(receiver.accepted.map(\.task)) == Set(Self.taken.map(\.id)))
      #expect(Set(place.read("ran").split(separator: "\n").map(String.init)) == Set(Self.taken.map(\.id)))
      #expect(Set(try await place.json("tasks").map { $0["id"].text }) == Set(Self.taken.map(\.id)))
      for (id, _) in Self.taken {
        #expect(try await place.json("show", "--", id).first?["task"]["id"].text == id)
      }
    }
  }

  @Test func whatCannotBeAskedForIsRefused() async throws {
    try await Workspace.use { place in
      try place.config(
        """
        sources: {runway: {provider: runway, base_url: "http://127.0.0.1:1"}}
        hooks: {a: {on: done, run: "true"}}
        """)
      let refused: [(id: String, reason: String)] = [
        ("", "empty"), (".", "folder"), ("..", "folder"), ("a\nb", "control character"),
        ("a\u{1B}[31mb", "control character"), (String(repeating: "x", count: 10_000), "at most 512 bytes"),
        (String(repeating: "é", count: 257), "at most 512 bytes"), (" a", "white space"),
      ]
      for (id, reason) in refused {
        for command in ["add", "watch"] {
          let arguments = command == "watch" ? ["--base-url", "http://127.0.0.1:1"] : []
          let finished = try await place.finish(try place.start([command] + arguments + ["--", id]))
          #expect(finished.status == 64, "\(command) \(id.debugDescription.prefix(40)): \(finished.stderr)")
          #expect(finished.stderr.contains(reason), "\(finished.stderr)")
          #expect(finished.stderr.utf8.count < 1000)
          #expect(!finished.stderr.contains("\u{1B}"))
        }
      }
      // One bad line does not keep the others out, but is told by the exit code.
      let mixed = try await place.run(
        "add", "-",
        stdin: "good\n{\"id\": \"a\\nb\"}\n{\"id\": 5}\n{\"id\": \"x\", \"sorce\": \"y\"}\n[1]\nlast")
      #expect(mixed.status == 64)
      #expect(mixed.stderr.contains("line 2: ") && mixed.stderr.contains("line 3: id: must be a string"))
      #expect(mixed.stderr.contains("line 4: sorce: unknown key"))
      #expect(mixed.stderr.contains("2 refused") || mixed.stderr.contains("3 refused"), "\(mixed.stderr)")
      let ids = try await place.json("tasks").compactMap { $0["id"].text }
      #expect(ids.contains("good") && ids.contains("last"))
      #expect(try await place.run("add", "--source", "runwai", "x").status == 64)
      #expect(try await place.run("add").status == 64)
    }
  }
}
