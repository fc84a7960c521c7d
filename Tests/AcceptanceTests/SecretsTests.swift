import Foundation
import Model
import TestSupport
import Testing

/// Keys, tokens and webhook URLs show up nowhere, whoever sends them back.
@Suite struct SecretsTests {
  /// Each in its own place, so that a leak tells whence.
  private static let canaries: [(name: String, value: String)] = [
    ("KEY", "canary-api-key-0a1b2c3d"), ("SOURCE_HEADER", "canary-source-header-4e5f"),
    ("PATH_TOKEN", "T0CANARYPATH00000001"), ("QUERY_TOKEN", "canaryquery00000002"),
    ("SIGNING", "whsec_" + Data("canary-signing-secret-0000000003".utf8).base64EncodedString()),
    ("HOOK_HEADER", "canary hook header 0004"), ("BEARER", "canary-bearer-00000005"),
    ("PASSWORD", "canary-password-00000006"), ("SCRIPT_TOKEN", "canary-script-00000007"),
    ("STRANGE_HEADER", "cAnArY=<&>/0008"), ("SERVER_TOKEN", "canary-server-token-0009"),
    ("HEARTBEAT", "canary-heartbeat-0000010"),
  ]

  @Test func noCanarySings() async throws {
    try await Workspace.use { place in
      let environment = Dictionary(uniqueKeysWithValues: Self.canaries.map { ("C_" + $0.name, $0.value) })
      // The API sends back what it got, in its errors; receivers do so in all they answer.
      let api = try EchoingAPI()
      let receiver = try TestReceiver { request, number in
        let echo = Self.echo(of: request)
        switch request.target.contains("/dead") ? 400 : [200, 500, 401, 503][number % 4] {
        case 200:
          return .respond(200, body: echo + (request.headers["x-odd"]?.dropFirst("Token ".count) ?? ""))
        case 503: return .respond(503, headers: [HTTPHeader("retry-after", "0")], body: echo)
        case let status: return .respond(status, body: echo)
        }
      }
      let moved = try TestReceiver { request, _ in
        .respond(
          302, headers: [HTTPHeader("location", "http://127.0.0.1:9" + request.target)],
          body: Self.echo(of: request))
      }
      let monitor = try TestReceiver { request, _ in .respond(500, body: Self.echo(of: request)) }
      let closed = try TestReceiver()
      closed.stop()
      let secretPath = "/services/${C_PATH_TOKEN}/hook?token=${C_QUERY_TOKEN}"
      func webhook(_ name: String, _ url: String, _ more: String) -> String {
        """
          \(name):
            on: [change, not_found, source.down, source.up]
            webhook: {url: "\(url)", secret: "${C_SIGNING}", \(more)}
            retry: {schedule: [50ms, 50ms, 50ms]}
            breaker: {after: 3, probe: 200ms}
        """
      }
      let auth =
        #"auth: {bearer: "${C_BEARER}"}, headers: {X-Key: "${C_HOOK_HEADER}", X-Odd: "Token ${C_STRANGE_HEADER}"}"#
      try place.config(
        """
        log: {level: debug}
        server: {listen: "127.0.0.1:0", token: "${C_SERVER_TOKEN}"}
        heartbeat: {url: "\(monitor.url("/${C_HEARTBEAT}"))", every: 1s}
        sources:
          runway:
            provider: runway
            base_url: \(api.url)
            api_key: ${C_KEY}
            headers: {X-Secret: "Token ${C_SOURCE_HEADER}"}
            poll: {every: 100ms, slowest: 200ms}
          refused:
            provider: runway
            base_url: \(api.url)/refused
            api_key: ${C_KEY}
            headers: {X-Secret: "${C_SOURCE_HEADER}"}
        tasks: [{id: a, source: runway}, {id: b, source: runway}, {id: c, source: runway}, {id: d, source: refused}]
        hooks:
        \(webhook("bearer", receiver.url(secretPath), auth))
        \(webhook("basic", receiver.url(secretPath), #"auth: {basic: {user: someone, password: "${C_PASSWORD}"}}"#))
        \(webhook("dead", receiver.url("/dead" + secretPath), auth))
        \(webhook("moved", moved.url(secretPath), auth))
        \(webhook("closed", closed.url(secretPath), auth))
          nowhere:
            on: change
            webhook: {url: "http://taskhook-test.invalid/${C_PATH_TOKEN}/${C_QUERY_TOKEN}"}
            retry: {schedule: [50ms]}
            breaker: off
          script:
            on: change
            run:
              command: 'env; env >&2; echo "token is $$TOKEN, and ${C_SCRIPT_TOKEN}"; [ "$$TASKHOOK_STATE" = running ] || exit 3'
              env: {TOKEN: "${C_SCRIPT_TOKEN}"}
            retry: {schedule: [50ms]}
            breaker: off
          argument:
            on: change
            run: [/bin/sh, -c, "echo $$0 >&2; exit 65", "${C_SCRIPT_TOKEN}"]
        """)
      let daemon = try await place.daemon(env: environment)
      try await eventually {
        let all = try await place.json("deliveries")
        return all.count >= 8 * 6 && all.allSatisfy { ["delivered", "dead"].contains($0["state"].text) }
      }
      for open in try await place.json("deliveries")
      where !["delivered", "dead"].contains(open["state"].text) {
        Issue.record("\(open)")
      }
      // The canaries did fly.
      let flown = receiver.deliveries.map { Self.echo(of: $0.request) }.joined()
      for name in ["PATH_TOKEN", "QUERY_TOKEN", "HOOK_HEADER", "BEARER"] {
        #expect(flown.contains(environment["C_" + name]!), "\(name)")
      }
      #expect(
        api.echoed.contains(environment["C_KEY"]!) && api.echoed.contains(environment["C_SOURCE_HEADER"]!))

      var seen: [(place: String, bytes: [UInt8])] = []
      seen.append(Self.told("deliveries --json", try await place.run("deliveries", "--json")))
      seen.append(Self.told("deliveries", try await place.run("deliveries")))
      seen.append(Self.told("tasks --json", try await place.run("tasks", "--json")))
      for id in ["a", "b", "c", "d"] {
        seen.append(Self.told("show --json", try await place.run("show", "--json", id)))
        seen.append(Self.told("show", try await place.run("show", id)))
      }
      seen.append(Self.told("check", try await place.run("check", env: environment)))
      seen.append(Self.told("replay", try await place.run("replay", "--dead", "--dry-run")))
      // By way of the server, with the right token and with a wrong one that is nearly the same.
      let address = try await RemoteTests.address(of: daemon)
      let token = environment["C_SERVER_TOKEN"]!
      for path in [
        "/v1/tasks", "/v1/tasks/runway/a", "/v1/deliveries?limit=1000", "/v1/hooks", "/v1/sources",
        "/v1/summary",
        "/v1/events?format=json&limit=1000", "/metrics", "/openapi.json", "/readyz", "/",
      ] {
        let answer = try await place.finish(
          place.start(
            program: "/usr/bin/curl", ["-sSi", "-H", "Authorization: Bearer \(token)", address + path]))
        #expect(answer.stdout.hasPrefix("HTTP/1.1 200"), "\(path): \(answer.stdout.prefix(300))")
        seen.append(Self.told(path, answer))
      }
      let refused = try await place.finish(
        place.start(
          program: "/usr/bin/curl",
          ["-sSi", "-H", "Authorization: Bearer \(token.dropLast())", address + "/v1/tasks"]))
      #expect(refused.stdout.hasPrefix("HTTP/1.1 401"))
      seen.append(Self.told("a wrong token", refused))
      seen.append(
        Self.told(
          "show --server",
          try await place.run("show", "a", "--server", address, env: ["TASKHOOK_TOKEN": token])))
      #expect(monitor.deliveries.contains { $0.request.target.contains(environment["C_HEARTBEAT"]!) })
      #expect(daemon.stderr.contains("the heartbeat cannot be sent"))
      // While it runs, and after it has gone.
      for file in ["taskhook.db", "taskhook.db-wal", "taskhook.db-shm", "taskhook.db.lock"] {
        seen.append((file, FileManager.default.contents(atPath: place.path(file)).map(Array.init) ?? []))
      }
      await place.stop(daemon)
      seen.append(("log", daemon.stderrBytes))
      seen.append(("stdout", daemon.stdoutBytes))
      seen.append(
        (
          "taskhook.db at rest",
          FileManager.default.contents(atPath: place.path("taskhook.db")).map(Array.init) ?? []
        ))
      // A config with mistakes around the secrets.
      try place.write(
        "bad.yaml",
        """
        sources: {runway: {provider: runway, api_key: ["${C_KEY}"], base_url: "ftp://${C_PATH_TOKEN}"}}
        hooks:
          a: {on: "${C_BEARER}", webhook: {url: "nonsense:${C_PATH_TOKEN}", secret: "${C_PASSWORD}", headers: {"a b": "${C_KEY}"}}}
        """)
      seen.append(
        Self.told("bad config", try await place.run("check", "-c", "bad.yaml", env: environment), status: 78))

      for (name, bytes) in seen {
        for canary in Self.canaries {
          for form in Self.forms(of: canary.value) {
            #expect(!bytes.contains(form), "\(canary.name) is in \(name)")
          }
        }
      }
      let shown =
        seen.first { $0.place == "deliveries --json" }.map { String(decoding: $0.bytes, as: UTF8.self) } ?? ""
      #expect(shown.contains("answered 400"), "reasons are still told")
    }
  }

  /// All that a command said.
  private static func told(
    _ name: String, _ finished: Workspace.Finished, status: Int = 0
  ) -> (place: String, bytes: [UInt8]) {
    #expect(finished.status == status, "\(name): \(finished.stderr.suffix(500))")
    return (name, Array((finished.stdout + finished.stderr).utf8))
  }

  /// The forms in which a secret would still be one.
  private static func forms(of value: String) -> [[UInt8]] {
    var forms = [value, Data(value.utf8).base64EncodedString()]
    if value.hasPrefix("whsec_") {
      let bare = String(value.dropFirst("whsec_".count))
      forms = [bare, String(decoding: Data(base64Encoded: bare)!, as: UTF8.self)]
    }
    if value.hasPrefix("canary-password") {
      forms.append(Data("someone:\(value)".utf8).base64EncodedString())
    }
    return forms.map { Array($0.utf8) }
  }

  /// All of a request, as a careless server would show it.
  private static func echo(of request: LoopbackServer.Request) -> String {
    "you sent \(request.method) \(request.target)\n" + String(decoding: request.headers.raw, as: UTF8.self)
  }
}

/// A task API that shows in each error what it was sent.
private final class EchoingAPI: Sendable {
  private let server: LoopbackServer

  init() throws {
    let counts = Counter()
    server = try LoopbackServer { request in
      let headers = request.headers.fields
      // The last word of the header is a token by itself.
      let token = headers["x-secret"]?.split(separator: " ").last ?? ""
      let told = "\(headers["authorization"] ?? "") [\(token)] \(headers["x-secret"] ?? "")"
      let id = request.target.split(separator: "/").last.map(String.init) ?? ""
      if request.target.hasPrefix("/refused") {
        return ScriptedTaskAPI.json(401, #"{"error":{"message":"bad key: \#(told)","code":"\#(told)"}}"#)
      }
      let number = counts.next(id)
      // Ten failures in a row would be the source's downfall: others answer in between.
      if id != "a" { return ScriptedTaskAPI.task(id, number < 12 ? "RUNNING" : "SUCCEEDED") }
      switch number {
      case 1: return ScriptedTaskAPI.json(500, #"{"error":{"message":"\#(told)"}}"#)
      case 2: return .respond(200, body: "you sent \(told)")
      case 3: return .respond(503, body: "<html>\(told)</html>")
      case 4:
        return .respond(
          302, headers: [HTTPHeader("location", "http://127.0.0.1:9/\(told.replacing(" ", with: "/"))")])
      case 5: return ScriptedTaskAPI.task(id, "RUNNING")
      case 6: return ScriptedTaskAPI.task(id, "SUCCEEDED")
      default: return ScriptedTaskAPI.notExist()
      }
    }
  }

  var url: String { server.url("") }
  var echoed: String {
    server.requests.map { String(decoding: $0.headers.raw, as: UTF8.self) }.joined()
  }
}
