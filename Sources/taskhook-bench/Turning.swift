import Foundation

/// Many tasks that succeed at once, and what becomes of the webhooks that follow, as nginx sees it.
struct Turning {
  /// From the first poll that told of a success to the last webhook, in deliveries a second.
  private(set) var perSecond: Double
  /// CPU time of the daemon for each task: the poll that told of it, the store, the webhook.
  private(set) var cpuMicroseconds: Double
  /// From the answer of the poll to that of the webhook, in seconds, each of them; in order.
  private(set) var latencies: [Double]
  /// The most memory that the daemon had resident so far, in bytes.
  private(set) var peakBytes: Int
  /// Length of a webhook's body.
  private(set) var bodyBytes: Int

  /// What has not come by then, will not.
  private static let patience = 120.0

  /// - Parameters:
  ///   - hooks: the section of the config; the hook `fast` alone leads to nginx's `/hook`.
  init(_ tools: Tools, tasks: Int, hooks: (Stage) -> String) throws {
    let stage = try Stage(tools, changing: false)
    try stage.configure(poll: Backlog.poll, hooks(stage))
    _ = try stage.register(tasks)
    let daemon = try stage.daemon()
    defer { daemon.kill() }
    // Past the first sight of every task, which is written to the store.
    let before = try stage.requests()
    while try stage.requests() - before < tasks * 3 {
      guard daemon.isRunning else { throw BenchError("the daemon has ended: taskhook check \(stage.config)") }
      usleep(100_000)
    }
    let cpu = daemon.cpuSeconds
    try stage.turn()
    try Self.wait(for: tasks, at: stage)
    // The last ones are settled, too.
    usleep(1_000_000)
    cpuMicroseconds = (daemon.cpuSeconds - cpu) / Double(tasks) * 1e6
    peakBytes = daemon.residentBytes(.peak)
    daemon.kill()

    let webhooks = try stage.lines(of: Stage.hookLog)
    var polled: [String: Double] = [:]
    for line in try stage.lines(of: Stage.turnLog) {
      if let id = line[1].split(separator: "/").last { polled[String(id)] = Double(line[0]) }
    }
    let settled = try tools.delivered(stage.config, hook: "fast")
    guard webhooks.count == tasks, settled.count == tasks, polled.count == tasks else {
      throw BenchError(
        "of \(tasks) tasks \(polled.count) turned, \(webhooks.count) webhooks came, \(settled.count) are settled"
      )
    }
    let times = webhooks.compactMap { line -> (sent: Double, polled: Double)? in
      guard let sent = Double(line[0]), let task = settled[String(line[1])], let begun = polled[task] else {
        return nil
      }
      return (sent, begun)
    }
    latencies = times.map { $0.sent - $0.polled }.sorted()
    perSecond =
      Double(times.count) / ((times.map(\.sent).max() ?? .nan) - (times.map(\.polled).min() ?? .nan))
    bodyBytes = webhooks.first.flatMap { Int($0[2]) } ?? 0
    guard times.count == tasks else { throw BenchError("webhooks of other tasks came") }
  }

  /// The latency that so great a share of the webhooks keeps, in seconds.
  func latency(_ share: Double) -> Double { latencies[Int(share * Double(latencies.count - 1))] }

  /// The log's lines are all of one length, so that it need not be read as a whole meanwhile.
  static func wait(for count: Int, at stage: Stage) throws {
    let file = try FileHandle(forReadingFrom: stage.folder.appendingPathComponent(Stage.hookLog))
    let end = Date() + patience
    while Date() < end {
      usleep(50_000)
      let size = try file.seekToEnd()
      try file.seek(toOffset: 0)
      let start = try file.read(upToCount: 1024) ?? Data()
      if let line = start.firstIndex(of: UInt8(ascii: "\n")), size >= UInt64((line + 1) * count) { return }
    }
    throw BenchError("the webhooks of \(count) tasks did not come within \(patience) s")
  }
}
