import Foundation

/// The programs that measurements use.
struct Tools {
  let taskhook: String
  let nginx: String
  let wrk: String
  let h2load: String
  let bareLoop: String
  let eventClients: String

  /// The folder of the bench itself.
  static var folder: URL {
    URL(fileURLWithPath: CommandLine.arguments[0]).resolvingSymlinksInPath().deletingLastPathComponent()
  }

  /// The package that the bench belongs to.
  static var package: URL {
    URL(fileURLWithPath: #filePath).deletingLastPathComponent().appendingPathComponent("../..")
      .standardizedFileURL
  }

  /// What the measurements have in other languages.
  static var sources: URL { package.appendingPathComponent("Tests/Benchmarks") }

  static func find() throws -> Tools {
    let taskhook = folder.appendingPathComponent("taskhook").path
    return Tools(
      taskhook: taskhook, nginx: try path(of: "nginx"), wrk: try path(of: "wrk"),
      h2load: try path(of: "h2load", package: "nghttp2-client"),
      bareLoop: try compiled("bare-loop", ["-lcurl"]), eventClients: try compiled("event-clients"))
  }

  /// Builds the program as it stands, in the configuration of the bench; its folder is named after that.
  static func build() throws {
    try Program.run(
      try path(of: "swift"),
      ["build", "--package-path", package.path, "-c", folder.lastPathComponent, "--product", "taskhook"])
  }

  /// A C program of Tests/Benchmarks, compiled.
  private static func compiled(_ name: String, _ libraries: [String] = []) throws -> String {
    let program = folder.appendingPathComponent(name).path
    let source = sources.appendingPathComponent("\(name).c").path
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

  /// - Parameter package: Debian's, where it is called otherwise.
  static func path(of name: String, package: String? = nil) throws -> String {
    let folders =
      ["/usr/sbin", "/usr/bin", "/usr/local/bin", "/usr/local/sbin"]
      + (ProcessInfo.processInfo.environment["PATH"] ?? "").split(separator: ":").map(String.init)
    guard
      let path = folders.map({ $0 + "/" + name })
        .first(where: { FileManager.default.isExecutableFile(atPath: $0) })
    else { throw BenchError("\(name) is missing: apt-get install \(package ?? name)") }
    return path
  }
}
