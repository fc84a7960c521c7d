import Foundation

/// Resident memory of a daemon at rest, registering, and what a task costs in the state file.
struct MemoryBenchmark {
  private let tools: Tools

  init(_ tools: Tools) { self.tools = tools }

  func run() throws {
    print(
      "| tasks | resident MiB | of it not mapped from files | bytes a task beyond one "
        + "| state file, bytes a task | registered a second |")
    print("|---|---|---|---|---|---|")
    var base = 0
    for count in [1, 100_000] {
      let stage = try Stage(tools, changing: false)
      try stage.write(
        config: """
          log: {level: error}
          sources:
            api:
              provider: runway
              base_url: \(stage.url)
              poll: {every: 1h, slowest: 1h, rate: 1000000/s, connections: 16}
          hooks: {}
          """)
      let seconds = try stage.register(count)
      let state = stage.folder.appendingPathComponent("taskhook.db").path
      let size = try FileManager.default.attributesOfItem(atPath: state)[.size] as? Int ?? 0
      let daemon = try stage.daemon()
      defer { daemon.stop() }
      usleep(8_000_000)
      let resident = daemon.residentBytes()
      let own = daemon.residentBytes(.anonymous)
      if count == 1 { base = resident }
      let perTask = count == 1 ? "–" : String((resident - base) / count)
      let file = count == 1 ? "–" : String(size / count)
      let rate = count == 1 ? "–" : String(Int(Double(count) / seconds))
      print(
        "| \(count) | \(Self.mebibytes(resident)) | \(Self.mebibytes(own)) | \(perTask) | \(file) | \(rate) |"
      )
    }
  }

  private static func mebibytes(_ bytes: Int) -> String { String(format: "%.1f", Double(bytes) / 1_048_576) }
}
