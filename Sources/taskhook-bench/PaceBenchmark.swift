import Foundation

/// Whether tasks are polled at their pace, never earlier: 10,000 tasks once a second, as the server sees it.
struct PaceBenchmark {
  private let tools: Tools

  init(_ tools: Tools) { self.tools = tools }

  func run() throws {
    let stage = try Stage(tools, log: true)
    try stage.configure(poll: "every: 1s, rate: 1000000/s, connections: 64")
    _ = try stage.register(10_000)
    let daemon = try stage.daemon()
    usleep(12_000_000)
    daemon.stop()
    usleep(1_500_000)
    let log = try String(contentsOf: stage.folder.appendingPathComponent("access.log"), encoding: .utf8)
    var last: [Substring: Double] = [:]
    var gaps: [Double] = []
    for line in log.split(separator: "\n") where !line.hasSuffix("/status") {
      let parts = line.split(separator: " ")
      guard parts.count == 2, let time = Double(parts[0]) else { continue }
      if let earlier = last[parts[1]] { gaps.append(time - earlier) }
      last[parts[1]] = time
    }
    gaps.sort()
    guard !gaps.isEmpty else { throw BenchError("nothing was polled twice") }
    func at(_ share: Double) -> String { String(format: "%.3f", gaps[Int(share * Double(gaps.count - 1))]) }
    print("| seconds between two polls of one task, pace 1 s | least | median | 99% | most |")
    print("|---|---|---|---|---|")
    print("| \(last.count) tasks, \(gaps.count) gaps | \(at(0)) | \(at(0.5)) | \(at(0.99)) | \(at(1)) |")
  }
}
