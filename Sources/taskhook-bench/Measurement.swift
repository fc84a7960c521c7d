/// What can be measured, each by a name of its own, in the order in which all of them run.
enum Measurement: String, CaseIterable {
  case adaptive
  case polls
  case pace
  case instructions
  case memory
  case outage
  case deliver
  case hooks
  case isolation
  case save
  case server
  case start

  /// Measures and prints Markdown.
  func run() throws {
    switch self {
    case .polls: try PollBenchmark(.find()).run()
    case .pace: try PaceBenchmark(.find()).run()
    case .adaptive:
      try AdaptiveBenchmark(plot: Tools.package.appendingPathComponent("examples/pace.svg").path).run()
    case .instructions: try InstructionBenchmark().run()
    case .memory: try MemoryBenchmark(.find()).run()
    case .outage: try OutageBenchmark(.find()).run()
    case .deliver: try DeliverBenchmark(.find()).run()
    case .hooks: try HooksBenchmark(.find()).run()
    case .isolation: try IsolationBenchmark(.find()).run()
    case .save: try SaveBenchmark(.find()).run()
    case .server: try ServerBenchmark(.find()).run()
    case .start: try StartBenchmark(.find()).run()
    }
  }
}
