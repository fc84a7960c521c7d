import Foundation
import TestSupport
import Testing

/// The commands that need no daemon.
@Suite struct CommandTests {
  private static let variables = [
    "COMETAPI_KEY": "sk-1234567890", "WEBHOOK_URL": "https://example.com/hooks/video",
    "WEBHOOK_SECRET": "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
  ]

  /// The folder of the package.
  private static let package = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    .deletingLastPathComponent().deletingLastPathComponent().path

  @Test(arguments: [
    "run", "watch", "add", "remove", "tasks", "show", "deliveries", "replay", "resume", "check", "explain",
    "test",
    "init",
    "simulate", "demo",
  ])
  func eachCommandExplainsItself(command: String) async throws {
    try await Workspace.use { place in
      let help = try await place.run(command, "--help")
      #expect(help.status == 0 && help.stderr == "")
      #expect(help.stdout.contains("OVERVIEW: ") && help.stdout.contains("USAGE: taskhook \(command)"))
      let wrong = try await place.run(command, "--no-such-option")
      #expect(wrong.status == 64 && wrong.stdout == "" && wrong.stderr.contains("Usage: taskhook \(command)"))
    }
  }

  @Test func theProgramTellsItsVersionAndCommands() async throws {
    try await Workspace.use { place in
      let version = try await place.run("--version")
      #expect(
        version.status == 0 && version.stdout.firstMatch(of: /^\d+\.\d+\.\d+\n$/) != nil, "\(version.stdout)")
      let help = try await place.run("--help")
      #expect(help.status == 0)
      for command in ["run", "watch", "simulate", "demo"] { #expect(help.stdout.contains("  \(command) ")) }
      #expect(try await place.run("frobnicate").status == 64)
    }
  }

  @Test func initWritesAConfigThatCheckTakes() async throws {
    try await Workspace.use { place in
      let written = try await place.run("init")
      #expect(written.status == 0 && written.stdout == "" && written.stderr.contains("config.yaml"))
      let text = place.read("config.yaml")
      let mode = try FileManager.default.attributesOfItem(atPath: place.path("config.yaml"))[
        .posixPermissions]
      #expect(mode as? Int == 0o600, "it may come to hold secrets")
      let checked = try await place.run("check", env: Self.variables)
      #expect(checked.status == 0, "\(checked.stderr)")
      #expect(checked.stdout.contains("hook pipeline: ") && checked.stdout.contains("webhook-signature: v1,"))
      for secret in ["sk-1234567890", "/hooks/video", "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"] {
        #expect(!checked.stdout.contains(secret))
      }
      #expect(!FileManager.default.fileExists(atPath: place.path("taskhook.db")), "check makes nothing")
      let unset = try await place.run("check")
      #expect(unset.status == 78)
      for name in Self.variables.keys { #expect(unset.stderr.contains(name)) }

      try place.config("# mine\n")
      let refused = try await place.run("init")
      #expect(refused.status == 73 && refused.stderr.contains("exists"))
      #expect(place.read("config.yaml") == "# mine\n")
      #expect(try await place.run("init", "--force").status == 0)
      #expect(place.read("config.yaml") == text)
      #expect(try await place.run("init", "-").stdout == text)
      #expect(try await place.run("init", "no/such/folder.yaml").status == 73)
    }
  }

  @Test func theSampleIsWhatInitWrites() async throws {
    try await Workspace.use { place in
      let sample = try String(contentsOfFile: Self.package + "/config.yaml.sample", encoding: .utf8)
      #expect(try await place.run("init", "-").stdout == sample)
      let checked = try await place.run("check", Self.package + "/config.yaml.sample", env: Self.variables)
      #expect(checked.status == 0, "\(checked.stderr)")
    }
  }

  @Test func aUsefulFileIsUnderstood() async throws {
    try await Workspace.use { place in
      try place.config(
        """
        sources:
          runway:
            provider: runway                # CometAPI: GET /runwayml/v1/tasks/{id}
            api_key: ${COMETAPI_KEY}

        hooks:
          pipeline:
            on: [SUCCEEDED, FAILED]
            webhook:
              url: https://example.com/hooks/video
              secret: ${WEBHOOK_SECRET}     # signs every request (Standard Webhooks)
          archive:
            on: SUCCEEDED
            run: [./archive.sh]             # the task JSON arrives on stdin
        """)
      try place.write("archive.sh", "#!/bin/sh\n", mode: 0o755)
      let checked = try await place.run("check", env: Self.variables)
      #expect(checked.status == 0)
      #expect(checked.stderr == "config.yaml: fine\n")
      #expect(checked.stdout.contains("source runway: ") && checked.stdout.contains("api.cometapi.com"))
      #expect(checked.stdout.contains("fires on task.succeeded, task.failed"))
      #expect(checked.stdout.contains("archive.sh") && checked.stdout.contains("TASKHOOK_STATUS"))
      let alert = try await place.run(
        "check", "-c",
        try place.write(
          "slack.yaml",
          place.read("config.yaml") + "\n  alert: {on: FAILED, slack: {url: \"${WEBHOOK_URL}\"}}\n"),
        env: Self.variables)
      #expect(alert.status == 0, "\(alert.stderr)")
      #expect(alert.stdout.contains("hook alert: ") && alert.stdout.contains("beyond 5 one digest every 30s"))
      #expect(
        alert.stdout.contains("POST https://example.com/…#") && alert.stdout.contains("SAFETY.INPUT.TEXT"))
    }
  }

  @Test func theDemoEndsWell() async throws {
    try await Workspace.use { place in
      let demo = try await place.run("demo", "--speed", "60", "--tasks", "4")
      #expect(demo.status == 0, "\(demo.stdout) \(demo.stderr)")
      #expect(demo.stdout.firstMatch(of: /\n4 tasks: .*\. \d+ transitions\.\n/) != nil)
      #expect(demo.stdout.contains(", 0 deliveries dead.") && demo.stdout.contains("4 scripts run"))
      let valid = try #require(
        demo.stdout.firstMatch(of: /(\d+) of (\d+) requests carried a valid signature/))
      #expect(valid.1 == valid.2 && valid.1 != "0")
      #expect(!demo.stdout.contains("\u{1B}"))
      #expect(!FileManager.default.fileExists(atPath: place.path("taskhook.db")))
    }
  }

  @Test func simulateSaysWhereItListensFirst() async throws {
    try await Workspace.use { place in
      let first = try place.start(["simulate", "--listen", "127.0.0.1:0"])
      await eventually { first.stdout.hasSuffix("\n") }
      let port = try #require(first.stdout.firstMatch(of: /^listening on http:\/\/127\.0\.0\.1:(\d+)\n$/)).1
      let second = try await place.run("simulate", "--listen", "127.0.0.1:\(port)")
      #expect(second.status == 69 && second.stdout == "" && second.stderr.contains("cannot listen"))
      first.signal(SIGINT)
      #expect(await first.wait() == .exited(0))
      for arguments in [
        ["--listen", "nonsense"], ["--speed", "0"], ["--errors", "2"], ["--rate", "0/s"], ["--latency", "5"],
      ] {
        let finished = try await place.finish(try place.start(["simulate"] + arguments), within: .seconds(10))
        #expect(finished.status == 64, "\(arguments) \(finished.stderr)")
      }
    }
  }
}
