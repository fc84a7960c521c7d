import Foundation

/// Whether a hook that hangs and one that fails slow down one that works: 5,000 tasks succeed at once, and the fast
/// hook's latency beside the two is held against what it is alone; so is the daemon's memory.
struct IsolationBenchmark {
  private static let tasks = 5000
  private static let rounds = 3

  private enum Company: String, CaseIterable {
    case none = "alone"
    case usual = "beside one that hangs and one that fails"
    /// Both of them try on at full speed.
    case wild = "the same, both without a breaker and a pause"
  }

  private let tools: Tools

  init(_ tools: Tools) { self.tools = tools }

  func run() throws {
    // Takes connections and requests, and never answers.
    let hanging = try Server.listen()
    defer { close(hanging) }
    var runs: [Company: [Turning]] = [:]
    for _ in 0..<Self.rounds {
      for company in Company.allCases {
        runs[company, default: []].append(try turn(company, hangingAt: Server.port(of: hanging)))
      }
    }
    print(
      "| \(Self.tasks) tasks succeed at once; the fast hook | ms from poll answer to receiver, median | to alone "
        + "| 99% | to alone | deliveries/s | to alone | daemon's peak MiB |")
    print("|---|---|---|---|---|---|---|---|")
    let alone = runs[.none] ?? []
    for company in Company.allCases { row(company.rawValue, runs[company] ?? [], alone) }
    print("\nMedians of \(Self.rounds) rounds in turn; ratios are taken within each round.")
  }

  private func turn(_ company: Company, hangingAt port: Int) throws -> Turning {
    try Turning(tools, tasks: Self.tasks) { stage in
      let fast = """
        hooks:
          fast:
            on: SUCCEEDED
            webhook: {url: "\(stage.url)/hook"}
        """
      if company == .none { return fast }
      let others = """

          hanging: &other
            on: SUCCEEDED
            webhook: {url: "http://127.0.0.1:\(port)/"}
        """
      let failing = """

          failing:
            <<: *other
            webhook: {url: "\(stage.url)/failing"}
        """
      let wild = """

            retry: {attempts: 1000, first: 100ms, most: 1s}
            breaker: off
        """
      return fast + others + (company == .wild ? wild : "") + failing
    }
  }

  private func row(_ name: String, _ runs: [Turning], _ alone: [Turning]) {
    func ratio(_ value: (Turning) -> Double) -> String {
      String(format: "%.2f", median(zip(runs, alone).map { value($0) / value($1) }))
    }
    func figure(_ format: String, _ value: (Turning) -> Double) -> String {
      String(format: format, median(runs.map(value)))
    }
    let cells = [
      figure("%.0f") { $0.latency(0.5) * 1000 }, ratio { $0.latency(0.5) },
      figure("%.0f") { $0.latency(0.99) * 1000 }, ratio { $0.latency(0.99) },
      figure("%.0f") { $0.perSecond }, ratio { $0.perSecond },
      figure("%.1f") { Double($0.peakBytes) / 1_048_576 },
    ]
    print("| \(name) | \(cells.joined(separator: " | ")) |")
  }
}
