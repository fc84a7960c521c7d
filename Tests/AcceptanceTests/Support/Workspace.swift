import Foundation
import Synchronization
import TestSupport
import Testing

/// A folder of a test's own, with its config, and the processes it started there. All of it is gone when the
/// test is over, however it ends.
final class Workspace: Sendable {
  /// A command that has run to its end.
  struct Finished: Sendable {
    /// Its exit code; negative for the signal that ended it, nil where it did not end in time.
    var status: Int?
    var stdout: String
    var stderr: String
  }

  let folder: String
  private let processes = Mutex<[ChildProcess]>([])

  /// Runs a test in a workspace. Only so many at once: processes that share two cores wait for each other.
  static func use<T: Sendable>(_ body: (Workspace) async throws -> T) async throws -> T {
    await Slots.shared.enter()
    let workspace: Workspace
    do { workspace = try Workspace() } catch {
      await Slots.shared.leave()
      throw error
    }
    let result: Result<T, any Error>
    do { result = .success(try await body(workspace)) } catch { result = .failure(error) }
    await workspace.end()
    await Slots.shared.leave()
    return try result.get()
  }

  private init() throws {
    let url = FileManager.default.temporaryDirectory.appending(path: "taskhook-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
    folder = url.resolvingSymlinksInPath().path
  }

  private func end() async {
    let processes = processes.withLock { $0 }
    for process in processes { await process.killHard() }
    try? FileManager.default.removeItem(atPath: folder)
  }

  // MARK: Files

  func path(_ name: String) -> String { folder + "/" + name }

  @discardableResult
  func write(_ name: String, _ text: String, mode: Int = 0o600) throws -> String {
    try write(name, bytes: Array(text.utf8), mode: mode)
  }

  @discardableResult
  func write(_ name: String, bytes: [UInt8], mode: Int = 0o600) throws -> String {
    let path = path(name)
    try Data(bytes).write(to: URL(fileURLWithPath: path))
    try FileManager.default.setAttributes([.posixPermissions: mode], ofItemAtPath: path)
    if mode & 0o111 != 0 { try ExecutableFile.settle(path) }
    return path
  }

  /// Appends to a file as another program would, making it where there is none.
  func append(_ name: String, _ text: String) throws {
    if !FileManager.default.fileExists(atPath: path(name)) { try write(name, "") }
    let file = try FileHandle(forWritingTo: URL(fileURLWithPath: path(name)))
    try file.seekToEnd()
    try file.write(contentsOf: Data(text.utf8))
    try file.close()
  }

  /// The text of a file; empty where there is none.
  func read(_ name: String) -> String {
    FileManager.default.contents(atPath: path(name)).map { String(decoding: $0, as: UTF8.self) } ?? ""
  }

  /// Writes `config.yaml`, which commands take without `-c`, as they run in this folder.
  func config(_ text: String) throws { try write("config.yaml", text) }

  // MARK: Processes

  /// Starts `taskhook` with these arguments; it runs on until it ends by itself, or the test does.
  func start(_ arguments: [String], env: [String: String] = [:], stdin: String? = nil) throws -> ChildProcess
  {
    try start(program: Taskhook.path, arguments, env: env, stdin: stdin)
  }

  func start(
    program: String, _ arguments: [String], env: [String: String] = [:], stdin: String? = nil
  ) throws -> ChildProcess {
    let number = processes.withLock { $0.count + 1 }
    let input = try stdin.map { try write("process-\(number).in", $0) }
    // Nothing of the test runner's environment, which may name proxies.
    let environment = ["PATH": "/usr/local/bin:/usr/bin:/bin", "HOME": folder].merging(env) { $1 }
    let process = try ChildProcess(
      program, arguments, environment: environment, folder: folder, stdin: input,
      outputs: path("process-\(number)"))
    processes.withLock { $0.append(process) }
    return process
  }

  /// Runs `taskhook` with these arguments to its end.
  @discardableResult
  func run(
    _ arguments: String..., env: [String: String] = [:], stdin: String? = nil,
    within limit: Duration = .seconds(60)
  ) async throws -> Finished {
    try await finish(try start(arguments, env: env, stdin: stdin), within: limit)
  }

  /// Waits for the end of a process.
  func finish(_ process: ChildProcess, within limit: Duration = .seconds(60)) async throws -> Finished {
    let status: Int? =
      switch await process.wait(within: limit) {
      case .exited(let code): Int(code)
      case .killed(let signal): -Int(signal)
      case nil: nil
      }
    return Finished(status: status, stdout: process.stdout, stderr: process.stderr)
  }

  /// Starts `taskhook run` and waits until it watches.
  func daemon(
    env: [String: String] = [:], sourceLocation: SourceLocation = #_sourceLocation
  ) async throws -> ChildProcess {
    let process = try start(["run"], env: env)
    await eventually("the daemon did not start", sourceLocation: sourceLocation) {
      process.stderr.contains(#""message":"watching""#) || !process.isRunning
    }
    if !process.isRunning { Issue.record("\(process.stderr)", sourceLocation: sourceLocation) }
    return process
  }

  /// Asks a daemon to stop, and expects it to do so in good order.
  func stop(_ daemon: ChildProcess, sourceLocation: SourceLocation = #_sourceLocation) async {
    daemon.signal(SIGTERM)
    let ending = await daemon.wait(within: .seconds(30))
    #expect(ending == .exited(0), "\(daemon.stderr.suffix(2000))", sourceLocation: sourceLocation)
  }

  // MARK: What the program tells

  /// `taskhook COMMAND --json`, its lines.
  func json(_ arguments: String..., sourceLocation: SourceLocation = #_sourceLocation) async throws -> [JSON]
  {
    let finished = try await finish(try start([arguments[0], "--json"] + arguments.dropFirst()))
    #expect(finished.status == 0, "\(finished.stderr)", sourceLocation: sourceLocation)
    return JSON.lines(finished.stdout)
  }
}

/// Where the program under test is: beside the test bundle.
enum Taskhook {
  static let path: String = {
    let bundle = (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")) ?? ""
    return URL(fileURLWithPath: bundle).deletingLastPathComponent().appending(path: "taskhook").path
  }()
}

/// Lets so many tests run at once.
private actor Slots {
  static let shared = Slots(4)

  private var free: Int
  private var waiting: [CheckedContinuation<Void, Never>] = []

  init(_ count: Int) { free = count }

  func enter() async {
    if free > 0 {
      free -= 1
      return
    }
    await withCheckedContinuation { waiting.append($0) }
  }

  func leave() {
    if waiting.isEmpty { free += 1 } else { waiting.removeFirst().resume() }
  }
}
