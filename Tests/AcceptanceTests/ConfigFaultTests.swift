import Foundation
import TestSupport
import Testing

/// Config mistakes as a person meets them: exit code 78, every mistake on standard error, nothing done.
@Suite struct ConfigFaultTests {
  struct Fault: Sendable, CustomTestStringConvertible {
    var name: String
    var config: [UInt8]
    /// Each is the beginning of a line.
    var messages: [String]
    /// How many lines there are, where more are said than listed here.
    var count: Int?

    init(_ name: String, _ config: some Sequence<UInt8>, _ messages: String..., count: Int? = nil) {
      self.name = name
      self.config = Array(config)
      self.messages = messages
      self.count = count
    }

    init(_ name: String, _ config: String, _ messages: String..., count: Int? = nil) {
      self.name = name
      self.config = Array(config.utf8)
      self.messages = messages
      self.count = count
    }

    var testDescription: String { name }
  }

  static let faults: [Fault] = [
    Fault(
      "tabs", "sources:\n\trunway: {provider: runway}\n",
      "config.yaml:2:1: "),
    Fault(
      "a key twice", "sources: {a: {provider: runway}}\nhooks: {}\nsources: {b: {provider: runway}}\n",
      "config.yaml:3:1: sources: "),
    Fault("alias bomb", bomb, "config.yaml:"),
    Fault("10 MB", Array(repeating: UInt8(ascii: "#"), count: 10 << 20), "config.yaml:"),
    Fault(
      "not UTF-8", Array("sources: {a: {provider: \"run".utf8) + [0xFF, 0xFE] + Array("\"}}\n".utf8),
      "config.yaml:1:"),
    Fault("UTF-16", [0xFF, 0xFE] + "sources: {}".utf8.flatMap { [$0, 0] }, "config.yaml:"),
    Fault("NUL bytes", [UInt8](repeating: 0, count: 64), "config.yaml:1:1: "),
    Fault("empty", "", "config.yaml:1:1: the file is empty"),
    Fault("comments only", "# nothing here\n", "config.yaml:1:1: the file is empty"),
    Fault("a list", "- sources\n", "config.yaml:1:1: "),
    Fault("two documents", "sources: {}\n---\nhooks: {}\n", "config.yaml:2:1: "),
    Fault("a tag", "sources: !!map {a: {provider: runway}}\nhooks: {}\n", "config.yaml:1:10: "),
    Fault("unclosed", "sources: {runway: {provider: runway}\n", "config.yaml:"),
    Fault(
      "wrong types",
      """
      sources: [runway]
      hooks: nothing
      retention: [1d]
      """, "config.yaml:1:10: sources: ", "config.yaml:2:8: hooks: ", "config.yaml:3:12: retention: "),
    Fault(
      "unset variables",
      """
      sources:
        runway: {provider: runway, api_key: "${TASKHOOK_NO_SUCH}", base_url: "${TASKHOOK_NOR_THIS}"}
      hooks: {a: {on: done, run: "${file:no-such-file}"}}
      """,
      "config.yaml:2:39: sources.runway.api_key: ", "config.yaml:2:72: sources.runway.base_url: ",
      "config.yaml:3:28: hooks.a.run: "),
    Fault(
      "an unclosed variable", "sources: {a: {provider: \"${OPEN\"}}\nhooks: {}\n",
      "config.yaml:1:25: sources.a.provider: "),
    Fault(
      "many mistakes at once",
      """
      sources:
        runway:
          provider: runwai
          apikey: x
          poll: {every: 5, rate: fast, connections: 0}
        über:
          provider: runway
          base_url: ftp://example.com
      hook: {}
      hooks:
        one:
          on: done
        two:
          on: [SUCCEEDED]
          webhook: {url: example.com}
          run: [true]
        three:
          on: done
          webhook: {url: "https://example.com", secret: guess, method: GET}
          retry: {schedule: []}
          breaker: never
      servers: {listen: "127.0.0.1:0"}
      """,
      "config.yaml:3:15: sources.runway.provider: ",
      "config.yaml:4:5: sources.runway.apikey: unknown key; did you mean \"api_key\"? Allowed: ",
      "config.yaml:5:19: sources.runway.poll.every: ",
      "config.yaml:5:28: sources.runway.poll.rate: ",
      "config.yaml:5:47: sources.runway.poll.connections: ",
      "config.yaml:8:15: sources.über.base_url: ",
      "config.yaml:9:1: hook: unknown key; did you mean \"hooks\"? Allowed: ",
      "config.yaml:11:3: hooks.one: ",
      "config.yaml:15:20: hooks.two.webhook.url: ",
      "config.yaml:16:5: hooks.two.run: ",
      "config.yaml:19:51: hooks.three.webhook.secret: ",
      "config.yaml:19:66: hooks.three.webhook.method: ",
      "config.yaml:20:23: hooks.three.retry.schedule: ",
      "config.yaml:21:14: hooks.three.breaker: ",
      "config.yaml:22:1: servers: unknown key; did you mean \"server\"?", count: 15),
    Fault(
      "words that no source knows",
      """
      sources: {runway: {provider: runway}}
      hooks:
        a: {on: SUCCEDED, run: "true"}
        b: {on: done, where: {soruce: runway}, run: "true"}
        c: {on: done, where: {source: runwy}, run: "true"}
        d: {on: done, where: {task.name: "~("}, run: "true"}
      """,
      "config.yaml:3:11: hooks.a.on: ", "config.yaml:4:25: hooks.b.where.soruce: ",
      "config.yaml:5:33: hooks.c.where.source: ", "config.yaml:6:36: hooks.d.where.\"task.name\": "),
    Fault(
      "tasks that cannot be",
      """
      sources: {runway: {provider: runway}}
      tasks: ["", "a\\nb", {id: x, source: runwy}, {labels: {}}, {id: y, label: {}}]
      hooks: {a: {on: done, run: "true"}}
      """,
      "config.yaml:2:9: tasks[0]: ", "config.yaml:2:13: tasks[1]: ", "config.yaml:2:21: tasks[2]: ",
      "config.yaml:2:45: tasks[3]: ", "config.yaml:2:67: tasks[4].label: unknown key"),
  ]

  /// Nine lists of nine aliases each: 9⁹ values once expanded.
  private static var bomb: [UInt8] {
    var text = "a0: &a0 [x, x, x, x, x, x, x, x, x]\n"
    for level in 1...9 {
      let items = Array(repeating: "*a\(level - 1)", count: 9).joined(separator: ", ")
      text += "a\(level): &a\(level) [\(items)]\n"
    }
    return Array(text.utf8)
  }

  @Test(arguments: faults) func mistakesAreToldWithTheirPlace(fault: Fault) async throws {
    try await Workspace.use { place in
      try place.write("config.yaml", bytes: fault.config)
      for command in ["check", "run"] {
        let finished = try await place.run(command, "-c", "config.yaml")
        #expect(finished.status == 78, "\(command): \(finished.stderr)")
        #expect(finished.stdout == "")
        let lines = finished.stderr.split(separator: "\n").map(String.init)
        #expect(finished.stderr.utf8.count < 50_000)
        for message in fault.messages {
          #expect(lines.contains { $0.hasPrefix(message) }, "\(command): \(message)\n\(finished.stderr)")
        }
        if fault.messages.count > 1 || fault.count != nil {
          #expect(lines.count == fault.count ?? fault.messages.count, "\(finished.stderr)")
        }
      }
      #expect(!FileManager.default.fileExists(atPath: place.path("taskhook.db")), "nothing was begun")
    }
  }

  @Test func aFolderOrNothingInPlaceOfTheFile() async throws {
    try await Workspace.use { place in
      try FileManager.default.createDirectory(
        atPath: place.path("folder"), withIntermediateDirectories: false)
      for command in ["run", "check", "tasks", "add", "deliveries"] {
        let arguments = command == "add" ? ["an-id"] : []
        for (file, message) in [("folder", "is a directory"), ("missing.yaml", "does not exist")] {
          let finished = try await place.finish(try place.start([command, "-c", file] + arguments))
          #expect(finished.status == 78, "\(command) \(file)")
          #expect(finished.stdout == "")
          #expect(finished.stderr.contains(message) && finished.stderr.contains(file), "\(finished.stderr)")
        }
      }
      // Without -c, where no default place has one.
      let finished = try await place.run("check", env: ["XDG_CONFIG_HOME": place.folder])
      #expect(finished.status == 78)
      #expect(finished.stderr.contains("config.yaml: the file does not exist"), "\(finished.stderr)")
    }
  }

  @Test func theConfigIsFoundWhereItIsLookedFor() async throws {
    try await Workspace.use { place in
      let text = """
        sources: {runway: {provider: runway}}
        hooks: {a: {on: done, run: "true"}}
        """
      try FileManager.default.createDirectory(
        atPath: place.path("xdg/taskhook"), withIntermediateDirectories: true)
      try place.write("xdg/taskhook/config.yaml", text)
      let finished = try await place.run("check", env: ["XDG_CONFIG_HOME": place.path("xdg")])
      #expect(finished.status == 0, "\(finished.stderr)")
      // The state lies beside the config, wherever the command is run.
      #expect(
        finished.stdout.contains("state: \(place.path("xdg/taskhook/taskhook.db"))"), "\(finished.stdout)")
    }
  }
}
