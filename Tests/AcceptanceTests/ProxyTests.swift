import Foundation
import Model
import TestSupport
import Testing

/// Stock clients before the proxy of a real daemon.
@Suite(.enabled(if: Python.path != nil, "TASKHOOK_TEST_PYTHON is not set")) struct ProxyTests {
  private static let secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"

  private static let script = """
    import sys
    from runwayml import RunwayML
    client = RunwayML(api_key="the-key", base_url=sys.argv[1], max_retries=0)
    task = client.image_to_video.create(
        model="gen4_turbo", prompt_image="https://example.com/cat.jpg", prompt_text="a cat",
        ratio="1280:720", duration=5,
        extra_headers={"Taskhook-Callback": sys.argv[2], "Taskhook-Callback-Secret": sys.argv[3],
                       "Taskhook-Label-Project": "spring"} if len(sys.argv) > 2 else {})
    print(task.id, flush=True)
    # Alone before the gateway it would wait for ever, or fail at once.
    print(task.wait_for_task_output(timeout=20 if len(sys.argv) == 2 else 200).status)
    """

  private func simulator(_ place: Workspace, _ options: String...) async throws -> String {
    let simulator = try place.start(
      ["simulate", "--speed", "40", "--seed", "7", "--key", "the-key", "--envelope"] + options)
    await eventually { simulator.stdout.hasSuffix("\n") }
    return String(
      try #require(simulator.stdout.firstMatch(of: /^listening on (http:\/\/127.0.0.1:\d+)\n/)).1)
  }

  /// The client's second line where its task succeeded; the simulator lets some fail.
  private func created(_ place: Workspace, _ arguments: [String]) async throws -> Workspace.Finished {
    try await place.finish(
      place.start(program: Python.path!, ["-c", Self.script] + arguments), within: .seconds(240))
  }

  @Test func theStockClientWorksBeforeAGatewayThatWrapsItsAnswersAndItsCallbackComesSigned() async throws {
    try await Workspace.use { place in
      let base = try await simulator(place)
      let without = try await created(place, [base + "/runwayml"])
      #expect(without.status == 1 && !without.stdout.contains("SUCCEEDED"), "\(without)")
      #expect(without.stderr.contains("Traceback"), "\(without)")

      let receiver = try TestReceiver()
      try place.config(
        """
        sources: {runway: {provider: runway, base_url: "\(base)", api_key: the-key, poll: {every: 100ms}}}
        hooks: {}
        server: {listen: "127.0.0.1:0", callbacks: {allow: [127.0.0.1]}}
        """)
      let daemon = try await place.daemon()
      let proxy = try await RemoteTests.address(of: daemon) + "/proxy/runway"
      let with = try await created(place, [proxy, receiver.url("/done"), Self.secret])
      let id = try #require(with.stdout.split(separator: "\n").first.map(String.init), "\(with.stderr)")
      // It tells of the task's end, either way.
      #expect(with.stdout.contains("SUCCEEDED") || with.stderr.contains("TaskFailedError"), "\(with)")
      await eventually {
        receiver.accepted.contains { $0.task == id && ["task.succeeded", "task.failed"].contains($0.type) }
      }
      let end = try #require(receiver.accepted.last)
      #expect(end.json["data"]["labels"]["project"].text == "spring")
      let verified = try await Python.lines(
        """
        import base64, json, sys
        from standardwebhooks import Webhook
        for line in sys.stdin:
            request = json.loads(line)
            print(Webhook(sys.argv[1]).verify(base64.b64decode(request["body"]), request["headers"])["type"])
        """, Self.secret, requests: receiver.accepted, in: place)
      #expect(verified.count == receiver.accepted.count)
      #expect(!daemon.stderr.contains("the-key") && !daemon.stderr.contains(Self.secret))
      await place.stop(daemon)
    }
  }

  @Test func aHundredClientsWaitingForATaskCostNoMorePollsThanOne() async throws {
    try await Workspace.use { place in
      let step = Flag(false)
      let api = try ScriptedTaskAPI { id, _ in
        ScriptedTaskAPI.task(
          id, step.isSet ? "SUCCEEDED" : "RUNNING", #""output":["http://127.0.0.1:1/x.mp4"]"#)
      }
      try place.config(
        """
        sources: {runway: {provider: runway, base_url: "\(api.url)", poll: {every: 500ms, rate: 1000/s}}}
        hooks: {}
        server: {listen: "127.0.0.1:0"}
        """)
      let daemon = try await place.daemon()
      let address = try await RemoteTests.address(of: daemon)
      try await place.run("add", "t1", "--server", address)
      await eventually { api.polls.count >= 2 }
      // A hundred at once, again and again until they see the end, as clients do, each at its own pace.
      let script = """
        import concurrent.futures, sys, time, urllib.request, json
        def client(number):
            asked = 0
            while True:
                with urllib.request.urlopen(sys.argv[1] + "/proxy/runway/v1/tasks/t1") as answer:
                    asked += 1
                    task = json.load(answer)
                    if task["status"] == "SUCCEEDED":
                        return asked
                time.sleep(0.05 + number / 1000)
        with concurrent.futures.ThreadPoolExecutor(100) as pool:
            print(sum(pool.map(client, range(100))), flush=True)
        """
      let begun = api.polls.count
      let clients = try place.start(program: Python.path!, ["-c", script, address])
      await eventually { api.polls.count >= begun + 6 }
      step.set()
      let finished = try await place.finish(clients, within: .seconds(120))
      #expect(finished.status == 0, "\(finished.stderr)")
      let asked = try #require(Int(finished.stdout.split(separator: "\n").first ?? ""))
      let polls = api.polls
      #expect(asked >= 500, "the clients asked \(asked) times")
      // The pace of one task holds, whoever asks: no two polls are nearer than `every`.
      for (earlier, later) in zip(polls, polls.dropFirst()) {
        #expect(later.at - earlier.at >= .milliseconds(490))
      }
      await place.stop(daemon)
      #expect(api.polls.count == polls.count, "nobody asked for it once it had ended")
    }
  }
}
