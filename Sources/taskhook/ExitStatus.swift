import ArgumentParser

/// What commands end with (SPEC section 9; the numbers from 64 are those of sysexits.h).
enum ExitStatus: Int32 {
  case fine = 0
  /// A watched task failed or was cancelled.
  case taskFailed = 1
  /// Watching was given up, or the task was lost.
  case gaveUp = 3
  case usage = 64
  /// The daemon or the API cannot be reached.
  case unavailable = 69
  case internalFault = 70
  /// The state cannot be written, or another `run` holds it.
  case cannotWrite = 73
  case config = 78

  var code: ExitCode { ExitCode(rawValue) }
}

/// Ends a command with a message on standard error and a status.
struct Failure: Error {
  let status: ExitStatus
  let message: String

  init(_ status: ExitStatus, _ message: String) {
    self.status = status
    self.message = message
  }
}
