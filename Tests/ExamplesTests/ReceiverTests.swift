import Foundation
import Hooks
import Model
import Simulator
import TestSupport
import Testing

@Suite(.enabled(if: Examples.python != nil, "TASKHOOK_TEST_PYTHON is not set"))
struct ReceiverTests {
  private static let folder = "pipeline-receiver"
  private static let secret = "whsec_" + Data((0..<32).map { UInt8($0) }).base64EncodedString()
  private static let other = "whsec_" + Data((32..<64).map { UInt8($0) }).base64EncodedString()

  private struct Receiver {
    let program: ChildProcess
    let url: String

    /// The lines it printed of events.
    var lines: [String] { program.stdout.split(separator: "\n").dropFirst().map(String.init) }
  }

  private func receiver(
    _ examples: Examples, secret: String = secret, _ arguments: String...
  ) async throws -> Receiver {
    let program = try examples.start(
      Examples.python!, [examples.path("\(Self.folder)/receiver.py"), "--listen", "127.0.0.1:0"] + arguments,
      in: Self.folder, env: ["WEBHOOK_SECRET": secret])
    await eventually("the receiver did not start") {
      program.stdout.hasPrefix("listening on ") && program.stdout.contains("\n") || !program.isRunning
    }
    let first = try #require(program.stdout.split(separator: "\n").first, "\(program.stderr)")
    return Receiver(program: program, url: String(first.dropFirst("listening on ".count)))
  }

  /// Sends a body, signed unless a header says otherwise; answers the status.
  private func post(
    _ examples: Examples, _ receiver: Receiver, id: String = "msg_1", _ body: String, age: Int64 = 0,
    secret: String = secret, headers: [String: String] = [:]
  ) async throws -> Int? {
    let file = "body-\(UUID().uuidString)"
    try examples.write(file, body)
    let time = Int64(Date().timeIntervalSince1970) - age
    let signature = WebhookSignature.header(
      id: id, timestamp: time, body: Array(body.utf8), secrets: [try SigningSecret(Secret(secret))])
    let all = ["webhook-id": id, "webhook-timestamp": "\(time)", "webhook-signature": signature]
      .merging(headers) { $1 }
    var arguments = ["--silent", "--output", "/dev/null", "--write-out", "%{http_code}", "--max-time", "30"]
    for (name, value) in all { arguments += ["--header", value.isEmpty ? "\(name):" : "\(name): \(value)"] }
    arguments += ["--data-binary", "@\(examples.path(file))", receiver.url]
    let curl = try examples.start("/usr/bin/curl", arguments)
    return Int(await examples.finish(curl).stdout)
  }

  private func succeeded(_ id: String = "one") -> String {
    """
    {"type": "task.succeeded", "timestamp": "2026-05-01T12:47:47.351Z", "data": {"source": "runway", \
    "id": "\(id)", "status": "SUCCEEDED", "state": "succeeded", "previous_status": "RUNNING", "sequence": 3, \
    "labels": {}, "files": [], "task": {"id": "\(id)", "output": ["https://example.com/\(id).mp4"]}}}
    """
  }

  private func daemonEnvironment(_ api: String, _ receiver: Receiver, secret: String = secret) -> [String:
    String]
  {
    [
      "COMETAPI_URL": api, "COMETAPI_KEY": "right", "RECEIVER_URL": receiver.url, "WEBHOOK_SECRET": secret,
    ]
  }

  @Test func theDaemonsWebhooksStartTheNextStepOnce() async throws {
    try await TaskAPI.use(failures: 0) { api, address in
      try await Examples.use { examples in
        let config = "\(Self.folder)/config.yaml"
        var receiver = try await receiver(examples)
        let env = daemonEnvironment(address, receiver)
        let check = try await examples.run(
          Examples.taskhook, "check", "-c", examples.path(config), env: env)
        #expect(check.status == 0 && !check.stderr.contains("warning"), "\(check.stderr)")
        let ids = (0..<5).map { _ in api.create() }
        let tasks = ids.joined(separator: "\n")
        _ = try await examples.run(Examples.taskhook, "add", "-c", examples.path(config), "-", stdin: tasks)
        let daemon = try await examples.daemon(config, env: env)
        await eventually { receiver.lines.count >= 5 }
        #expect(
          Set(receiver.lines) == Set(ids.map { "received task.succeeded  runway/\($0)  SUCCEEDED" }))
        #expect(
          examples.files(Self.folder + "/outputs") == ids.map { "runway-\($0).txt" }.sorted())
        for id in ids {
          let urls = try #require(examples.text("\(Self.folder)/outputs/runway-\(id).txt"))
          #expect(urls.split(separator: "\n").allSatisfy { $0.hasPrefix("\(address)/files/\(id)/") })
          #expect(!urls.isEmpty)
        }
        await examples.stop(receiver.program)

        // Another receiver with the same memory: what is sent again is known to it.
        for file in examples.files(Self.folder + "/outputs") {
          try FileManager.default.removeItem(atPath: examples.path("\(Self.folder)/outputs/\(file)"))
        }
        receiver = try await self.receiver(
          examples, secret: Self.secret, "--listen",
          String(receiver.url.dropFirst("http://".count).dropLast()))
        let replay = try await examples.run(
          Examples.taskhook, "replay", "-c", examples.path(config), "--hook", "pipeline", "--since", "1h")
        #expect(replay.status == 0, "\(replay.stderr)")
        await eventually { receiver.lines.count >= 5 }
        #expect(receiver.lines.allSatisfy { $0.hasPrefix("repeat   task.succeeded") })
        #expect(examples.files(Self.folder + "/outputs").isEmpty)
        await examples.stop(daemon)
        #expect(
          try await examples.deliveries(config).allSatisfy { $0["state"] as? String == "delivered" })
        await examples.stop(receiver.program)
      }
    }
  }

  /// 401 is answered, which is tried again: nothing is lost while the secrets differ.
  @Test func aWrongSecretOnOneSideLosesNothing() async throws {
    try await TaskAPI.use(failures: 1) { api, address in
      try await Examples.use { examples in
        let config = "\(Self.folder)/config.yaml"
        let receiver = try await receiver(examples)
        try await examples.run(Examples.taskhook, "add", "-c", examples.path(config), api.create())
        let daemon = try await examples.daemon(
          config, env: daemonEnvironment(address, receiver, secret: Self.other))
        func delivery() async throws -> [String: Any]? { try await examples.deliveries(config).first }
        await eventually { (try? await delivery())??["attempts"] as? Int ?? 0 >= 1 }
        #expect(try await delivery()?["state"] as? String != "dead")
        await examples.stop(daemon)
        #expect(receiver.lines.isEmpty)

        let mended = try await examples.daemon(config, env: daemonEnvironment(address, receiver))
        await eventually { receiver.lines.count == 1 }
        await examples.stop(mended)
        #expect(receiver.lines.first?.hasPrefix("received task.failed  runway/") == true)
        #expect(try await delivery()?["state"] as? String == "delivered")
      }
    }
  }

  @Test func onlyWhatIsSignedIsBelieved() async throws {
    try await Examples.use { examples in
      let receiver = try await receiver(examples, secret: "\(Self.other) \(Self.secret)")
      let body = succeeded()
      let forged: [[String: String]] = [
        ["webhook-signature": ""], ["webhook-id": ""], ["webhook-timestamp": ""],
        ["webhook-signature": "v1,AAAA"], ["webhook-signature": "nonsense"], ["webhook-signature": "v1,%%%"],
        ["webhook-signature": "v2,AAAA v1a,AAAA"], ["webhook-id": "msg_2"], ["webhook-timestamp": "nan"],
        ["webhook-timestamp": "soon"],
      ]
      for headers in forged {
        #expect(try await post(examples, receiver, body, headers: headers) == 401, "\(headers)")
      }
      #expect(try await post(examples, receiver, body, age: 900) == 401)
      #expect(try await post(examples, receiver, body, age: -900) == 401)
      let third = "whsec_" + Data(repeating: 9, count: 32).base64EncodedString()
      #expect(try await post(examples, receiver, body, secret: third) == 401)
      #expect(receiver.lines.isEmpty && examples.files(Self.folder + "/outputs").isEmpty)
      // Both secrets hold while one is being replaced.
      #expect(try await post(examples, receiver, id: "msg_old", succeeded("old")) == 200)
      #expect(try await post(examples, receiver, id: "msg_new", succeeded("new"), secret: Self.other) == 200)
      #expect(examples.files(Self.folder + "/outputs") == ["runway-new.txt", "runway-old.txt"])
      await examples.stop(receiver.program)
    }
  }

  @Test func whatIsNoEventIsRefusedForGood() async throws {
    try await Examples.use { examples in
      let receiver = try await receiver(examples)
      for body in ["", "{", "[]", "7", "{}", #"{"type": "task.failed"}"#, #"{"type": "x", "data": []}"#] {
        #expect(try await post(examples, receiver, body) == 400, "\(body)")
      }
      let long = ["transfer-encoding": "", "content-length": "17000000"]
      #expect(try await post(examples, receiver, "{}", headers: long) == 413)
      #expect(try await post(examples, receiver, "{}", headers: ["transfer-encoding": "chunked"]) == 411)
      #expect(receiver.lines.isEmpty)
      await examples.stop(receiver.program)
    }
  }

  @Test func eventsOfASourceAndUnseenTasksAreTaken() async throws {
    try await Examples.use { examples in
      let receiver = try await receiver(examples)
      let event =
        #"{"type": "source.down", "data": {"source": "runway", "id": null, "status": null, "task": null}}"#
      #expect(try await post(examples, receiver, event) == 200)
      #expect(receiver.lines == ["received source.down  runway/-  -"])
    }
  }

  /// Nothing is forgotten of a delivery whose step failed, and nothing kept: its next attempt does the work.
  @Test func aStepThatFailsIsTriedAgain() async throws {
    try await Examples.use { examples in
      try examples.write("\(Self.folder)/step.sh", "cat >>seen.txt; test -e ready\n")
      let receiver = try await receiver(
        examples, secret: Self.secret, "--on-success", "/bin/sh", "step.sh", "--fast")
      let body = succeeded()
      #expect(try await post(examples, receiver, body) == 500)
      #expect(receiver.lines.first?.hasPrefix("failed   task.succeeded  runway/one") == true)
      try examples.write("\(Self.folder)/ready", "")
      #expect(try await post(examples, receiver, body) == 200)
      #expect(try await post(examples, receiver, body) == 200)
      #expect(receiver.lines.map { $0.prefix(8) } == ["failed  ", "received", "repeat  "])
      // The task JSON, once for each time the step ran.
      let task = #"{"id": "one", "output": ["https://example.com/one.mp4"]}"#
      #expect(examples.text("\(Self.folder)/seen.txt") == task + task)
    }
  }

  @Test func aRepeatOfWhatIsBeingWorkedOnWaits() async throws {
    try await Examples.use { examples in
      let step = "touch begun; while [ ! -e go ]; do sleep 0.05; done"
      let receiver = try await receiver(examples, secret: Self.secret, "--on-success", "/bin/sh", "-c", step)
      let body = succeeded()
      async let first = post(examples, receiver, body)
      await eventually { examples.bytes("\(Self.folder)/begun") != nil }
      #expect(try await post(examples, receiver, body) == 409)
      // Asked to stop, it finishes what it works on.
      receiver.program.signal(SIGTERM)
      try examples.write("\(Self.folder)/go", "")
      #expect(try await first == 200)
      #expect(await examples.finish(receiver.program).status == 0)
    }
  }

  @Test func namesAndTextsOfOthersDoNoHarm() async throws {
    try await Examples.use { examples in
      let receiver = try await receiver(examples)
      #expect(try await post(examples, receiver, id: "msg_a", succeeded("../../x")) == 200)
      #expect(try await post(examples, receiver, id: "msg_b", succeeded(#"\u001b[31m\n"#)) == 200)
      let long = String(repeating: "\u{E9}", count: 250)
      #expect(try await post(examples, receiver, id: "msg_c", succeeded(long + "1")) == 200)
      #expect(try await post(examples, receiver, id: "msg_d", succeeded(long + "2")) == 200)
      let files = examples.files(Self.folder + "/outputs")
      #expect(files.count == 4 && files.contains("runway-..%2F..%2Fx.txt"), "\(files)")
      #expect(receiver.lines.count == 4 && !receiver.program.stdout.contains("\u{1B}"))
    }
  }

  @Test(arguments: ["", "hello", "whsec_AAAA hello"]) func itDoesNotStartWithoutASecret(secret: String)
    async throws
  {
    try await Examples.use { examples in
      let finished = try await examples.run(
        Examples.python!, examples.path("\(Self.folder)/receiver.py"), "--listen", "127.0.0.1:0",
        in: Self.folder, env: ["WEBHOOK_SECRET": secret])
      #expect(finished.status == 2 && finished.stderr.contains("WEBHOOK_SECRET has to be set"))
    }
  }
}
