import Foundation

/// What the process says should a fault end it.
enum CrashReport {
  /// Takes Swift's own report out of use, which shows the registers and the memory that they point to: keys may be
  /// in it, and it goes to the log. The message of a failed check is still told, and the system's core dump, where
  /// there is one, is not touched. Whoever sets SWIFT_BACKTRACE wants the report.
  static func showsNoMemory() {
    if ProcessInfo.processInfo.environment["SWIFT_BACKTRACE"] != nil { return }
    for number in [SIGQUIT, SIGABRT, SIGBUS, SIGFPE, SIGILL, SIGSEGV, SIGTRAP] { signal(number, SIG_DFL) }
  }
}
