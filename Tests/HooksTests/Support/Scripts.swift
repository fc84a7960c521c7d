import Foundation
import Model
import TestSupport

@testable import Hooks

/// A folder of its own for the scripts of one test, removed with this value.
final class ScriptFolder: Sendable {
  let path: String

  init() throws {
    path = NSTemporaryDirectory() + "hooks-" + UUID().uuidString
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
  }

  deinit { try? FileManager.default.removeItem(atPath: path) }

  func script(_ name: String, _ lines: String, mode: Int = 0o755) throws {
    try Data(lines.utf8).write(to: URL(fileURLWithPath: path + "/" + name))
    try FileManager.default.setAttributes([.posixPermissions: mode], ofItemAtPath: path + "/" + name)
    try ExecutableFile.settle(path + "/" + name)
  }

  func text(_ name: String) -> String? { try? String(contentsOfFile: path + "/" + name, encoding: .utf8) }

  /// Waits until a script has written something to a file, at most 20 s.
  func wait(for name: String) async throws -> String {
    for _ in 0..<4000 {
      if let text = text(name), text.hasSuffix("\n") { return text.trimmingCharacters(in: .newlines) }
      try await Task.sleep(for: .milliseconds(5))
    }
    throw CancellationError()
  }

  func settings(_ command: CommandSettings.Command, limit: Int = CommandSettings.defaultOutputLimit)
    -> CommandSettings
  {
    CommandSettings(command: command, folder: path, base: path, outputLimit: limit)
  }

  func hook(
    _ command: CommandSettings.Command, limit: Int = CommandSettings.defaultOutputLimit,
    time: ManualTime = ManualTime()
  ) -> CommandHook {
    CommandHook(
      settings(command, limit: limit), timeout: .seconds(600), time: time, environment: testEnvironment)
  }

  func shell(_ text: String, limit: Int = CommandSettings.defaultOutputLimit, time: ManualTime = ManualTime())
    -> CommandHook
  {
    hook(.shell(text), limit: limit, time: time)
  }
}

let testEnvironment = ["PATH": "/usr/local/bin:/usr/bin:/bin", "HOME": "/root", "SECRET_KEY": "leak"]

/// Whether a process exists and has not ended.
func isRunning(_ pid: String) -> Bool {
  guard let stat = try? String(contentsOfFile: "/proc/\(pid)/stat", encoding: .utf8),
    let state = stat.split(separator: ")").last?.split(separator: " ").first
  else { return false }
  return state != "Z"
}
