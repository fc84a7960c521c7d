import Foundation
import Synchronization

/// A process that a test started. Its outputs go to files, so that it never waits for a reader and no reader
/// waits for it. Whatever happens to the test, the process ends with this object.
package final class ChildProcess: Sendable {
  package enum Ending: Equatable, Sendable {
    case exited(Int32)
    case killed(Int32)
  }

  package struct CannotStart: Error, CustomStringConvertible {
    package let description: String
  }

  package let pid: pid_t
  private let outputs: (stdout: String, stderr: String)
  /// Set once the process was waited for: from then on its number may be another's.
  private let ending = Mutex<Ending?>(nil)

  /// - Parameters:
  ///   - outputs: a path; the outputs go to `PATH.out` and `PATH.err`.
  ///   - stdin: a file; nil for nothing to read.
  package init(
    _ executable: String, _ arguments: [String], environment: [String: String], folder: String,
    stdin: String? = nil, outputs: String
  ) throws {
    self.outputs = (outputs + ".out", outputs + ".err")
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    _ = folder.withCString { GNU.addchdir(&actions, $0) }
    posix_spawn_file_actions_addopen(&actions, 0, stdin ?? "/dev/null", O_RDONLY, 0)
    let flags = O_WRONLY | O_CREAT | O_TRUNC | O_APPEND
    posix_spawn_file_actions_addopen(&actions, 1, self.outputs.stdout, flags, 0o600)
    posix_spawn_file_actions_addopen(&actions, 2, self.outputs.stderr, flags, 0o600)
    _ = GNU.addclosefrom(&actions, 3)
    var attributes = posix_spawnattr_t()
    posix_spawnattr_init(&attributes)
    defer { posix_spawnattr_destroy(&attributes) }
    // Signals as at login: the test runner's own may be blocked or ignored.
    var none = sigset_t()
    var all = sigset_t()
    sigemptyset(&none)
    sigfillset(&all)
    posix_spawnattr_setsigmask(&attributes, &none)
    posix_spawnattr_setsigdefault(&attributes, &all)
    posix_spawnattr_setflags(
      &attributes, Int16(POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETPGROUP))
    var words = ([executable] + arguments).map { strdup($0) } + [nil]
    var variables = environment.map { strdup("\($0.key)=\($0.value)") } + [nil]
    defer { for text in words + variables { free(text) } }
    var pid: pid_t = 0
    let code = posix_spawn(&pid, executable, &actions, &attributes, &words, &variables)
    guard code == 0 else {
      throw CannotStart(description: "\(executable): \(String(cString: strerror(code)))")
    }
    self.pid = pid
  }

  deinit {
    if check() == nil {
      kill(pid, SIGKILL)
      var status: Int32 = 0
      waitpid(pid, &status, 0)
    }
  }

  package var stdoutBytes: [UInt8] { Self.content(outputs.stdout) }
  package var stderrBytes: [UInt8] { Self.content(outputs.stderr) }
  package var stdout: String { String(decoding: stdoutBytes, as: UTF8.self) }
  package var stderr: String { String(decoding: stderrBytes, as: UTF8.self) }

  package var isRunning: Bool { check() == nil }

  /// Sends a signal; nothing where the process has ended.
  package func signal(_ number: Int32) {
    ending.withLock { ending in
      if Self.reap(pid, &ending) == nil { kill(pid, number) }
    }
  }

  /// Waits for the end; nil where it has not come within the limit.
  @discardableResult
  package func wait(within limit: Duration = .seconds(30)) async -> Ending? {
    let deadline = ContinuousClock.now + limit
    while true {
      if let ending = check() { return ending }
      if ContinuousClock.now > deadline { return nil }
      try? await Task.sleep(for: .milliseconds(5))
    }
  }

  /// Ends it, and what it started in its own process group. Where it has ended by itself its number may be
  /// another's by now, and nothing is done.
  package func killGroup() async {
    ending.withLock { ending in
      if Self.reap(pid, &ending) == nil { kill(-pid, SIGKILL) }
    }
    await wait(within: .seconds(60))
  }

  /// Ends it at once, as a power cut would; returns when it is gone.
  package func killHard() async {
    signal(SIGKILL)
    await wait(within: .seconds(60))
  }

  private func check() -> Ending? { ending.withLock { Self.reap(pid, &$0) } }

  private static func reap(_ pid: pid_t, _ ending: inout Ending?) -> Ending? {
    if ending != nil { return ending }
    var status: Int32 = 0
    guard waitpid(pid, &status, WNOHANG) == pid else { return nil }
    ending = status & 0x7F == 0 ? .exited((status >> 8) & 0xFF) : .killed(status & 0x7F)
    return ending
  }

  private static func content(_ path: String) -> [UInt8] {
    FileManager.default.contents(atPath: path).map(Array.init) ?? []
  }
}

/// Functions of glibc that its headers show only to those who define _GNU_SOURCE.
private enum GNU {
  typealias Actions = UnsafeMutablePointer<posix_spawn_file_actions_t>

  static let addchdir = unsafeBitCast(
    dlsym(nil, "posix_spawn_file_actions_addchdir_np"),
    to: (@convention(c) (Actions, UnsafePointer<CChar>) -> Int32).self)
  static let addclosefrom = unsafeBitCast(
    dlsym(nil, "posix_spawn_file_actions_addclosefrom_np"),
    to: (@convention(c) (Actions, Int32) -> Int32).self)
}
