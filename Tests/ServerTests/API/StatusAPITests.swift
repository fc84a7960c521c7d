import Model
import TestSupport
import Testing

@testable import Server

@Suite struct StatusAPITests {
  private static let callbackHook = "callback:https://h.example"

  private static func hooks() -> [HookStatus] {
    [
      HookStatus(
        name: "pipeline", action: "webhook", target: "https://x/…#1234",
        state: HookState(notBefore: .start, down: "HTTP 500"), breaker: .open, nextProbe: .start, running: 2),
      HookStatus(
        name: callbackHook, action: "callback", target: "https://h.example", state: HookState(paused: "410"),
        breaker: .closed, running: 0),
    ]
  }

  @Test func hooksAreListed() async throws {
    try await withServer { bench in
      bench.control.set { $0.hooks = Self.hooks() }
      try await bench.advance(try await bench.register("a"), to: .failed, hooks: ["pipeline"])
      let hooks = try #require(try await bench.json("/v1/hooks")["hooks"])
      let first = try #require(hooks[0])
      #expect(first["up"]?.bool == false && first["down_reason"]?.string == "HTTP 500")
      #expect(first["breaker"]?.string == "open" && first["next_probe"]?.string == "2026-01-01T00:00:00.000Z")
      #expect(first["not_before"]?.string == "2026-01-01T00:00:00.000Z" && first["running"]?.number == 2)
      #expect(first["open"]?.number == 1 && first["oldest"]?.string != nil && first["dead"]?.number == 0)
      #expect(hooks[1]?["paused"]?.string == "410" && hooks[1]?["up"]?.bool == true)
      #expect(hooks[1]?["open"]?.number == 0 && hooks[1]?["oldest"]?.isNull == true)
    }
  }

  @Test(
    arguments: [
      (Outcome.delivered, "delivered", nil), (.retry(reason: "HTTP 500", after: nil), "retry", "HTTP 500"),
      (.dead(reason: "HTTP 400"), "dead", "HTTP 400"), (.gone(reason: "HTTP 410"), "gone", "HTTP 410"),
    ] as [(Outcome, String, String?)])
  func aHookIsTried(outcome: Outcome, word: String, reason: String?) async throws {
    try await withServer { bench in
      bench.control.set { script in
        script.hooks = Self.hooks()
        script.trial = AttemptReport(outcome, code: 200, detail: "ok")
      }
      let reply = try await bench.send("POST", "/v1/hooks/pipeline/test")
      #expect(reply.status == 200)
      let root = try JSONDocument(reply.body).root
      #expect(root["outcome"]?.string == word && root["reason"]?.string == reason)
      #expect(root["code"]?.number == 200 && root["detail"]?.string == "ok")
      #expect(root["duration_ms"]?.number != nil)
      #expect(try await bench.send("POST", "/v1/hooks/nope/test").status == 404)
    }
  }

  @Test func aHookIsResumed() async throws {
    try await withServer { bench in
      bench.control.set { $0.hooks = Self.hooks() }
      try await bench.store.setHookState(HookState(paused: "410"), of: Self.callbackHook)
      let path = "/v1/hooks/\(PercentEncoding.encode(Self.callbackHook))/resume"
      for held in [true, false] {
        let reply = try await bench.send("POST", path)
        #expect(reply.status == 200)
        #expect(try JSONDocument(reply.body).root["held"]?.bool == held)
      }
      #expect(try await bench.send("POST", "/v1/hooks/nope/resume").status == 404)
    }
  }

  @Test func sourcesAreListed() async throws {
    try await withServer { bench in
      bench.control.set { $0.sources.append(ScriptedControl.status("kling", down: "HTTP 401")) }
      let sources = try #require(try await bench.json("/v1/sources")["sources"])
      #expect(sources[0]?["up"]?.bool == true && sources[0]?["down_reason"]?.isNull == true)
      #expect(sources[0]?["rate_per_second"]?.number == 10 && sources[0]?["poll_every_ms"]?.number == 6000)
      #expect(sources[1]?["up"]?.bool == false && sources[1]?["down_reason"]?.string == "HTTP 401")
    }
  }

  @Test func theWholeAtAGlance() async throws {
    let time = ManualTime()
    try await withServer(time: time) { bench in
      bench.control.set { script in
        script.sources = [ScriptedControl.status("kling", down: "HTTP 401")]
        script.hooks = Self.hooks()
      }
      _ = try await bench.register("a")
      try await bench.advance(try await bench.register("b"), to: .failed, hooks: ["pipeline"])
      let root = try await bench.json("/v1/summary")
      #expect(root["version"]?.string == Version.current)
      #expect(root["started_at"]?.string == "2026-01-01T00:00:00.000Z")
      #expect(root["tasks"]?["watched"]?.number == 1 && root["tasks"]?["total"]?.number == 2)
      #expect(root["tasks"]?["by_state"]?["new"]?.number == 1)
      #expect(root["tasks"]?["by_state"]?["failed"]?.number == 1)
      #expect(root["deliveries"]?["open"]?.number == 1 && root["deliveries"]?["dead"]?.number == 0)
      #expect(root["sources_down"]?[0]?.string == "kling" && root["hooks_down"]?[0]?.string == "pipeline")
      // What takes a look at every task is looked up once a second at most.
      _ = try await bench.register("c")
      #expect(try await bench.json("/v1/summary")["tasks"]?["total"]?.number == 2)
      time.advance(by: .seconds(1))
      #expect(try await bench.json("/v1/summary")["tasks"]?["total"]?.number == 3)
    }
  }

  @Test func healthIsTold() async throws {
    try await withServer(token: "s3cret-token") { bench in
      #expect(try await bench.get("/healthz").text == "ok\n")
      #expect(try await bench.get("/readyz").text == #"{"ready":true}"#)
      bench.control.set { $0.health = Health(polling: "no poll for 90 s") }
      let reply = try await bench.get("/readyz")
      #expect(reply.status == 503 && reply.text == #"{"ready":false}"#)
      let known = try await bench.get("/readyz", headers: ["Taskhook-Token: s3cret-token"])
      #expect(known.text == #"{"ready":false,"polling":"no poll for 90 s","store":null}"#)
      #expect(try await bench.get("/healthz").status == 200)
    }
  }

  @Test func metricsAreTold() async throws {
    try await withServer { bench in
      bench.control.set { $0.hooks = Self.hooks() }
      try await bench.advance(
        try await bench.register("a"), to: .failed, hooks: ["pipeline", Self.callbackHook])
      SourceMeters(bench.metrics, source: "runway").polled(.observed, in: .milliseconds(30))
      HookMeters(bench.metrics, hook: Self.callbackHook).attempted(
        .delivered, in: .seconds(1), latency: .seconds(2))
      _ = try await bench.get("/nope")
      let reply = try await bench.get("/metrics")
      #expect(reply.header("content-type") == "text/plain; version=0.0.4; charset=utf-8")
      let lines = Set(reply.text.split(separator: "\n").map(String.init))
      for line in [
        #"taskhook_build_info{version="\#(Version.current)"} 1"#,
        #"taskhook_polls_total{source="runway",outcome="observed"} 1"#,
        #"taskhook_poll_duration_seconds_bucket{source="runway",le="0.025"} 0"#,
        #"taskhook_poll_duration_seconds_bucket{source="runway",le="0.05"} 1"#,
        #"taskhook_tasks{source="runway",state="failed"} 1"#, #"taskhook_tasks_watched{source="runway"} 3"#,
        #"taskhook_tasks_overdue{source="runway"} 1"#, #"taskhook_source_up{source="runway"} 1"#,
        #"taskhook_delivery_attempts_total{hook="callback",outcome="delivered"} 1"#,
        #"taskhook_delivery_latency_seconds_count{hook="callback"} 1"#,
        #"taskhook_deliveries_pending{hook="pipeline"} 1"#,
        #"taskhook_deliveries_pending{hook="callback"} 1"#,
        #"taskhook_hook_up{hook="pipeline"} 0"#, #"taskhook_hook_up{hook="callback"} 1"#,
        #"taskhook_hook_paused{hook="callback"} 1"#, #"taskhook_hook_breaker_open{hook="pipeline"} 1"#,
        #"taskhook_http_requests_total{route="other",code="404"} 1"#, "taskhook_event_stream_clients 0",
        "taskhook_event_stream_cut_off_total 0", "taskhook_store_commits_total 0",
        "taskhook_config_reload_success 1",
      ] {
        #expect(lines.contains(line), "\(line)")
      }
      #expect(!reply.text.contains("h.example"))
      #expect(lines.contains { $0.hasPrefix("process_resident_memory_bytes ") })
    }
  }
}
