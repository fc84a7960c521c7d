import Foundation

/// A program that leads a process group of its own, by its process id.
struct ProcessGroup: Sendable {
  let leader: pid_t

  /// Sends a signal to every process of the group. While the leader has not been waited for, or others of the
  /// group live, its number belongs to nobody else.
  func send(_ signal: Int32) { _ = kill(-leader, signal) }

  /// Whether any process of the group still runs. One that has ended but was not waited for does not: in many
  /// containers nobody waits for orphans.
  var runs: Bool {
    guard kill(-leader, 0) == 0 || errno == EPERM else { return false }
    guard let processes = try? FileManager.default.contentsOfDirectory(atPath: "/proc") else { return true }
    return processes.contains { name in
      guard name.utf8.first.map({ (0x31...0x39).contains($0) }) == true,
        let stat = FileManager.default.contents(atPath: "/proc/\(name)/stat"),
        // `PID (NAME) STATE PARENT GROUP …`, where NAME may hold anything, parentheses too: proc(5).
        let end = stat.lastIndex(of: UInt8(ascii: ")"))
      else { return false }
      let fields = String(decoding: stat[end...], as: UTF8.self).split(separator: " ")
      return fields.count > 3 && fields[3] == String(leader) && fields[1] != "Z" && fields[1] != "X"
    }
  }

  /// Blocks until the leader has ended, and leaves it to be waited for. No other waiting is disturbed: SIGCHLD stays
  /// as it is.
  func awaitLeader() {
    var info = siginfo_t()
    while waitid(P_PID, id_t(leader), &info, WEXITED | WNOWAIT) == -1, errno == EINTR {}
  }

  /// Waits for the leader, which has ended: from now on its number may be another's.
  func reapLeader() -> CommandEnding {
    var status: Int32 = 0
    while true {
      if waitpid(leader, &status, 0) == leader { return CommandEnding(status: status) }
      if errno != EINTR {
        return .notStarted(reason: "how it ended is not known: \(String(cString: strerror(errno)))")
      }
    }
  }
}
