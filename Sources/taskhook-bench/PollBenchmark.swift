import Foundation

/// The poll path: 10,000 tasks, a body that differs at every poll, and the same body every time; beside wrk and
/// a bare libcurl loop on the same server, in turn.
struct PollBenchmark {
  private let tools: Tools
  private let seconds = 6.0
  private let rounds = 3
  private let connections = 64

  init(_ tools: Tools) { self.tools = tools }

  private struct Figure {
    var perSecond: Double
    var cpuMicroseconds: Double
  }

  func run() throws {
    var wrk: [Figure] = []
    var bare: [Figure] = []
    var changing: [Figure] = []
    var same: [Figure] = []
    let stage = try Stage(tools)
    let still = try Stage(tools, changing: false)
    for _ in 0..<rounds {
      wrk.append(try runWrk(stage.url))
      bare.append(try runBare(stage.url))
      changing.append(try runTaskhook(stage))
      same.append(try runTaskhook(still))
    }
    print(
      "| 10,000 tasks, \(connections) connections, HTTP/1.1 | polls/s | to wrk | CPU µs a poll | to the bare loop |"
    )
    print("|---|---|---|---|---|")
    row("wrk -t1 -c\(connections)", wrk, wrk, bare)
    row("bare libcurl loop in C", bare, wrk, bare)
    row("taskhook run, every body differs", changing, wrk, bare)
    row("taskhook run, the same body", same, wrk, bare)
    print("\nMedians of \(rounds) rounds in turn; ratios are taken within each round.")
  }

  private func row(_ name: String, _ figures: [Figure], _ wrk: [Figure], _ bare: [Figure]) {
    let rate = median(figures.map(\.perSecond))
    let cpu = median(figures.map(\.cpuMicroseconds))
    let toWrk = median(zip(figures, wrk).map { $0.perSecond / $1.perSecond })
    let toBare = median(zip(figures, bare).map { $0.cpuMicroseconds / $1.cpuMicroseconds })
    func text(_ value: Double, _ format: String) -> String {
      value.isFinite ? String(format: format, value) : "–"
    }
    print(
      "| \(name) | \(text(rate, "%.0f")) | \(text(toWrk, "%.2f")) | \(text(cpu, "%.1f")) | \(text(toBare, "%.2f")) |"
    )
  }

  private func runWrk(_ url: String) throws -> Figure {
    let text = try Program.run(
      tools.wrk, ["-t1", "-c\(connections)", "-d\(Int(seconds))s", url + "/runwayml/v1/tasks/x"])
    guard let line = text.split(separator: "\n").first(where: { $0.hasPrefix("Requests/sec:") }),
      let rate = Double(line.split(separator: " ").last ?? "")
    else { throw BenchError("wrk tells no rate") }
    return Figure(perSecond: rate, cpuMicroseconds: .nan)
  }

  private func runBare(_ url: String) throws -> Figure {
    let loop = try BareLoop(
      tools, url: url + "/runwayml/v1/tasks/x", connections: connections, seconds: seconds)
    return Figure(perSecond: loop.perSecond, cpuMicroseconds: loop.cpuMicroseconds)
  }

  private func runTaskhook(_ stage: Stage) throws -> Figure {
    try stage.write(
      config: """
        state: \(stage.folder.path)/\(UUID()).db
        log: {level: error}
        sources:
          api:
            provider: runway
            base_url: \(stage.url)
            poll: {every: 10ms, slowest: 10ms, rate: 1000000/s, connections: \(connections)}
        hooks: {}
        """)
    _ = try stage.register(10_000)
    let daemon = try stage.daemon()
    defer { daemon.stop() }
    // Past the first sight of every task, which is written to the store.
    let before = try stage.requests()
    while try stage.requests() - before < 30_000 {
      guard daemon.isRunning else { throw BenchError("the daemon has ended: taskhook check \(stage.config)") }
      usleep(100_000)
    }
    let startCount = try stage.requests()
    let startCPU = daemon.cpuSeconds
    let begun = Date()
    usleep(UInt32(seconds * 1e6))
    let count = Double(try stage.requests() - startCount)
    let elapsed = Date().timeIntervalSince(begun)
    return Figure(
      perSecond: count / elapsed, cpuMicroseconds: (daemon.cpuSeconds - startCPU) / count * 1e6)
  }
}

func median(_ values: [Double]) -> Double {
  let sorted = values.sorted()
  return sorted.isEmpty ? .nan : sorted[sorted.count / 2]
}
