import Foundation

/// The poll path: 10,000 tasks, a body that differs at every poll, and the same body every time; over HTTP/1.1 and
/// over HTTP/2 with TLS. Beside it, in turn and on the same server: a load generator, a bare libcurl loop, and what
/// people write in Python.
struct PollBenchmark {
  private static let tasks = 10_000
  private static let seconds = 6.0
  private static let rounds = 3

  private let tools: Tools

  init(_ tools: Tools) { self.tools = tools }

  private enum Line: CaseIterable {
    case plain, secure

    var connections: Int { self == .plain ? 64 : 2 }
    /// Requests at once.
    var streams: Int { self == .plain ? 64 : 200 }
    var title: String {
      self == .plain
        ? "HTTP/1.1, \(connections) connections"
        : "HTTP/2 over TLS, \(connections) connections of \(streams / connections) streams"
    }
  }

  func run() throws {
    let python = try Python()
    for line in Line.allCases {
      try measure(line, python)
      print("")
    }
    print("Medians of \(Self.rounds) rounds in turn; ratios are taken within each round.")
  }

  private func measure(_ line: Line, _ python: Python) throws {
    let stage = try Stage(tools, tls: line == .secure)
    let still = try Stage(tools, changing: false, tls: line == .secure)
    let url = stage.url + "/runwayml/v1/tasks/"
    let once = line == .plain ? [url, "4"] : [url, "4", stage.ca]
    let many = line == .plain ? [url, "4", "64"] : [url, "4", "64", stage.ca]
    let alone = line == .plain ? "" : ", over HTTP/1.1"
    let generator = line == .plain ? "wrk -t1 -c\(line.connections)" : "h2load -t1 -c2 -m100"
    let contenders: [(name: String, run: () throws -> LoopFigure)] = [
      (generator, { try generate(url, line) }),
      ("bare libcurl loop in C", { try bare(stage, line) }),
      ("taskhook run, every body differs", { try poll(stage, line) }),
      ("taskhook run, the same body", { try poll(still, line) }),
      (
        "the documented loop: `requests`, one call after another\(alone)",
        { try python.loop("requests-loop.py", once) }
      ),
      ("`aiohttp`, 64 connections\(alone)", { try python.loop("aiohttp-loop.py", many) }),
    ]
    var figures = contenders.map { _ in [LoopFigure]() }
    for _ in 0..<Self.rounds {
      for (index, contender) in contenders.enumerated() { figures[index].append(try contender.run()) }
    }
    let word = generator.prefix { $0 != " " }
    print(
      "| \(Self.tasks) tasks; \(line.title) | polls/s | to \(word) | to the documented loop | CPU µs a poll "
        + "| to the bare loop |")
    print("|---|---|---|---|---|---|")
    for (contender, own) in zip(contenders, figures) {
      row(contender.name, own, generator: figures[0], bare: figures[1], documented: figures[4])
    }
  }

  private func row(
    _ name: String, _ own: [LoopFigure], generator: [LoopFigure], bare: [LoopFigure], documented: [LoopFigure]
  ) {
    func ratio(_ others: [LoopFigure], _ value: KeyPath<LoopFigure, Double>, _ format: String) -> String {
      text(median(zip(own, others).map { $0[keyPath: value] / $1[keyPath: value] }), format)
    }
    func text(_ value: Double, _ format: String) -> String {
      value.isFinite ? String(format: format, value) : "–"
    }
    let cells = [
      text(median(own.map(\.perSecond)), "%.0f"), ratio(generator, \.perSecond, "%.2f"),
      ratio(documented, \.perSecond, "%.1f"), text(median(own.map(\.cpuMicroseconds)), "%.1f"),
      ratio(bare, \.cpuMicroseconds, "%.2f"),
    ]
    print("| \(name) | \(cells.joined(separator: " | ")) |")
  }

  // MARK: Those that poll

  private func generate(_ url: String, _ line: Line) throws -> LoopFigure {
    let seconds = Int(Self.seconds)
    guard line == .secure else {
      let text = try Program.run(tools.wrk, ["-t1", "-c\(line.connections)", "-d\(seconds)s", url + "x"])
      guard !text.contains("Non-2xx"),
        let line = text.split(separator: "\n").first(where: { $0.hasPrefix("Requests/sec:") }),
        let rate = Double(line.split(separator: " ").last ?? "")
      else { throw BenchError("wrk: \(text)") }
      return LoopFigure(perSecond: rate)
    }
    let each = "\(line.streams / line.connections)"
    let text = try Program.run(
      tools.h2load, ["-t1", "-c\(line.connections)", "-m\(each)", "-D\(seconds)", url + "x"])
    let words = text.split(whereSeparator: \.isWhitespace)
    // `finished in 6.00s, 51234.50 req/s, 30.50MB/s`
    guard text.contains(" 0 failed, 0 errored"), let unit = words.firstIndex(of: "req/s,"),
      let rate = Double(words[unit - 1])
    else { throw BenchError("h2load: \(text)") }
    return LoopFigure(perSecond: rate)
  }

  private func bare(_ stage: Stage, _ line: Line) throws -> LoopFigure {
    let url = stage.url + "/runwayml/v1/tasks/x"
    let loop =
      line == .plain
      ? try BareLoop(tools, url: url, connections: line.connections, seconds: Self.seconds)
      : try BareLoop(
        tools, url: url, ca: stage.ca, connections: line.connections, streams: line.streams,
        seconds: Self.seconds)
    return LoopFigure(perSecond: loop.perSecond, cpuMicroseconds: loop.cpuMicroseconds)
  }

  /// The CPU time is the whole daemon's, once every task has been seen for the first time and written to the store.
  private func poll(_ stage: Stage, _ line: Line) throws -> LoopFigure {
    try stage.configure(
      poll: "every: 10ms, slowest: 10ms, rate: 1000000/s, connections: \(line.connections)",
      """
      state: \(stage.folder.path)/\(UUID()).db
      hooks: {}
      """)
    _ = try stage.register(Self.tasks)
    let daemon = try stage.daemon()
    defer { daemon.stop() }
    let before = try stage.requests()
    while try stage.requests() - before < Self.tasks * 3 {
      guard daemon.isRunning else { throw BenchError("the daemon has ended: taskhook check \(stage.config)") }
      usleep(100_000)
    }
    let startCount = try stage.requests()
    let startCPU = daemon.cpuSeconds
    let begun = ContinuousClock.now
    usleep(UInt32(Self.seconds * 1e6))
    let count = Double(try stage.requests() - startCount)
    let elapsed = (ContinuousClock.now - begun) / .seconds(1)
    return LoopFigure(
      perSecond: count / elapsed, cpuMicroseconds: (daemon.cpuSeconds - startCPU) / count * 1e6)
  }
}

func median(_ values: [Double]) -> Double {
  let sorted = values.sorted()
  return sorted.isEmpty ? .nan : sorted[sorted.count / 2]
}
