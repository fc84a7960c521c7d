import Config
import Model

/// How a command's attempt ended.
enum CommandEnding: Sendable, Equatable {
  case exited(code: Int32)
  case killed(signal: Int32)
  /// It was ended because it took longer than this.
  case timedOut(Duration)
  /// It never ran.
  case notStarted(reason: String)
}

/// What an ending means (SPEC section 6). Pure: an ending in, an outcome out.
enum CommandOutcome {
  static func of(_ ending: CommandEnding) -> Outcome {
    switch ending {
    case .exited(0): .delivered
    // sysexits.h: 64 to 78 say that the same input will fail again, but for EX_TEMPFAIL.
    case .exited(75): .retry(reason: "exit 75 (EX_TEMPFAIL: try again later)")
    case .exited(let code) where (64...78).contains(code):
      .dead(reason: "exit \(code) (\(sysexits[code] ?? "sysexits"): no use trying again)")
    case .exited(126): .retry(reason: "exit 126 (found but not executable)")
    case .exited(127): .retry(reason: "exit 127 (command not found)")
    case .exited(let code): .retry(reason: "exit \(code)")
    case .killed(let signal): .retry(reason: "killed by \(signals[signal] ?? "signal \(signal)")")
    case .timedOut(let limit): .retry(reason: "timed out after \(DurationText.write(limit))")
    case .notStarted(let reason): .retry(reason: reason)
    }
  }

  /// The exit code to keep; nil where there was none.
  static func code(of ending: CommandEnding) -> Int? {
    if case .exited(let code) = ending { Int(code) } else { nil }
  }

  private static let sysexits: [Int32: String] = [
    64: "EX_USAGE", 65: "EX_DATAERR", 66: "EX_NOINPUT", 67: "EX_NOUSER", 68: "EX_NOHOST",
    69: "EX_UNAVAILABLE", 70: "EX_SOFTWARE", 71: "EX_OSERR", 72: "EX_OSFILE", 73: "EX_CANTCREAT",
    74: "EX_IOERR", 76: "EX_PROTOCOL", 77: "EX_NOPERM", 78: "EX_CONFIG",
  ]

  private static let signals: [Int32: String] = [
    1: "SIGHUP", 2: "SIGINT", 3: "SIGQUIT", 4: "SIGILL", 5: "SIGTRAP", 6: "SIGABRT", 7: "SIGBUS", 8: "SIGFPE",
    9: "SIGKILL", 10: "SIGUSR1", 11: "SIGSEGV", 12: "SIGUSR2", 13: "SIGPIPE", 14: "SIGALRM", 15: "SIGTERM",
    24: "SIGXCPU", 25: "SIGXFSZ", 31: "SIGSYS",
  ]
}
