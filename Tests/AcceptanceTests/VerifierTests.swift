import Foundation
import TestSupport
import Testing

/// Libraries of those who receive webhooks read what the real binary sends: none of them knows of taskhook.
@Suite(.enabled(if: Python.path != nil, "TASKHOOK_TEST_PYTHON is not set")) struct VerifierTests {
  /// A task id that no header can hold as it is.
  private static let id = #"a "b" 100% é🎬~"#
  private static let secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"

  /// OpenAI's client: `webhooks.unwrap` verifies and reads.
  private static let openai = """
    import base64, json, sys
    from openai import InvalidWebhookSignatureError, OpenAI
    webhooks = OpenAI(api_key="unused").webhooks
    for line in sys.stdin:
        request = json.loads(line)
        try:
            event = webhooks.unwrap(base64.b64decode(request["body"]), request["headers"], secret=sys.argv[1])
            print("verified", event.type)
        except InvalidWebhookSignatureError:
            print("refused")
    """

  private static let keys = """
    import base64
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
    key = Ed25519PrivateKey.generate()
    public = key.public_key().public_bytes_raw()
    print("whsk_" + base64.b64encode(key.private_bytes_raw() + public).decode())
    print("whpk_" + base64.b64encode(public).decode())
    """

  /// Verifies `v1a` signatures as Standard Webhooks defines them.
  private static let ed25519 = """
    import base64, json, sys
    from cryptography.exceptions import InvalidSignature
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
    key = Ed25519PublicKey.from_public_bytes(base64.b64decode(sys.argv[1].removeprefix("whpk_")))
    for line in sys.stdin:
        request = json.loads(line)
        headers = request["headers"]
        body = base64.b64decode(request["body"])
        signed = f'{headers["webhook-id"]}.{headers["webhook-timestamp"]}.'.encode() + body
        signatures = [s[4:] for s in headers["webhook-signature"].split(" ") if s.startswith("v1a,")]
        try:
            assert len(signatures) == 1
            key.verify(base64.b64decode(signatures[0]), signed)
            print("verified", json.loads(body)["type"])
        except InvalidSignature:
            print("refused")
    """

  /// The CloudEvents SDK: finds out which mode a request is in, and checks the event's attributes.
  private static let cloudEvents = """
    import base64, json, sys
    from cloudevents.core.bindings.http import HTTPMessage, from_http
    from cloudevents.core.formats.json import JSONFormat
    for line in sys.stdin:
        request = json.loads(line)
        event = from_http(HTTPMessage(request["headers"], base64.b64decode(request["body"])), JSONFormat())
        told = {name: str(value) for name, value in event.get_attributes().items()}
        told["time"] = event.get_time().isoformat()
        told["data"] = event.get_data()
        print(json.dumps(told))
    """

  /// Runs a task through its states with these hooks, and answers what each of the receivers got.
  private func deliver(
    _ hooks: [String], in place: Workspace, count: Int = 2
  ) async throws -> [[TestReceiver.Delivery]] {
    let api = try ScriptedTaskAPI { id, number in
      let escaped = id.replacing("\"", with: "\\\"")
      return ScriptedTaskAPI.task(
        escaped, number == 1 ? "RUNNING" : "SUCCEEDED", #""output":["https://x/1.mp4"]"#)
    }
    let receivers = try hooks.map { _ in try TestReceiver() }
    let lines = zip(hooks, receivers).enumerated().map { index, hook in
      "  hook\(index): {on: change, webhook: {url: \"\(hook.1.url())\", \(hook.0)}}"
    }
    try place.config(
      """
      sources: {runway: {provider: runway, base_url: "\(api.url)", poll: {every: 100ms}}}
      tasks: ['\(Self.id)']
      hooks:
      \(lines.joined(separator: "\n"))
      """)
    let daemon = try await place.daemon()
    await eventually { receivers.allSatisfy { $0.accepted.count == count } }
    await place.stop(daemon)
    return receivers.map(\.accepted)
  }

  private func forged(_ deliveries: [TestReceiver.Delivery]) -> [TestReceiver.Delivery] {
    deliveries.map { delivery in
      var forged = delivery
      forged.request.body[0] ^= 1
      return forged
    }
  }

  @Test func openAIsClientUnwrapsThem() async throws {
    try await Workspace.use { place in
      let other = "whsec_" + Data(repeating: 7, count: 32).base64EncodedString()
      let got = try await deliver(
        [
          "secret: ['\(Self.secret)', '\(other)']",
          "secret: '\(Self.secret)', body: {type: '{{type}}', n: 1}",
        ],
        in: place)
      let expected = ["verified task.running", "verified task.succeeded"]
      for requests in got {
        #expect(try await Python.lines(Self.openai, Self.secret, requests: requests, in: place) == expected)
      }
      #expect(try await Python.lines(Self.openai, other, requests: got[0], in: place) == expected)
      let refused = try await Python.lines(Self.openai, other, requests: got[1], in: place)
      #expect(refused == ["refused", "refused"])
      let changed = try await Python.lines(Self.openai, Self.secret, requests: forged(got[0]), in: place)
      #expect(changed == ["refused", "refused"])
    }
  }

  @Test func ed25519SignaturesVerify() async throws {
    try await Workspace.use { place in
      let pair = try await Python.lines(Self.keys, requests: [], in: place)
      try #require(pair.count == 2)
      let got = try await deliver(["secret: ['\(Self.secret)', '\(pair[0])']"], in: place)[0]
      let expected = ["verified task.running", "verified task.succeeded"]
      #expect(try await Python.lines(Self.ed25519, pair[1], requests: got, in: place) == expected)
      // The same requests, to those who have only the other secret.
      #expect(try await Python.lines(Self.openai, Self.secret, requests: got, in: place) == expected)
      let changed = try await Python.lines(Self.ed25519, pair[1], requests: forged(got), in: place)
      #expect(changed == ["refused", "refused"])
      let other = try await Python.lines(Self.keys, requests: [], in: place)
      let refused = try await Python.lines(Self.ed25519, other[1], requests: got, in: place)
      #expect(refused == ["refused", "refused"])
    }
  }

  @Test func theCloudEventsSDKReadsBothModes() async throws {
    try await Workspace.use { place in
      let got = try await deliver(
        [
          "format: cloudevents, secret: '\(Self.secret)'",
          "format: cloudevents-binary, secret: '\(Self.secret)'",
          "format: event",
        ], in: place)
      let plain = got[2].map(\.json)
      for (requests, isBinary) in [(got[0], false), (got[1], true)] {
        #expect(requests.allSatisfy { ($0.header("ce-id") != nil) == isBinary })
        let type = isBinary ? "application/json" : "application/cloudevents+json; charset=utf-8"
        #expect(requests.allSatisfy { $0.header("content-type") == type })
        let events = try await Python.lines(Self.cloudEvents, requests: requests, in: place).map { JSON($0) }
        try #require(events.count == 2)
        for (event, told) in zip(events, plain) {
          #expect(event["specversion"].text == "1.0" && event["source"].text == "/taskhook/runway")
          #expect(event["type"].text == "taskhook." + (told["type"].text ?? ""))
          #expect(event["subject"].text == Self.id)
          #expect(event["id"].text?.hasPrefix("evt_") == true)
          #expect(event["datacontenttype"].text == "application/json")
          // Python leaves out a fraction that is zero.
          let time = try #require(told["timestamp"].text).prefix(19)
          #expect(event["time"].text.map { $0.hasPrefix(time) && $0.hasSuffix("+00:00") } == true)
          #expect(event["data"]["id"].text == Self.id)
          #expect(event["data"]["sequence"].integer == told["data"]["sequence"].integer)
          #expect(event["data"]["task"]["output"][0].text == "https://x/1.mp4")
        }
        #expect(Set(events.map { $0["id"].text }).count == 2)
        // Both modes are signed, over the body as it was sent.
        let changed = try await Python.lines(Self.openai, Self.secret, requests: forged(requests), in: place)
        #expect(changed == ["refused", "refused"])
      }
      let structured = try await Python.lines(Self.openai, Self.secret, requests: got[0], in: place)
      #expect(structured == ["verified taskhook.task.running", "verified taskhook.task.succeeded"])
    }
  }
}
