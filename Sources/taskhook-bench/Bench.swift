import Foundation

/// The measurements. Every figure that matters is a ratio to something else measured in the same run.
///
///   swift run -c release taskhook-bench [polls] [pace] [memory] [outage] [deliver] [isolation] [save] [server] [adaptive [PLOT.svg]]
///
/// Needs nginx, wrk and a C compiler with libcurl's headers, but for `adaptive`, which is a simulation and writes its plot
/// to examples/pace.svg where no other place is told. Traffic stays on loopback.
@main
struct Bench {
  static func main() async {
    do {
      let arguments = CommandLine.arguments
      if arguments.count == 3, arguments[1] == HelloWorld.command, let port = Int(arguments[2]) {
        return try await HelloWorld.serve(port: port)
      }
      try measure()
    } catch {
      fflush(nil)
      FileHandle.standardError.write(Data("\(error)\n".utf8))
      exit(1)
    }
  }

  private static func measure() throws {
    let all = ["polls", "pace", "memory", "outage", "deliver", "isolation", "save", "server", "adaptive"]
    var chosen = CommandLine.arguments.dropFirst()
    var plot = "examples/pace.svg"
    if let last = chosen.last, last.hasSuffix(".svg") { plot = chosen.removeLast() }
    if let unknown = chosen.first(where: { !all.contains($0) }) {
      print("unknown measurement \(unknown); there are: \(all.joined(separator: ", "))")
      exit(64)
    }
    if Array(chosen) == ["adaptive"] {
      print("## adaptive\n")
      return try AdaptiveBenchmark(plot: plot).run()
    }
    let tools = try Tools.find()
    for name in all where chosen.isEmpty || chosen.contains(name) {
      print("## \(name)\n")
      switch name {
      case "polls": try PollBenchmark(tools).run()
      case "pace": try PaceBenchmark(tools).run()
      case "outage": try OutageBenchmark(tools).run()
      case "deliver": try DeliverBenchmark(tools).run()
      case "isolation": try IsolationBenchmark(tools).run()
      case "save": try SaveBenchmark(tools).run()
      case "adaptive": try AdaptiveBenchmark(plot: plot).run()
      case "server": try ServerBenchmark(tools).run()
      default: try MemoryBenchmark(tools).run()
      }
      print("")
      fflush(nil)
    }
  }
}

/// The programs that measurements use.
struct Tools {
  let taskhook: String
  let nginx: String
  let wrk: String
  let bareLoop: String
  let eventClients: String

  static func find() throws -> Tools {
    let folder = URL(fileURLWithPath: CommandLine.arguments[0]).resolvingSymlinksInPath()
      .deletingLastPathComponent()
    let taskhook = folder.appendingPathComponent("taskhook").path
    guard FileManager.default.isExecutableFile(atPath: taskhook) else {
      throw BenchError("\(taskhook) is missing: swift build -c release first")
    }
    return Tools(
      taskhook: taskhook, nginx: try path(of: "nginx"), wrk: try path(of: "wrk"),
      bareLoop: try compiled("bare-loop", into: folder, ["-lcurl"]),
      eventClients: try compiled("event-clients", into: folder))
  }

  /// A C program of Tests/Benchmarks, compiled.
  private static func compiled(_ name: String, into folder: URL, _ libraries: [String] = []) throws -> String
  {
    let source = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
      .appendingPathComponent("../../Tests/Benchmarks/\(name).c").standardizedFileURL.path
    let program = folder.appendingPathComponent(name).path
    try Program.run("/usr/bin/cc", ["-O2", "-o", program, source] + libraries)
    return program
  }

  /// The deliveries that the state file has as delivered: of each id the task.
  func delivered(_ config: String, hook: String) throws -> [String: String] {
    let text = try Program.run(
      taskhook, ["deliveries", "-c", config, "--hook", hook, "--state", "delivered", "--json"])
    var tasks: [String: String] = [:]
    for line in text.split(separator: "\n") {
      let row = try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any]
      if let id = row?["id"] as? String { tasks[id] = row?["task"] as? String }
    }
    return tasks
  }

  private static func path(of name: String) throws -> String {
    let folders = ["/usr/sbin", "/usr/bin", "/usr/local/bin", "/usr/local/sbin"]
    guard
      let path = folders.map({ $0 + "/" + name })
        .first(where: { FileManager.default.isExecutableFile(atPath: $0) })
    else { throw BenchError("\(name) is missing") }
    return path
  }
}

struct BenchError: Error, CustomStringConvertible {
  let description: String

  init(_ description: String) { self.description = description }
}
