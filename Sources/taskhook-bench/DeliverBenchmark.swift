import Foundation

/// The outbox at full load, beside a bare libcurl loop that posts bodies of the same length, in turn: 10,000 tasks that
/// succeed at once, each with a webhook to nginx on the same machine, all of it written to the state file; and as many
/// deliveries that wait there already.
struct DeliverBenchmark {
  private static let tasks = 10_000
  private static let connections = 64
  private static let rounds = 3
  private static let bareSeconds = 4
  private static let secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"

  private let tools: Tools

  init(_ tools: Tools) { self.tools = tools }

  private struct Figure {
    var perSecond: Double
    var cpuMicroseconds: Double
    var median = Double.nan
    var late = Double.nan
    /// Length of a webhook's body.
    var bodyBytes: Int
  }

  func run() throws {
    try table("tasks succeed at once", latency: "ms from poll answer to receiver") { signed in
      let turning = try Turning(tools, tasks: Self.tasks) { stage in
        (["hooks:", "  fast:"] + Self.hook(stage, signed: signed).map { "    \($0)" }).joined(separator: "\n")
      }
      return Figure(
        perSecond: turning.perSecond, cpuMicroseconds: turning.cpuMicroseconds,
        median: turning.latency(0.5), late: turning.latency(0.99), bodyBytes: turning.bodyBytes)
    }
    print("")
    try table("deliveries wait", latency: "ms from the first webhook") { signed in
      let draining = try Draining(tools, deliveries: Self.tasks) { Self.hook($0, signed: signed) }
      return Figure(
        perSecond: draining.perSecond, cpuMicroseconds: draining.cpuMicroseconds,
        median: draining.latency(0.5), late: draining.latency(0.99), bodyBytes: draining.bodyBytes)
    }
    print("\nMedians of \(Self.rounds) rounds in turn; ratios are taken within each round.")
  }

  /// The keys of a hook that leads to nginx.
  private static func hook(_ stage: Stage, signed: Bool) -> [String] {
    [
      "on: SUCCEEDED",
      "webhook: {url: \"\(stage.url)/hook\"\(signed ? ", secret: \(secret)" : "")}",
      "concurrency: \(connections)",
    ]
  }

  private func table(_ title: String, latency: String, measure: (_ signed: Bool) throws -> Figure) throws {
    var bare: [Figure] = []
    var plain: [Figure] = []
    var signed: [Figure] = []
    var bytes = 0
    for _ in 0..<Self.rounds {
      let figure = try measure(false)
      bytes = figure.bodyBytes
      plain.append(figure)
      signed.append(try measure(true))
      bare.append(try runBare(bytes: bytes))
    }
    print(
      "| \(Self.tasks) \(title); \(Self.connections) connections, bodies of \(bytes) bytes "
        + "| deliveries/s | to the bare loop | CPU µs a delivery | to the bare loop | \(latency), median | 99% |"
    )
    print("|---|---|---|---|---|---|---|")
    row("bare libcurl loop in C, posting", bare, bare)
    row("taskhook run", plain, bare)
    row("taskhook run, signed", signed, bare)
  }

  private func runBare(bytes: Int) throws -> Figure {
    let stage = try Stage(tools)
    let loop = try BareLoop(
      tools, url: stage.url + "/hook", connections: Self.connections, seconds: Double(Self.bareSeconds),
      bytes: bytes)
    return Figure(perSecond: loop.perSecond, cpuMicroseconds: loop.cpuMicroseconds, bodyBytes: bytes)
  }

  private func row(_ name: String, _ figures: [Figure], _ bare: [Figure]) {
    func text(_ value: Double, _ format: String) -> String {
      value.isFinite ? String(format: format, value) : "–"
    }
    let toRate = median(zip(figures, bare).map { $0.perSecond / $1.perSecond })
    let toCPU = median(zip(figures, bare).map { $0.cpuMicroseconds / $1.cpuMicroseconds })
    let cells = [
      text(median(figures.map(\.perSecond)), "%.0f"), text(toRate, "%.2f"),
      text(median(figures.map(\.cpuMicroseconds)), "%.1f"), text(toCPU, "%.2f"),
      text(median(figures.map(\.median)) * 1000, "%.0f"), text(median(figures.map(\.late)) * 1000, "%.0f"),
    ]
    print("| \(name) | \(cells.joined(separator: " | ")) |")
  }
}
