import Foundation

/// Programs run by hooks at full load, each of thousands of events with a run of its own, all of it written to the
/// state file; beside `xargs`, which runs the same program as often, as many at once, and forgets what came of it.
struct HooksBenchmark {
  private static let runs = 4000
  private static let atOnce = 4
  private static let rounds = 3
  private static let patience = 120.0

  /// A program, as a hook has it and as `xargs` has it. There its input is a file, whose name is the last argument.
  private struct Case {
    var name: String
    var hook: String
    var xargs: [String]
  }

  private static let cases = [
    Case(name: "`/bin/true`", hook: "[/bin/true]", xargs: ["/bin/true"]),
    Case(
      name: "`sh -c 'cat > /dev/null'`, the task's JSON on its standard input", hook: "cat > /dev/null",
      xargs: ["/bin/sh", "-c", "cat > /dev/null < \"$0\""]),
  ]

  private let tools: Tools

  init(_ tools: Tools) { self.tools = tools }

  private struct Figure {
    var perSecond: Double
    /// CPU time of the daemon for each run, without that of what it runs.
    var cpuMicroseconds: Double
    var bare: Double
  }

  func run() throws {
    print(
      "| \(Self.runs) runs, \(Self.atOnce) at once | runs/s | `xargs -P\(Self.atOnce)`, runs/s | to xargs "
        + "| daemon's CPU µs a run |")
    print("|---|---|---|---|---|")
    for program in Self.cases {
      var figures: [Figure] = []
      for _ in 0..<Self.rounds { figures.append(try measure(program)) }
      print(
        String(
          format: "| %@ | %.0f | %.0f | %.2f | %.0f |", program.name, median(figures.map(\.perSecond)),
          median(figures.map(\.bare)), median(figures.map { $0.perSecond / $0.bare }),
          median(figures.map(\.cpuMicroseconds))))
    }
    print("\nMedians of \(Self.rounds) rounds, each beside xargs; ratios are taken within each round.")
  }

  private func measure(_ program: Case) throws -> Figure {
    let backlog = try Backlog(tools, tasks: Self.runs + 1, server: true) { _ in
      ["on: SUCCEEDED", "run: \(program.hook)", "concurrency: \(Self.atOnce)"]
    }
    let before = try Self.delivered(backlog)
    let cpu = backlog.daemon.cpuSeconds
    try backlog.release()
    let begun = Date()
    var (runs, elapsed) = (0, 0.0)
    while true {
      // Not often: asking takes time from what is measured.
      usleep(250_000)
      let count = try Self.delivered(backlog) - before
      let now = Date().timeIntervalSince(begun)
      guard now < Self.patience else { throw BenchError("\(program.name) was not run often enough") }
      if count >= Self.runs { break }
      (runs, elapsed) = (count, now)
    }
    guard runs > 0 else { throw BenchError("\(program.name) was run too fast to be measured") }
    let used = backlog.daemon.cpuSeconds - cpu
    return Figure(
      perSecond: Double(runs) / elapsed, cpuMicroseconds: used / Double(Self.runs) * 1e6,
      bare: try xargs(program))
  }

  /// Runs a second of `xargs` alone, from its start to its end.
  private func xargs(_ program: Case) throws -> Double {
    let folder = try Folder()
    let input = folder.path + "/task.json"
    // As long as the task that the hook gets.
    try String(repeating: "x", count: 420).write(toFile: input, atomically: false, encoding: .utf8)
    let inputs = String(repeating: input + "\n", count: Self.runs)
    let begun = Date()
    try Program.run(
      "/usr/bin/xargs", ["-P\(Self.atOnce)", "-n1"] + program.xargs, stdin: inputs)
    return Double(Self.runs) / Date().timeIntervalSince(begun)
  }

  /// How many attempts have delivered, as the daemon's metrics have it.
  private static func delivered(_ backlog: Backlog) throws -> Int {
    try ServerBenchmark.figure("taskhook_delivery_attempts_total", backlog.stage.port + 1)
  }
}
