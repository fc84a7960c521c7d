import Foundation
import Synchronization
import TestSupport
import Testing

/// The repository that these tests belong to.
enum Repository {
  static let folder = URL(fileURLWithPath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent().path

  static func text(_ path: String) throws -> String {
    try String(contentsOfFile: folder + "/" + path, encoding: .utf8)
  }
}

/// A copy of `examples/` in a folder of a test's own, and the programs it started there. All of it is gone when
/// the test is over, however it ends.
final class Examples: Sendable {
  /// A program that has run to its end.
  struct Finished: Sendable {
    /// Negative for the signal that ended it, nil where it did not end in time.
    var status: Int?
    var stdout: String
    var stderr: String
  }

  /// The program under test: beside the test bundle.
  static let taskhook: String = {
    let runner = (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")) ?? ""
    return URL(fileURLWithPath: runner).deletingLastPathComponent().appending(path: "taskhook").path
  }()

  /// A Python that has the PyPI package `standardwebhooks`.
  static let python = ProcessInfo.processInfo.environment["TASKHOOK_TEST_PYTHON"].flatMap {
    $0.isEmpty ? nil : $0
  }

  /// The copy.
  let folder: String
  private let scratch: String
  private let programs = Mutex<[ChildProcess]>([])

  static func use<T: Sendable>(_ body: (Examples) async throws -> T) async throws -> T {
    let examples = try Examples()
    let result: Result<T, any Error>
    do { result = .success(try await body(examples)) } catch { result = .failure(error) }
    for program in examples.programs.withLock({ $0 }) { await program.killGroup() }
    try? FileManager.default.removeItem(atPath: examples.scratch)
    return try result.get()
  }

  private init() throws {
    let url = FileManager.default.temporaryDirectory.appending(path: "taskhook-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
    scratch = url.resolvingSymlinksInPath().path
    folder = scratch + "/examples"
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    // What is in version control, not what somebody's trials left behind there.
    for file in [
      "alert.sh", "archive.sh", "archive.yaml", "monitoring/alerts.yaml", "monitoring/grafana-dashboard.json",
      "monitoring/prometheus.yaml", "pipeline-receiver/config.yaml",
      "pipeline-receiver/receiver.py", "pipelines/airflow.yaml", "pipelines/github-actions.yaml",
      "pipelines/gitlab.yaml", "pipelines/jenkins.yaml", "pipelines/n8n.yaml", "systemd/taskhook.service",
    ] {
      let place = URL(fileURLWithPath: folder + "/" + file)
      try FileManager.default.createDirectory(
        at: place.deletingLastPathComponent(), withIntermediateDirectories: true)
      try FileManager.default.copyItem(atPath: Repository.folder + "/examples/" + file, toPath: place.path)
      try ExecutableFile.settle(place.path)
    }
  }

  func path(_ name: String) -> String { folder + "/" + name }

  func write(_ name: String, _ text: String, mode: Int = 0o644) throws {
    let url = URL(fileURLWithPath: path(name))
    try FileManager.default.createDirectory(
      at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
    try Data(text.utf8).write(to: url)
    // Whatever umask another test has set meanwhile: it is one for all.
    try FileManager.default.setAttributes([.posixPermissions: mode], ofItemAtPath: url.path)
    if mode & 0o111 != 0 { try ExecutableFile.settle(url.path) }
  }

  /// A file's bytes; nil where there is none.
  func bytes(_ name: String) -> [UInt8]? { FileManager.default.contents(atPath: path(name)).map(Array.init) }

  func text(_ name: String) -> String? { bytes(name).map { String(decoding: $0, as: UTF8.self) } }

  /// The files below a folder, hidden ones too, sorted.
  func files(_ name: String) -> [String] {
    let all = FileManager.default.enumerator(atPath: path(name))?.compactMap { $0 as? String } ?? []
    return all.filter {
      var isFolder: ObjCBool = false
      return FileManager.default.fileExists(atPath: path(name) + "/" + $0, isDirectory: &isFolder)
        && !isFolder.boolValue
    }.sorted()
  }

  // MARK: Programs

  /// Starts a program in the copy, or a folder below it; it runs on until it ends by itself or the test does.
  /// Nothing of the test runner's environment, which may name proxies, reaches it.
  func start(
    _ program: String, _ arguments: [String], in place: String = ".", env: [String: String] = [:],
    stdin: String = ""
  ) throws -> ChildProcess {
    let environment = ["PATH": "/usr/local/bin:/usr/bin:/bin", "HOME": scratch, "LANG": "C.UTF-8"]
    let number = programs.withLock { $0.count }
    let outputs = "\(scratch)/program-\(number)"
    try Data(stdin.utf8).write(to: URL(fileURLWithPath: outputs + ".in"))
    let started = try ChildProcess(
      program.hasPrefix("/") ? program : path(program), arguments,
      environment: environment.merging(env) { $1 }, folder: path(place), stdin: outputs + ".in",
      outputs: outputs)
    programs.withLock { $0.append(started) }
    return started
  }

  /// Runs a program to its end.
  @discardableResult
  func run(
    _ program: String, _ arguments: String..., in place: String = ".", env: [String: String] = [:],
    stdin: String = "", within limit: Duration = .seconds(60)
  ) async throws -> Finished {
    let started = try start(program, arguments, in: place, env: env, stdin: stdin)
    return await finish(started, within: limit)
  }

  /// Waits for a program's end.
  func finish(_ program: ChildProcess, within limit: Duration = .seconds(60)) async -> Finished {
    let status: Int? =
      switch await program.wait(within: limit) {
      case .exited(let code): Int(code)
      case .killed(let signal): -Int(signal)
      case nil: nil
      }
    return Finished(status: status, stdout: program.stdout, stderr: program.stderr)
  }

  /// Starts `taskhook run` and waits until it watches.
  func daemon(
    _ config: String, env: [String: String], sourceLocation: SourceLocation = #_sourceLocation
  ) async throws -> ChildProcess {
    let daemon = try start(Self.taskhook, ["run", "-c", path(config)], env: env)
    await eventually("the daemon did not start", sourceLocation: sourceLocation) {
      daemon.stderr.contains(#""message":"watching""#) || !daemon.isRunning
    }
    if !daemon.isRunning { Issue.record("\(daemon.stderr)", sourceLocation: sourceLocation) }
    return daemon
  }

  /// Asks a program to stop, and expects it to do so in good order.
  func stop(_ program: ChildProcess, sourceLocation: SourceLocation = #_sourceLocation) async {
    program.signal(SIGTERM)
    let finished = await finish(program)
    #expect(finished.status == 0, "\(finished.stderr.suffix(2000))", sourceLocation: sourceLocation)
  }

  /// `taskhook deliveries`: the state of each and what was tried.
  func deliveries(_ config: String) async throws -> [[String: Any]] {
    let told = try await run(Self.taskhook, "deliveries", "-c", path(config), "--json")
    return try told.stdout.split(separator: "\n").map {
      try #require(JSONSerialization.jsonObject(with: Data($0.utf8)) as? [String: Any])
    }
  }

  /// Whether any process of this machine shows `text` on its command line.
  static func isOnACommandLine(_ text: String) -> Bool {
    let processes = (try? FileManager.default.contentsOfDirectory(atPath: "/proc")) ?? []
    return processes.contains { name in
      guard Int(name) != nil, let line = FileManager.default.contents(atPath: "/proc/\(name)/cmdline") else {
        return false
      }
      return line.range(of: Data(text.utf8)) != nil
    }
  }
}
