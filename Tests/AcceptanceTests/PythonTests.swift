import Foundation
import TestSupport
import Testing

/// Software that others wrote, at both ends: the stock client creates the tasks, the reference library verifies
/// the webhooks.
@Suite(.enabled(if: Python.path != nil, "TASKHOOK_TEST_PYTHON is not set")) struct PythonTests {
  private static let secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"

  private static let create = """
    import sys
    from runwayml import RunwayML
    client = RunwayML(api_key="the-key", base_url=sys.argv[1] + "/runwayml")
    with open("ids.txt", "a", buffering=1) as ids:
        for number in range(3):
            task = client.image_to_video.create(
                model="gen4_turbo", prompt_image="https://example.com/cat.jpg", prompt_text="a cat",
                ratio="1280:720", duration=5)
            print(task.id, file=ids)
            print(task.id)
    """

  /// Reads one request a line: {"headers": {…}, "body": base64}; prints a line for each.
  private static let verify = """
    import base64, json, sys
    from standardwebhooks import Webhook, WebhookVerificationError
    webhook = Webhook(sys.argv[1])
    for line in sys.stdin:
        request = json.loads(line)
        try:
            payload = webhook.verify(base64.b64decode(request["body"]), request["headers"])
            print("verified", payload["type"])
        except WebhookVerificationError as error:
            print("refused", error)
    """

  @Test(arguments: [false, true]) func theStockClientsTasksGetWebhooksThatVerify(envelope: Bool) async throws
  {
    try await Workspace.use { place in
      let simulator = try place.start(
        ["simulate", "--speed", "40", "--seed", "3", "--key", "the-key"] + (envelope ? ["--envelope"] : []))
      await eventually { simulator.stdout.hasSuffix("\n") }
      let base = try #require(simulator.stdout.firstMatch(of: /^listening on (http:\/\/127.0.0.1:\d+)\n/)).1
      let receiver = try TestReceiver()
      try place.config(
        """
        sources: {runway: {provider: runway, base_url: "\(base)", api_key: the-key, poll: {every: 100ms}}}
        tasks_from: ids.txt
        hooks:
          all: {on: [change, not_found], webhook: {url: "\(receiver.url())", secret: ["\(Self.secret)", "\(Self.other)"]}}
        """)
      let daemon = try await place.daemon()
      let created = try await place.finish(
        try place.start(program: Python.path!, ["-c", Self.create, String(base)]))
      #expect(created.status == 0, "\(created.stderr)")
      let ids = created.stdout.split(separator: "\n").map(String.init)
      #expect(ids.count == 3)

      let ends: Set = ["task.succeeded", "task.failed", "task.cancelled", "task.not_found"]
      await eventually {
        Set(receiver.accepted.filter { ends.contains($0.type) }.map(\.task)) == Set(ids)
      }
      await place.stop(daemon)
      for id in ids {
        let types = receiver.types(of: id)
        #expect(types.last == "task.succeeded" || types.last == "task.failed", "\(types)")
        let task = receiver.accepted.last { $0.task == id }?.json["data"]["task"]
        #expect(task?["id"].text == id && task?["createdAt"].text != nil, "unwrapped from its envelope")
      }

      let accepted = receiver.accepted
      let verified = try await Python.lines(Self.verify, Self.secret, requests: accepted, in: place)
      #expect(verified == accepted.map { "verified \($0.type)" })
      let byOther = try await Python.lines(Self.verify, Self.other, requests: accepted, in: place)
      #expect(byOther == verified, "both secrets sign")

      var forged = accepted[0]
      forged.request.body[forged.body.count / 2] ^= 1
      let refused = try await Python.lines(Self.verify, Self.secret, requests: [forged], in: place)
      #expect(refused.count == 1 && refused[0].hasPrefix("refused"))
    }
  }

  private static let other = "whsec_" + Data(repeating: 7, count: 32).base64EncodedString()
}
