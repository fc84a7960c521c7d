import Foundation

/// A program that a test started. Its outputs go to files, so that nobody waits for a reader.
final class Program: Sendable {
  private let process: Process
  private let outputs: (stdout: URL, stderr: URL)

  /// - Parameters:
  ///   - stdin: what it reads; nothing unless given.
  ///   - outputs: a path without extension for the files that its outputs go to.
  init(
    _ executable: String, _ arguments: [String], environment: [String: String], folder: String,
    stdin: String = "", outputs: String
  ) throws {
    self.outputs = (URL(fileURLWithPath: outputs + ".out"), URL(fileURLWithPath: outputs + ".err"))
    let input = URL(fileURLWithPath: outputs + ".in")
    try Data(stdin.utf8).write(to: input)
    for output in [self.outputs.stdout, self.outputs.stderr] { try Data().write(to: output) }
    process = Process()
    process.executableURL = URL(fileURLWithPath: executable)
    process.arguments = arguments
    process.environment = environment
    process.currentDirectoryURL = URL(fileURLWithPath: folder)
    process.standardInput = try FileHandle(forReadingFrom: input)
    process.standardOutput = try FileHandle(forWritingTo: self.outputs.stdout)
    process.standardError = try FileHandle(forWritingTo: self.outputs.stderr)
    try process.run()
  }

  deinit { if process.isRunning { kill(process.processIdentifier, SIGKILL) } }

  var stdout: String { text(outputs.stdout) }
  var stderr: String { text(outputs.stderr) }
  var isRunning: Bool { process.isRunning }

  private func text(_ url: URL) -> String { (try? String(contentsOf: url, encoding: .utf8)) ?? "" }

  func signal(_ number: Int32) { if process.isRunning { kill(process.processIdentifier, number) } }

  /// Its exit code; negative for the signal that ended it, nil where it did not end in time.
  func end(within limit: Duration = .seconds(60)) async -> Int? {
    let deadline = ContinuousClock.now + limit
    while process.isRunning {
      if ContinuousClock.now > deadline { return nil }
      try? await Task.sleep(for: .milliseconds(5))
    }
    let status = Int(process.terminationStatus)
    return process.terminationReason == .exit ? status : -status
  }
}
