import Model
import TestSupport
import Testing

@testable import Server

@Suite struct DeliveryAPITests {
  /// Three deliveries: `a` dead, `b` and `c` open, `c` of another hook.
  private static func prepare(_ bench: ServerBench) async throws -> [String] {
    try await bench.advance(try await bench.register("a"), to: .failed, hooks: ["pipeline"])
    let claim = try await bench.store.claim(
      hook: "pipeline", limit: 1, bodies: .first(0), held: [], now: bench.time.now)
    let attempt = AttemptRecord(
      number: 1, at: bench.time.wall, duration: .milliseconds(5), error: "HTTP 400", code: 400, detail: "no")
    try await bench.store.settle([
      Settlement(row: claim.deliveries[0].row, hook: "pipeline", result: .dead, attempt: attempt)
    ])
    try await bench.advance(try await bench.register("b"), to: .failed, hooks: ["pipeline"])
    try await bench.advance(try await bench.register("c"), to: .failed, hooks: ["alert"])
    return try await bench.store.deliveries(DeliverySelection()).map(\.id)
  }

  @Test func deliveriesAreChosen() async throws {
    try await withServer { bench in
      let ids = try await Self.prepare(bench)
      let cases = [
        ("", [2, 1, 0]), ("order=oldest", [0, 1, 2]), ("hook=pipeline", [1, 0]), ("state=dead", [0]),
        ("state=ready&state=dead&hook=pipeline", [1, 0]), ("source=runway&task=c", [2]),
        ("since=1h", [2, 1, 0]),
        ("since=2100-01-01T00:00:00Z", []), ("hook=nope", []),
      ]
      for (query, places) in cases {
        let page = try await bench.json("/v1/deliveries?\(query)")
        let found = page["deliveries"]?.elements.compactMap { $0["id"]?.string }
        #expect(found == places.map { ids[$0] }, "\(query)")
      }
      for query in ["state=lost", "task=a", "source=runway", "since=yesterday", "limit=x", "hooks=a"] {
        #expect(try await bench.get("/v1/deliveries?\(query)").status == 400, "\(query)")
      }
      let first = try await bench.json("/v1/deliveries?limit=2")
      let next = try #require(first["next"]?.string)
      let second = try await bench.json("/v1/deliveries?limit=2&cursor=\(next)")
      #expect(second["deliveries"]?.elements.compactMap { $0["id"]?.string } == [ids[0]])
      #expect(second["next"]?.isNull == true)
    }
  }

  @Test func aPauseOfTheHookIsHeeded() async throws {
    try await withServer { bench in
      let ids = try await Self.prepare(bench)
      #expect(try await bench.json("/v1/deliveries/\(ids[2])")["delivery"]?["next_attempt"]?.isNull == false)
      try await bench.store.setHookState(HookState(paused: "410"), of: "alert")
      #expect(try await bench.json("/v1/deliveries/\(ids[2])")["delivery"]?["next_attempt"]?.isNull == true)
      #expect(
        try await bench.json("/v1/deliveries?hook=alert")["deliveries"]?[0]?["next_attempt"]?.isNull == true)
    }
  }

  @Test func oneDeliveryIsShown() async throws {
    try await withServer { bench in
      let ids = try await Self.prepare(bench)
      let root = try await bench.json("/v1/deliveries/\(ids[0])")
      #expect(root["delivery"]?["state"]?.string == "dead")
      #expect(root["event"]?["type"]?.string == "task.failed")
      #expect(root["attempts"]?[0]?["error"]?.string == "HTTP 400")
      #expect(try await bench.get("/v1/deliveries/msg_nope").status == 404)
    }
  }

  @Test func oneDeliveryIsSentAgain() async throws {
    try await withServer { bench in
      let ids = try await Self.prepare(bench)
      let reply = try await bench.send("POST", "/v1/deliveries/\(ids[0])/replay")
      #expect(reply.status == 202)
      #expect(try JSONDocument(reply.body).root["delivery"]?["state"]?.string == "ready")
      #expect(try await bench.send("POST", "/v1/deliveries/msg_nope/replay").status == 404)
    }
  }

  @Test func deliveriesAreSentAgain() async throws {
    try await withServer { bench in
      let ids = try await Self.prepare(bench)
      func replay(_ body: String) async throws -> (Int, [String]) {
        let reply = try await bench.send("POST", "/v1/deliveries/replay", body: body)
        let root = try JSONDocument(reply.body).root
        #expect(
          reply.status >= 400 || root["count"]?.number == Double(Array(root["deliveries"]!.elements).count))
        return (reply.status, root["deliveries"]?.elements.compactMap { $0["id"]?.string } ?? [])
      }
      #expect(try await replay(#"{"dead": true, "dry_run": true}"#) == (200, [ids[0]]))
      #expect(try await bench.json("/v1/deliveries/\(ids[0])")["delivery"]?["state"]?.string == "dead")
      #expect(try await replay(#"{"dead": true}"#) == (202, [ids[0]]))
      #expect(try await replay(#"{"dead": true}"#) == (202, []))
      #expect(try await replay(#"{"hook": "alert"}"#) == (202, [ids[2]]))
      #expect(try await replay("{\"ids\": [\"\(ids[1])\"]}") == (202, [ids[1]]))
      #expect(try await replay(#"{"since": "1h", "hook": "pipeline"}"#) == (202, [ids[0], ids[1]]))
      let bad = [
        "{}", #"{"dry_run": true}"#, #"{"dead": false}"#, #"{"dead": 1}"#, #"{"ids": "x"}"#, #"{"ids": [1]}"#,
        #"{"since": "yesterday"}"#, #"{"hooks": "x"}"#, "[]",
      ]
      for body in bad { #expect(try await replay(body).0 == 422, "\(body)") }
      #expect(try await replay("{").0 == 400)
      let lines = ["Content-Type: application/x-ndjson"]
      #expect(try await bench.send("POST", "/v1/deliveries/replay", headers: lines, body: "{}").status == 415)
    }
  }
}
