import Config
import Foundation
import HTTP
import Logging
import Model
import Providers
import Simulator
import Storage
import TestSupport
import Testing
import Watching

@testable import Server

/// A Python that has the PyPI package `runwayml`.
private let python = ProcessInfo.processInfo.environment["TASKHOOK_TEST_PYTHON"].flatMap {
  $0.isEmpty ? nil : $0
}

/// The PyPI client, as it is, at the proxy before a gateway that wraps its answers: watcher, store and server are the
/// real ones.
@Suite(.enabled(if: python != nil, "TASKHOOK_TEST_PYTHON is not set")) struct RunwayClientTests {
  /// No hooks.
  private struct NoRouter: EventRouter {
    func hooks(for event: Event) -> [String] { [] }
    func wantsProgress(of source: String) -> Bool { false }
    func wantsProgress(_ callback: TaskCallback) -> Bool { false }
  }

  private struct Source: ConfigSection {
    static let keys = ProviderKeys.keys
    let provider: ProviderSettings
    init?(_ section: Section) {
      guard let provider = ProviderKeys.settings(section) else { return nil }
      self.provider = provider
    }
  }

  private static let log = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }

  /// The parts of a daemon around one source, and the address of its proxy.
  private func withDaemon<Value>(
    api: String, _ body: (_ proxy: String, _ bench: ServerBench) async throws -> Value
  ) async throws -> Value {
    let late = LateHandler()
    let settings = ProxySettings(sharesKey: false)
    let (polling, passing) = (try CurlLoop(), try CurlLoop())
    defer {
      polling.shutdown()
      passing.shutdown()
    }
    return try await withServer(proxy: late, proxySettings: settings) { bench in
      let config = "provider: runway\nbase_url: \(api)\napi_key: right\n"
      let diagnostics = Diagnostics()
      let section = ConfigFile.parse(
        Array(config.utf8), name: "c.yaml", folder: "/", environment: [:], diagnostics: diagnostics
      )?.read(Source.self)
      let source = try #require(section?.provider, "\(diagnostics.errors)")
      let time = bench.time
      let provider = MappedProvider(source, timeout: .seconds(30), wall: { time.wall })
      let journal = Journal(store: bench.store, time: time, log: Self.log) { _ in }
      let watcher = SourceWatcher(
        name: "runway", provider: provider, rules: WatchRules(), record: nil, loop: polling,
        router: NoRouter(), journal: journal, time: time, log: Self.log)
      await watcher.start()
      bench.control.set { $0.added = { records in await watcher.add(records, spread: false) } }
      let known = ProxySource(
        name: "runway", traffic: provider.traffic, baseURL: api, connection: ConnectionOptions(),
        ownHeaders: provider.ownHeaders, pollEvery: .seconds(6)
      ) { await watcher.latest(of: $0, notOlderThan: $1) }
      late.set(
        Proxy(
          sources: ScriptedSources([known]), control: bench.control, metrics: bench.metrics,
          transport: passing, settings: settings, time: time, log: Self.log))
      let value = try await body("http://\(bench.host)/proxy/runway", bench)
      await watcher.stop()
      return value
    }
  }

  private func run(_ script: String, base: String) async throws -> String {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: python!)
    let prelude = """
      import sys
      from runwayml import RunwayML
      client = RunwayML(api_key="right", base_url=sys.argv[1], max_retries=0)
      def create():
          return client.image_to_video.create(
              model="gen4_turbo", prompt_image="https://example.com/cat.jpg", prompt_text="a cat",
              ratio="1280:720", duration=5)

      """
    process.arguments = ["-c", prelude + script, base]
    process.environment = ["PATH": "/usr/bin:/bin", "NO_PROXY": "*"]
    let output = Pipe()
    process.standardOutput = output
    process.standardError = output
    return try await withCheckedThrowingContinuation { continuation in
      Thread.detachNewThread {
        continuation.resume(
          with: Result {
            try process.run()
            let text = output.fileHandleForReading.readDataToEndOfFile()
            process.waitUntilExit()
            return String(decoding: text, as: UTF8.self).trimmingCharacters(in: .whitespacesAndNewlines)
          })
      }
    }
  }

  private func withGateway<Value>(_ body: (String) async throws -> Value) async throws -> Value {
    let options = SimulatorOptions(
      speed: 300, envelope: true, key: Secret("right"), unknownFor: .seconds(2), failures: 0)
    let simulator = Simulator(options, time: SystemTime())
    let address = try await simulator.start()
    let running = Task { await simulator.run() }
    do {
      let value = try await body(address)
      await simulator.stop()
      await running.value
      return value
    } catch {
      await simulator.stop()
      await running.value
      throw error
    }
  }

  private static let script = """
    task = create()
    done = task.wait_for_task_output()
    print(done.status, done.id == task.id, len(done.output) > 0)
    """

  @Test func withoutTheProxyItDoesNotWork() async throws {
    // It sees no status, and would wait for ten minutes.
    let script = Self.script.replacing("output()", with: "output(timeout=8)")
    let said = try await withGateway { try await run(script, base: $0 + "/runwayml") }
    #expect(said.contains("Error") && !said.contains("SUCCEEDED"), "\(said)")
  }

  /// With and without the gateway's own prefix.
  @Test(arguments: ["", "/runwayml"]) func throughTheProxyItDoes(prefix: String) async throws {
    try await withGateway { api in
      try await withDaemon(api: api) { proxy, bench in
        let said = try await run(Self.script, base: proxy + prefix)
        #expect(said == "SUCCEEDED True True")
        let record = try #require(try await bench.store.tasks(TaskQuery()).first)
        #expect(record.state == .succeeded && record.ending == .terminal)
      }
    }
  }

  /// Asked at once, the gateway does not know the id yet: it is waited for.
  @Test func aNewTaskIsKnownAtOnce() async throws {
    try await withGateway { api in
      try await withDaemon(api: api) { proxy, _ in
        let script = "task = create()\nprint(client.tasks.retrieve(task.id).id == task.id)"
        let said = try await run(script, base: proxy)
        #expect(said == "True")
      }
    }
  }
}
