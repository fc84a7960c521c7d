import Foundation
import Model
import TestSupport
import Testing

/// A canary in every place of the config that holds a secret, receivers that send back all they get, and then a
/// look at everything the program says and keeps.
@Suite struct RedactionTests {
  /// By the variable that carries it.
  private static let canaries = [
    "SLACK": "T0CANARYSLACK0001/B00/xoxcanary0001", "DISCORD": "111/canarydiscordtoken0002",
    "TEAMS": "canaryteamssig0003", "TELEGRAM": "12345678:CANARYtelegram_0004",
    "PAGERDUTY": "canaryrouting0005key",
    "NTFY": "tk_canaryntfytoken0006", "MATTERMOST": "canarymattermost0007",
    "CLIENT_SECRET": "canary-client-secret-0008",
    "BODY": "canary-body-leaf-0009", "FORM": "canary form value&0010", "HEADER": "canary-header-0011",
    "BASIC": "canary-password-0012", "PROXY": "canary-proxy-0013", "KEY": "canary-api-key-0014",
    "SIGNING": "whsec_" + Data("canary-signing-secret-0000000015".utf8).base64EncodedString(),
    "MUSTACHE": "canary-{{id}}-0016",
  ]
  /// What the token endpoint gives out; not of the config.
  private static let token = "canary-access-token-0017"

  private static func hooks(_ receiver: String) -> [(name: String, section: String)] {
    [
      ("slack", #"slack: {url: "\#(receiver)/services/${SLACK}"}"#),
      ("discord", #"discord: {url: "\#(receiver)/api/webhooks/${DISCORD}"}"#),
      ("teams", #"teams: {url: "\#(receiver)/workflows/x?sig=${TEAMS}"}"#),
      ("telegram", #"telegram: {token: "${TELEGRAM}", chat_id: "-100", api: "\#(receiver)"}"#),
      ("pagerduty", #"pagerduty: {routing_key: "${PAGERDUTY}", url: "\#(receiver)/v2/enqueue"}"#),
      ("ntfy", #"ntfy: {url: "\#(receiver)", topic: alerts, token: "${NTFY}"}"#),
      ("mattermost", #"mattermost: {url: "\#(receiver)/hooks/${MATTERMOST}"}"#),
      (
        "oauth",
        #"webhook: {url: "\#(receiver)/oauth", auth: {oauth2: {token_url: "\#(receiver)/token", client_id: me, client_secret: "${CLIENT_SECRET}"}}}"#
      ),
      (
        "body",
        #"webhook: {url: "\#(receiver)/body", body: {token: "${BODY}", text: "{{id}} ${MUSTACHE}"}, headers: {X-Key: "${HEADER}"}}"#
      ),
      ("form", #"webhook: {url: "\#(receiver)/form", form: {secret: "${FORM}", id: "{{id}}"}}"#),
      (
        "events",
        #"webhook: {url: "\#(receiver)/ce", format: cloudevents-binary, secret: "${SIGNING}", auth: {basic: {user: u, password: "${BASIC}"}}}"#
      ),
      ("proxied", #"webhook: {url: "http://127.0.0.1:9/x", proxy: "http://user:${PROXY}@127.0.0.1:9"}"#),
      ("script", #"run: {command: 'cat; env; echo "$$MINE ${BODY}"; exit 1', env: {MINE: "${HEADER}"}}"#),
    ]
  }

  @Test func noCanaryIsInAnythingSaidOrKept() async throws {
    try await Workspace.use { place in
      let receiver = try TestReceiver { request, number in
        if request.target == "/token" {
          return .respond(
            200, headers: [HTTPHeader("content-type", "application/json")],
            body: #"{"access_token":"\#(Self.token)","token_type":"bearer","expires_in":3600}"#)
        }
        // Some of what another hook and the task API got, and each in other words.
        let others = [Self.canaries["CLIENT_SECRET"]!, Self.canaries["KEY"]!, Self.canaries["SLACK"]!]
        let echo =
          others.joined(separator: " ") + "you sent \(request.target)\n"
          + String(decoding: request.headers.raw, as: UTF8.self)
          + String(decoding: request.body, as: UTF8.self)
        let json = JSONWriter.text { $0.string(echo) }
        switch number % 3 {
        case 0: return .respond(500, body: echo)
        case 1:
          return .respond(
            400,
            body:
              #"{"ok":false,"error":\#(json),"description":\#(json),"message":\#(json),"errors":[\#(json)]}"#)
        default: return .respond(200, body: echo)
        }
      }
      let api = try ScriptedTaskAPI()
      for id in ["a", "b", "c"] {
        api.script(
          id, ScriptedTaskAPI.task(id, "RUNNING"),
          ScriptedTaskAPI.task(id, "FAILED", #""failure":"bad","failureCode":"X.Y""#))
      }
      let hooks = Self.hooks(receiver.url(""))
      try place.config(
        """
        log: {level: debug}
        sources:
          runway: {provider: runway, base_url: "\(api.url)", api_key: "${KEY}", poll: {every: 100ms}}
        tasks: [a, b, c]
        hooks:
        \(hooks.map { "  \($0.name): {on: [change, hook.down, delivery.dead], \($0.section), retry: {schedule: [50ms]}, rate: 100/s, digest: {after: 3, every: 1s}, breaker: {after: 50, probe: 1s}}" }.joined(separator: "\n"))
        """)
      var seen: [(place: String, text: Data)] = []
      func say(_ arguments: String..., status: Set<Int> = [0]) async throws {
        let finished = try await place.finish(try place.start(arguments, env: Self.canaries))
        let name = arguments.joined(separator: " ")
        #expect(finished.status.map(status.contains) == true, "\(name): \(finished.stderr)")
        seen.append((name, Data((finished.stdout + finished.stderr).utf8)))
      }
      try await say("check")
      try place.write("task.json", ScriptedTaskAPI.body("a", "FAILED", #""failure":"bad""#))
      try await say("explain", "task.json")
      try await say("explain", "task.json", "--json")
      for hook in hooks { try await say("test", hook.name, status: [0, 69]) }

      let daemon = try await place.daemon(env: Self.canaries)
      await eventually {
        let all = (try? await place.json("deliveries")) ?? []
        return all.count >= hooks.count * 6
          && all.allSatisfy { ["delivered", "dead"].contains($0["state"].text) }
      }
      // They did fly: else there would be nothing to find.
      let flown = receiver.deliveries.map {
        $0.request.target + String(decoding: $0.request.headers.raw + $0.body, as: UTF8.self)
      }.joined()
      for name in [
        "SLACK", "DISCORD", "TEAMS", "TELEGRAM", "PAGERDUTY", "NTFY", "MATTERMOST", "BODY", "HEADER",
      ] {
        #expect(flown.contains(Self.canaries[name]!), "\(name)")
      }
      #expect(
        flown.contains("Bearer \(Self.token)") && flown.contains("canary+form")
          || flown.contains("canary%20form"))
      #expect(flown.contains("canary-{{id}}-0016"), "what a variable holds is no template")

      try await say("deliveries")
      try await say("deliveries", "--json")
      try await say("tasks")
      try await say("tasks", "--json")
      for id in ["a", "b", "c"] {
        try await say("show", id)
        try await say("show", id, "--json")
      }
      try await say("replay", "--dead", "--dry-run", "--json")
      for file in ["taskhook.db", "taskhook.db-wal", "taskhook.db-shm"] {
        seen.append((file, FileManager.default.contents(atPath: place.path(file)) ?? Data()))
      }
      // The end of a process that a fault ends says nothing, either.
      daemon.signal(SIGSEGV)
      #expect(await daemon.wait(within: .seconds(60)) == .killed(SIGSEGV))
      #expect(!daemon.stderr.contains("Backtrace") && !daemon.stderr.contains("Registers"))
      seen.append(("log", Data(daemon.stderrBytes)))
      seen.append(("standard output", Data(daemon.stdoutBytes)))

      for (name, text) in seen {
        for (canary, value) in Self.canaries.merging(["token": Self.token], uniquingKeysWith: { $1 }) {
          for form in Self.forms(value) {
            guard let at = text.range(of: form) else { continue }
            let around = text[max(0, at.lowerBound - 60)..<min(text.count, at.upperBound + 60)]
            Issue.record("\(canary) is in \(name): …\(String(decoding: around, as: UTF8.self))…")
          }
        }
      }
      #expect(
        seen.first { $0.place == "deliveries --json" }!.text.range(of: Data("answered 500".utf8)) != nil)
    }
  }

  /// The forms in which it would still be a secret.
  private static func forms(_ value: String) -> [Data] {
    var unreserved = CharacterSet.alphanumerics
    unreserved.insert(charactersIn: "-._~")
    var forms = [
      value, Data(value.utf8).base64EncodedString(), value.replacing("/", with: "\\/"),
      value.addingPercentEncoding(withAllowedCharacters: unreserved)!,
    ]
    forms.append(Data("u:\(value)".utf8).base64EncodedString())
    forms.append(Data("me:\(value)".utf8).base64EncodedString())
    forms += value.split(separator: "/").map(String.init).filter { $0.count >= 12 }
    if value.hasPrefix("whsec_") { forms.append(String(value.dropFirst(6))) }
    return forms.map { Data($0.utf8) }
  }
}

extension JSONWriter {
  fileprivate static func text(_ write: (inout JSONWriter) -> Void) -> String {
    var writer = JSONWriter()
    write(&writer)
    return String(decoding: writer.bytes, as: UTF8.self)
  }
}
