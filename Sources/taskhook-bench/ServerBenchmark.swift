import Foundation

/// The control API with 100,000 tasks, beside Hummingbird's own hello-world; then a thousand clients of the event stream
/// at 500 events a second, one of which does not read.
struct ServerBenchmark {
  private static let tasks = 100_000
  private static let rounds = 3
  private static let connections = 16
  private static let seconds = 4

  private let tools: Tools

  init(_ tools: Tools) { self.tools = tools }

  func run() throws {
    try requests()
    print("")
    try events()
  }

  private static func serving(_ port: Int) -> String {
    """
    hooks: {}
    server: {listen: "127.0.0.1:\(port)"}
    """
  }

  // MARK: Requests

  private struct Figure {
    var perSecond: Double
    /// In milliseconds.
    var median: Double
    var late: Double
  }

  private func requests() throws {
    let stage = try Stage(tools, changing: false)
    let port = stage.port + 1
    try stage.configure(poll: "every: 1h, slowest: 1h, rate: 1/s", Self.serving(port))
    _ = try stage.register(Self.tasks)
    let daemon = try stage.daemon()
    defer { daemon.stop() }
    let hello = try Program(CommandLine.arguments[0], [HelloWorld.command, String(port + 1)])
    defer { hello.stop() }
    try Self.await(port)
    try Self.await(port + 1)
    let page = "http://127.0.0.1:\(port)/v1/tasks"
    let first =
      try JSONSerialization.jsonObject(
        with: Data(try Program.run("/usr/bin/curl", ["-sf", page + "?limit=1"]).utf8)) as? [String: Any]
    guard let id = (first?["tasks"] as? [[String: Any]])?.first?["id"] as? String else {
      throw BenchError("the daemon lists no task")
    }
    let targets = [
      ("Hummingbird's hello-world", "http://127.0.0.1:\(port + 1)/hello"),
      ("GET /v1/tasks, 100 of them", page), ("GET /v1/tasks?limit=10", page + "?limit=10"),
      ("GET /v1/tasks/api/ID", "\(page)/api/\(id)"),
    ]
    var figures: [[Figure]] = targets.map { _ in [] }
    for _ in 0..<Self.rounds {
      for (index, target) in targets.enumerated() { figures[index].append(try load(target.1)) }
    }
    print(
      "| \(Self.tasks) tasks, \(Self.connections) connections | requests/s | to hello-world | ms, median | 99% |"
    )
    print("|---|---|---|---|---|")
    for (index, target) in targets.enumerated() {
      let own = figures[index]
      let ratio = median(zip(own, figures[0]).map { $0.perSecond / $1.perSecond })
      print(
        String(
          format: "| \(target.0) | %.0f | %.2f | %.2f | %.2f |", median(own.map(\.perSecond)), ratio,
          median(own.map(\.median)), median(own.map(\.late))))
    }
  }

  private func load(_ url: String) throws -> Figure {
    let text = try Program.run(
      tools.wrk, ["-t1", "-c\(Self.connections)", "-d\(Self.seconds)s", "--latency", url])
    func value(_ mark: String) -> String? {
      let words = text.split(separator: "\n").map { $0.split(separator: " ") }
      return words.first { $0.first.map(String.init) == mark }?.last.map(String.init)
    }
    guard let rate = value("Requests/sec:").flatMap(Double.init),
      let middle = value("50%").flatMap(Self.milliseconds),
      let late = value("99%").flatMap(Self.milliseconds), !text.contains("Non-2xx")
    else { throw BenchError("wrk on \(url): \(text)") }
    return Figure(perSecond: rate, median: middle, late: late)
  }

  /// `850.00us`, `1.20ms`, `1.02s`.
  private static func milliseconds(_ text: String) -> Double? {
    let factors = [("us", 0.001), ("ms", 1.0), ("s", 1000.0)]
    guard let (unit, factor) = factors.first(where: { text.hasSuffix($0.0) }) else { return nil }
    return Double(text.dropLast(unit.count)).map { $0 * factor }
  }

  private static func await(_ port: Int) throws {
    for _ in 0..<500 {
      if (try? Program.run("/usr/bin/curl", ["-s", "--max-time", "2", "http://127.0.0.1:\(port)/"])) != nil {
        return
      }
      usleep(20_000)
    }
    throw BenchError("nothing listens on port \(port)")
  }

  // MARK: Events

  private func events() throws {
    print(
      "| clients of the event stream | events/s | slowest client to that | ms from seen to read, median | 99% "
        + "| MB/s | daemon's CPU, cores | resident MiB | cut off of those that do not read |")
    print("|---|---|---|---|---|---|---|---|---|")
    for (clients, stuck) in [(1, 0), (1000, 1)] {
      let stage = try Stage(tools, flickering: true)
      let port = stage.port + 1
      // Half of a thousand polls a second see another status than the one before.
      try stage.configure(poll: "every: 2s, slowest: 2s, rate: 1000/s, connections: 16", Self.serving(port))
      _ = try stage.register(2000)
      let daemon = try stage.daemon()
      defer { daemon.stop() }
      try Self.await(port)
      usleep(3_000_000)
      let (begun, cpu, recorded) = (Date(), daemon.cpuSeconds, try Self.figure("taskhook_events_total", port))
      let text = try Program.run(
        tools.eventClients, [String(port), String(clients + stuck), "20", String(stuck)])
      let elapsed = Date().timeIntervalSince(begun)
      let rate = Double(try Self.figure("taskhook_events_total", port) - recorded) / elapsed
      let figures = text.split(separator: " ").compactMap { Double($0.trimmingCharacters(in: .newlines)) }
      guard figures.count == 8, Int(figures[7]) == clients else {
        throw BenchError("clients were cut off: \(text)")
      }
      print(
        String(
          format: "| \(clients)\(stuck > 0 ? ", and one that does not read" : "") "
            + "| %.0f | %.2f | %.0f | %.0f | %.1f | %.2f | %.1f | %@ |", rate, figures[1] / rate, figures[4],
          figures[5], figures[3], (daemon.cpuSeconds - cpu) / elapsed,
          Double(daemon.residentBytes()) / 1_048_576,
          stuck > 0 ? "\(try Self.figure("taskhook_event_stream_cut_off_total", port)) of \(stuck)" : "–"))
      fflush(nil)
    }
  }

  /// A figure of the daemon's metrics, summed over its labels.
  static func figure(_ name: String, _ port: Int) throws -> Int {
    try Program.run("/usr/bin/curl", ["-sf", "http://127.0.0.1:\(port)/metrics"]).split(separator: "\n")
      .filter { $0.hasPrefix(name + "{") || $0.hasPrefix(name + " ") }
      .compactMap { $0.split(separator: " ").last.flatMap { Double($0) } }.reduce(0) { $0 + Int($1) }
  }
}
