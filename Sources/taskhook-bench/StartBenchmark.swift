import Foundation

/// What it costs to have the program: how long it takes to start beside curl, what it is made of, and what a daemon
/// holds that has nothing to do.
struct StartBenchmark {
  private static let starts = 200
  /// Libraries of the C library itself, which every program has.
  private static let ofEveryProgram = ["libc.so", "libm.so", "ld-linux"]

  private let tools: Tools

  init(_ tools: Tools) { self.tools = tools }

  func run() throws {
    let curl = try Tools.path(of: "curl")
    var own: [Double] = []
    var others: [Double] = []
    // The first ones bring the files into memory.
    for round in 0..<(Self.starts + 10) {
      let (mine, its) = (try milliseconds(tools.taskhook), try milliseconds(curl))
      if round >= 10 {
        own.append(mine)
        others.append(its)
      }
    }
    let ratio = median(zip(own, others).map { $0 / $1 })
    let idle = try atRest()
    print(
      """
      | start and size | |
      |---|---|
      | `taskhook --version` to `curl --version` | \(String(format: "%.2f", ratio)) |
      | of these the former, ms | \(String(format: "%.1f", median(own))) |
      | the binary, MiB | \(Self.mebibytes(try Self.bytes(of: tools.taskhook))) |
      | of that without names of functions (`strip`), MiB | \(Self.mebibytes(try stripped())) |
      | libraries it needs beside the C library | \(try libraries().joined(separator: ", ")) |
      | resident, a daemon with one source and one hook at rest, MiB | \(Self.mebibytes(idle.all)) |
      | of that not mapped from files, MiB | \(Self.mebibytes(idle.own)) |

      Medians of \(Self.starts) starts of each, in turn.
      """)
  }

  private func milliseconds(_ program: String) throws -> Double {
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    posix_spawn_file_actions_addopen(&actions, 1, "/dev/null", O_WRONLY, 0)
    var arguments: [UnsafeMutablePointer<CChar>?] = [strdup(program), strdup("--version"), nil]
    defer { for argument in arguments { free(argument) } }
    var pid: pid_t = 0
    var status: Int32 = 0
    let begun = ContinuousClock.now
    guard posix_spawn(&pid, program, &actions, nil, &arguments, environ) == 0,
      waitpid(pid, &status, 0) == pid, status == 0
    else { throw BenchError("\(program) --version does not work") }
    return (ContinuousClock.now - begun) / .milliseconds(1)
  }

  /// Resident bytes of a daemon some seconds after its start: all, and those that are its own.
  private func atRest() throws -> (all: Int, own: Int) {
    let stage = try Stage(tools)
    try stage.configure(
      poll: "every: 6s",
      """
      hooks:
        pipeline: {on: SUCCEEDED, webhook: {url: "\(stage.url)/hook"}}
      """)
    let daemon = try stage.daemon()
    defer { daemon.stop() }
    usleep(8_000_000)
    return (daemon.residentBytes(), daemon.residentBytes(.anonymous))
  }

  private func stripped() throws -> Int {
    let folder = try Folder()
    let copy = folder.path + "/taskhook"
    try Program.run(try Tools.path(of: "strip", package: "binutils"), ["-o", copy, tools.taskhook])
    return try Self.bytes(of: copy)
  }

  private func libraries() throws -> [String] {
    let text = try Program.run(
      try Tools.path(of: "readelf", package: "binutils"), ["-d", "-W", tools.taskhook])
    return text.split(separator: "\n").filter { $0.contains("(NEEDED)") }
      .compactMap { $0.split(separator: "[").last?.split(separator: "]").first.map(String.init) }
      .filter { name in !Self.ofEveryProgram.contains { name.hasPrefix($0) } }
  }

  private static func bytes(of path: String) throws -> Int {
    try FileManager.default.attributesOfItem(atPath: path)[.size] as? Int ?? 0
  }

  private static func mebibytes(_ bytes: Int) -> String { String(format: "%.1f", Double(bytes) / 1_048_576) }
}
