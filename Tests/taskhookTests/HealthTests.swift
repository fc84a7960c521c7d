import Config
import Delivering
import Hooks
import Logging
import Model
import Storage
import TestSupport
import Testing

@testable import taskhook

/// When a daemon says of itself that it works.
@Suite struct HealthTests {
  private struct Bench {
    let time = ManualTime()
    let loop: ScriptedLoop
    let monitor: ScriptedLoop
    let daemon: Daemon

    init(status: Int = 200, tasks: [NewTask] = [], store: (any Store)? = nil) async throws {
      loop = ScriptedLoop(time: time) { _ in nil }
      monitor = ScriptedLoop(time: time) { _ in .success(HTTPResponse(status: status)) }
      let ground = Ground(
        store: try store ?? SQLiteStore.inMemory(time: time), polling: loop, delivering: monitor,
        saving: monitor, partsFolder: "/nowhere", time: time)
      let assembly = try Assembly.compose(
        "{sources: {runway: {provider: runway, base_url: 'http://127.0.0.1:1'}}, hooks: {}}", name: "test",
        values: [:])
      var plan = assembly.plan(on: ground)
      plan.tasks = tasks
      daemon = try await Daemon.start(
        ground, plan, log: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
    }

    func beat() async -> Heartbeat.Outcome {
      await Heartbeat(daemon: daemon).beat(
        HeartbeatRules(url: SecretURL("http://monitor/x"), every: .seconds(60)))
    }
  }

  @Test func aLoopThatGoesRoundIsHealthy() async throws {
    let bench = try await Bench()
    await bench.loop.advance(by: .seconds(60))
    #expect(await bench.daemon.health().isFine)
    #expect(await bench.beat() == .sent)
    #expect(bench.monitor.requests.count == 1)
  }

  @Test func aLoopThatHangsIsNotAndNothingIsSent() async throws {
    let bench = try await Bench()
    await bench.loop.advance(by: .seconds(5))
    // The clock goes on, and no timer of the loop rings.
    bench.time.advance(by: .seconds(11))
    let trouble = try #require(await bench.daemon.health().polling)
    #expect(trouble.contains("poll loop"))
    #expect(await bench.beat() == .withheld(trouble))
    #expect(bench.monitor.requests.count == 0)
    // It comes back.
    await bench.loop.advance(by: .seconds(2))
    #expect(await bench.daemon.health().isFine)
  }

  @Test func aMonitorThatRefusesIsTold() async throws {
    let bench = try await Bench(status: 404)
    #expect(await bench.beat() == .failed("HTTP 404"))
  }

  @Test func aStoreThatCannotBeWrittenIsTold() async throws {
    let time = ManualTime()
    let store = try SQLiteStore.inMemory(time: time)
    let probe = StoreProbe(store: store, time: time)
    #expect(await probe.trouble() == nil)
    try await store.close()
    #expect(await probe.trouble() == nil, "an answer holds for a while: a probe is a flush of the disk")
    time.advance(by: .seconds(6))
    #expect(await probe.trouble() != nil)
  }
}
