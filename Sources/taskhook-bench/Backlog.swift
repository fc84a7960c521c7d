import Foundation

/// A daemon with deliveries recorded and due, which a rate of one an hour holds back, until it reads a config without
/// that: the outbox at full load, and nothing else. Nothing is polled any more, since all tasks have ended.
final class Backlog {
  let stage: Stage
  let daemon: Program
  private let sections: String

  /// Its pace is far shorter than the tasks take to be polled: all of them are due all the time.
  static let poll = "every: 200ms, slowest: 200ms, rate: 1000000/s, connections: 64"
  private static let patience = 120.0

  /// - Parameters:
  ///   - hook: the keys of the hook `held`, but for its rate; each on a line of its own.
  ///   - server: whether the daemon shows its metrics, on the port after nginx's.
  init(_ tools: Tools, tasks: Int, server: Bool = false, hook: (Stage) -> [String]) throws {
    stage = try Stage(tools, changing: false)
    sections =
      (server ? "server: {listen: \"127.0.0.1:\(stage.port + 1)\"}\n" : "")
      + "hooks:\n  held:\n" + hook(stage).map { "    \($0)\n" }.joined()
    try stage.configure(poll: Self.poll, sections + "    rate: 1/h")
    _ = try stage.register(tasks)
    try stage.turn()
    daemon = try stage.daemon()
    let end = Date() + Self.patience
    while try Self.recorded(stage) < tasks {
      guard daemon.isRunning, Date() < end else { throw BenchError("deliveries are not recorded") }
      usleep(200_000)
    }
    // The last of what was told of is written, too.
    usleep(1_000_000)
  }

  /// From now on attempts are made as fast as they can be.
  func release() throws {
    try stage.configure(poll: Self.poll, sections)
    kill(daemon.pid, SIGHUP)
  }

  deinit { daemon.kill() }

  private static func recorded(_ stage: Stage) throws -> Int {
    let text = try Program.run(
      stage.tools.taskhook, ["deliveries", "-c", stage.config, "--hook", "held", "--json"])
    return text.utf8.count { $0 == UInt8(ascii: "\n") }
  }
}
