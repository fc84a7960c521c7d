import Foundation

/// Deliveries that wait in the state file, and how they go out once they may, as nginx sees it: claims, requests and
/// settlements, without the polls and transactions that made them.
struct Draining {
  /// From the first webhook to the last, in deliveries a second.
  private(set) var perSecond: Double
  /// CPU time of the daemon for each delivery.
  private(set) var cpuMicroseconds: Double
  /// From the first webhook to each, in seconds; in order.
  private(set) var latencies: [Double]
  /// Length of a webhook's body.
  private(set) var bodyBytes: Int

  /// - Parameters:
  ///   - hook: the keys of the hook, which leads to nginx's `/hook`.
  init(_ tools: Tools, deliveries: Int, hook: (Stage) -> [String]) throws {
    // One goes out ahead, as the rate allows.
    let backlog = try Backlog(tools, tasks: deliveries + 1, hook: hook)
    let cpu = backlog.daemon.cpuSeconds
    try backlog.release()
    try Turning.wait(for: deliveries + 1, at: backlog.stage)
    // The last ones are settled, too.
    usleep(1_000_000)
    cpuMicroseconds = (backlog.daemon.cpuSeconds - cpu) / Double(deliveries) * 1e6
    let webhooks = try backlog.stage.lines(of: Stage.hookLog)
    let settled = try tools.delivered(backlog.stage.config, hook: "held")
    guard webhooks.count == deliveries + 1, settled.count == deliveries + 1 else {
      throw BenchError("\(webhooks.count) webhooks came, \(settled.count) are settled")
    }
    let times = webhooks.compactMap { Double($0[0]) }.sorted().dropFirst()
    guard let first = times.first, let last = times.last, last > first else {
      throw BenchError("the webhooks tell no times")
    }
    latencies = times.map { $0 - first }
    perSecond = Double(deliveries) / (last - first)
    bodyBytes = webhooks.last.flatMap { Int($0[2]) } ?? 0
  }

  /// The latency that so great a share of the webhooks keeps, in seconds.
  func latency(_ share: Double) -> Double { latencies[Int(share * Double(latencies.count - 1))] }
}
