import Foundation
import Model
import TestSupport
import Testing

/// `examples/monitoring`: what is asked of Prometheus there is what the daemon tells.
@Suite struct MonitoringTests {
  private static let promtool = "/usr/bin/promtool"
  private static let isThere = FileManager.default.isExecutableFile(atPath: promtool)

  /// The names of all metrics that the server declares.
  private static func declared() throws -> Set<String> {
    let folder = Repository.folder + "/Sources/Server/Metrics"
    let files = try FileManager.default.contentsOfDirectory(atPath: folder)
    return try files.reduce(into: []) { names, file in
      let text = try String(contentsOfFile: "\(folder)/\(file)", encoding: .utf8)
      names.formUnion(text.matches(of: /"((?:taskhook|process)_[a-z_]+)"/).map { String($0.1) })
    }
  }

  /// The metrics that a text names; the series of a histogram by the histogram's name.
  private static func metrics(in text: String, of declared: Set<String>) -> Set<String> {
    Set(
      text.matches(of: /\b(?:taskhook|process)_[a-z_]+\b/).map { match in
        let name = String(match.0)
        let base = name.replacing(/_(?:bucket|sum|count)$/, with: "")
        return declared.contains(name) ? name : base
      })
  }

  /// The expressions of the dashboard's panels, its variables filled in as Grafana does.
  private static func panels() throws -> [String] {
    let dashboard = try #require(
      JSONSerialization.jsonObject(
        with: Data(Repository.text("examples/monitoring/grafana-dashboard.json").utf8)) as? [String: Any])
    let panels = try #require(dashboard["panels"] as? [[String: Any]])
    return panels.flatMap { $0["targets"] as? [[String: Any]] ?? [] }.compactMap { target in
      (target["expr"] as? String)?.replacing("$__rate_interval", with: "1m")
        .replacing(/\$(?:instance|source|hook)\b/, with: ".*")
    }
  }

  @Test(arguments: ["alerts.yaml", "grafana-dashboard.json"])
  func itAsksOnlyForWhatThereIs(file: String) throws {
    let declared = try Self.declared()
    let asked = Self.metrics(in: try Repository.text("examples/monitoring/" + file), of: declared)
    #expect(asked.count >= 12 && asked.subtracting(declared).isEmpty, "\(asked.subtracting(declared))")
  }

  @Test func theDashboardShowsAllThatPollingAndDeliveringTell() throws {
    let declared = try Self.declared()
    let asked = Self.metrics(
      in: try Repository.text("examples/monitoring/grafana-dashboard.json"), of: declared)
    // These are for alerts, or too fine for a panel.
    let left = declared.subtracting(asked).subtracting([
      "taskhook_config_reload_timestamp_seconds", "process_virtual_memory_bytes", "process_max_fds",
      "process_start_time_seconds",
    ])
    #expect(left.isEmpty, "\(left.sorted())")
  }

  @Test(.enabled(if: isThere, "promtool is not installed"))
  func theAlertsFollowFromWhatIsWrong() async throws {
    try await Examples.use { examples in
      let checked = try await examples.run(Self.promtool, "check", "rules", "monitoring/alerts.yaml")
      #expect(checked.status == 0, "\(checked.stdout)\(checked.stderr)")
      let alerts = try Repository.text("examples/monitoring/alerts.yaml").matches(of: /- alert: (\w+)/)
      let cases = try Repository.text("Tests/Fixtures/monitoring/alerts.test.yaml")
      for alert in alerts { #expect(cases.contains("\"\(alert.1)\""), "\(alert.1) has no case") }
      try examples.write("monitoring/alerts.test.yaml", cases)
      let tested = try await examples.run(
        Self.promtool, "test", "rules", "alerts.test.yaml", in: "monitoring")
      #expect(tested.status == 0, "\(tested.stdout)\(tested.stderr)")
    }
  }

  @Test(.enabled(if: isThere, "promtool is not installed"))
  func theExpressionsOfTheDashboardCanBeRead() async throws {
    let rules = try Self.panels().enumerated().map { number, expression in
      "      - {record: \"panel:\(number)\", expr: '\(expression)'}"
    }
    #expect(rules.count >= 20)
    try await Examples.use { examples in
      let head = ["groups:", "  - name: panels", "    rules:"]
      try examples.write("panels.yaml", (head + rules).joined(separator: "\n") + "\n")
      let checked = try await examples.run(Self.promtool, "check", "rules", "--lint=none", "panels.yaml")
      #expect(checked.status == 0, "\(checked.stdout)\(checked.stderr)")
    }
  }

  /// The config in the head of prometheus.yaml, and what Prometheus would then get with the token from its file.
  @Test func theDaemonTellsWhatIsAskedFor() async throws {
    let declared = try Self.declared()
    let asked = try Set(
      ["alerts.yaml", "grafana-dashboard.json"].flatMap {
        Self.metrics(in: try Repository.text("examples/monitoring/" + $0), of: declared)
      }
    ).subtracting(["taskhook_proxy_requests_total"])
    let head = try Repository.text("examples/monitoring/prometheus.yaml").split(separator: "\n")
      .prefix { $0.hasPrefix("#") }
    let snippet = head.compactMap { $0.hasPrefix("#     ") ? String($0.dropFirst("#     ".count)) : nil }
    #expect(snippet.first == "server:" && snippet.count == 3)
    let receiver = try LoopbackServer { _ in .respond(200, body: "ok") }
    try await TaskAPI.use(failures: 0) { api, address in
      try await Examples.use { examples in
        let id = api.create()
        let server = snippet.joined(separator: "\n").replacing(":8787", with: ":0")
          .replacing("/etc/taskhook/token", with: examples.path("token"))
        try examples.write("token", "the-token\n", mode: 0o600)
        try examples.write(
          "monitored.yaml",
          """
          sources: {runway: {provider: runway, base_url: "\(address)", api_key: right}}
          tasks: [\(id)]
          hooks: {done: {on: done, webhook: {url: "\(receiver.url("/"))"}}}
          \(server)
          """)
        let daemon = try await examples.daemon("monitored.yaml", env: [:])
        await eventually { daemon.stderr.contains(#""message":"listening""#) || !daemon.isRunning }
        let base = try #require(daemon.stderr.firstMatch(of: /"(http:\/\/127\.0\.0\.1:\d+)"/)).1
        func scrape(_ token: String) async throws -> Examples.Finished {
          try await examples.run(
            "/usr/bin/curl", "-sS", "--fail", "-H", "Authorization: Bearer \(token)", "\(base)/metrics")
        }
        var page = ""
        try await eventually("the daemon does not tell of \(asked)") {
          page = try await scrape("the-token").stdout
          return asked.allSatisfy { page.contains("# TYPE \($0) ") }
        }
        let missing = asked.filter { !page.contains("# TYPE \($0) ") }
        #expect(missing.isEmpty, "\(missing)")
        #expect(try await scrape("another").status == 22, "not without the token")
        await examples.stop(daemon)
        if Self.isThere {
          let checked = try await examples.run(Self.promtool, "check", "metrics", stdin: page)
          #expect(checked.status == 0, "\(checked.stdout)\(checked.stderr)")
        }
      }
    }
  }
}
