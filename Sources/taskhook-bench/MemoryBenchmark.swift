import Foundation

/// From one task to a million: registering them, the state file, starting anew, memory, and a daemon that has little
/// to do. Each size has a state of its own; what a task costs is what is beyond a daemon with one.
struct MemoryBenchmark {
  private static let sizes = [1, 1000, 10_000, 100_000, 1_000_000]
  /// Of the daemon that has its tasks due hourly; the longer, the finer the CPU time that is seen in it.
  private static let idleSeconds = 30.0

  private let tools: Tools

  init(_ tools: Tools) { self.tools = tools }

  private struct Figure {
    var count: Int
    var registering = 0.0
    var stateBytes = 0
    /// After every task was polled once, and after the start that followed.
    var polled = Residence()
    var restarted = Residence()
    /// From the start of the process to the first answer of a poll, in seconds.
    var firstPoll = 0.0
    /// Shares of one core.
    var idleCPU = 0.0
    var bareCPU = 0.0
  }

  private struct Residence {
    var all = 0
    /// Not mapped from files.
    var own = 0
  }

  func run() throws {
    let figures = try Self.sizes.map(measure)
    guard let base = figures.first else { return }
    print(
      "| tasks | registered/s | state file, bytes a task | start to first poll, s | resident MiB, all polled once "
        + "| bytes a task beyond one | resident MiB, started anew | bytes a task beyond one "
        + "| CPU, due hourly | of it the polls' by the bare loop |")
    print("|---|---|---|---|---|---|---|---|---|---|")
    for figure in figures { row(figure, base) }
    print(
      "\nBytes a task are of what is not mapped from files; CPU is of one core. In each step every task costs, to the "
        + "step before:\n")
    print("| tasks | registering | start to first poll | resident, all polled once | state file |")
    print("|---|---|---|---|---|")
    for (small, large) in zip(figures.dropFirst(2), figures.dropFirst(3)) {
      step(from: small, to: large, base)
    }
  }

  private func measure(_ count: Int) throws -> Figure {
    var figure = Figure(count: count)
    let stage = try Stage(tools, changing: false, log: true)
    // So slow that each has its turn before the first has another.
    try configure(stage, every: "\(max(5, count / 15_000))s")
    figure.registering = try stage.register(count)
    // Of one task it is the start of the program, which the others' times are taken without.
    for _ in 0..<(count == 1 ? 8 : 0) { figure.registering = min(figure.registering, try stage.register(1)) }
    figure.stateBytes = try Self.bytes(of: stage.folder.appendingPathComponent("taskhook.db").path)
    try watch(stage, count) { daemon, _ in
      let patience = ContinuousClock.now + .seconds(300)
      while try stage.requests() < count {
        guard daemon.isRunning, ContinuousClock.now < patience else {
          throw BenchError("of \(count) tasks only \(try stage.requests()) were polled")
        }
        usleep(200_000)
      }
      usleep(4_000_000)
      figure.polled = Self.residence(of: daemon)
    }
    try configure(stage, every: "1h")
    try watch(stage, count) { daemon, firstPoll in
      figure.firstPoll = firstPoll
      usleep(5_000_000)
      figure.restarted = Self.residence(of: daemon)
      let (polls, cpu) = (try stage.requests(), daemon.cpuSeconds)
      usleep(UInt32(Self.idleSeconds * 1e6))
      figure.idleCPU = (daemon.cpuSeconds - cpu) / Self.idleSeconds
      let due = Double(try stage.requests() - polls) / Self.idleSeconds
      figure.bareCPU =
        try BareLoop(tools, url: stage.url + "/x", connections: 16, seconds: 2).cpuMicroseconds / 1e6 * due
    }
    return figure
  }

  private func configure(_ stage: Stage, every: String) throws {
    try stage.configure(poll: "every: \(every), slowest: \(every), rate: 1000000/s, connections: 16")
  }

  /// Runs a daemon; `work` is told how many seconds after its start the first poll was answered.
  private func watch(_ stage: Stage, _ count: Int, _ work: (Program, Double) throws -> Void) throws {
    // What an earlier daemon was answered is in the log by then.
    usleep(1_500_000)
    let seen = stage.pollLogBytes()
    let begun = Date().timeIntervalSince1970
    let daemon = try stage.daemon()
    defer { daemon.stop() }
    let patience = ContinuousClock.now + .seconds(120)
    while true {
      guard daemon.isRunning, ContinuousClock.now < patience else {
        throw BenchError("nothing is polled: taskhook check \(stage.config)")
      }
      if let first = try stage.firstPoll(after: seen) { return try work(daemon, first - begun) }
      usleep(200_000)
    }
  }

  private func row(_ figure: Figure, _ base: Figure) {
    let isBase = figure.count == base.count
    func beyond(_ part: KeyPath<Figure, Residence>) -> String {
      isBase ? "–" : String((figure[keyPath: part].own - base[keyPath: part].own) / figure.count)
    }
    let cells = [
      "\(figure.count)",
      isBase ? "–" : String(format: "%.0f", Double(figure.count) / figure.registering),
      isBase ? "–" : "\(figure.stateBytes / figure.count)", String(format: "%.2f", figure.firstPoll),
      Self.mebibytes(figure.polled.all), beyond(\.polled), Self.mebibytes(figure.restarted.all),
      beyond(\.restarted), String(format: "%.2f%%", figure.idleCPU * 100),
      String(format: "%.2f%%", figure.bareCPU * 100),
    ]
    print("| \(cells.joined(separator: " | ")) |")
  }

  /// What a task costs at one size, to what it costs at another.
  private func step(from small: Figure, to large: Figure, _ base: Figure) {
    func ratio(_ cost: (Figure) -> Double) -> String {
      let (first, then) = (cost(small) - cost(base), cost(large) - cost(base))
      return String(format: "%.2f", then / Double(large.count) / (first / Double(small.count)))
    }
    let cells = [
      "\(small.count) to \(large.count)", ratio(\.registering), ratio(\.firstPoll),
      ratio { Double($0.polled.own) }, ratio { Double($0.stateBytes) },
    ]
    print("| \(cells.joined(separator: " | ")) |")
  }

  private static func residence(of daemon: Program) -> Residence {
    Residence(all: daemon.residentBytes(), own: daemon.residentBytes(.anonymous))
  }

  private static func bytes(of path: String) throws -> Int {
    try FileManager.default.attributesOfItem(atPath: path)[.size] as? Int ?? 0
  }

  private static func mebibytes(_ bytes: Int) -> String { String(format: "%.1f", Double(bytes) / 1_048_576) }
}
