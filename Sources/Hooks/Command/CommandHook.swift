import Foundation
import Model
import Subprocess

/// Runs a program for each event, the task JSON on its standard input.
package struct CommandHook: Hook {
  let settings: CommandSettings
  private let timeout: Duration
  private let killAfter: Duration
  private let time: any TimeSource
  let variables: [String: String]
  let mask: SecretMask

  /// - Parameters:
  ///   - timeout: of one attempt; then its process group gets SIGTERM.
  ///   - environment: taskhook's own, of which a few variables are passed on.
  ///   - killAfter: how long after SIGTERM the group gets SIGKILL.
  package init(
    _ settings: CommandSettings, timeout: Duration, time: any TimeSource, environment: [String: String],
    killAfter: Duration = .seconds(5)
  ) {
    self.settings = settings
    self.timeout = timeout
    self.killAfter = killAfter
    self.time = time
    variables = CommandEnvironment.fixed(own: environment, added: settings.environment)
    mask = SecretMask(settings.secrets.map { $0.reveal() })
  }

  package func perform(_ attempt: Attempt) async throws(CancellationError) -> AttemptReport {
    if Task.isCancelled { throw CancellationError() }
    let program: String
    switch settings.program(path: variables["PATH"]) {
    case .found(let file): program = file
    case .missing(let reason): return AttemptReport(CommandOutcome.of(.notStarted(reason: reason)))
    }
    let process = CommandProcess(
      program: program, arguments: settings.arguments,
      environment: variables.merging(CommandEnvironment.told(attempt)) { $1 }, folder: settings.folder,
      stdin: settings.stdin.render(attempt.message), outputLimit: settings.outputLimit + mask.longest,
      killAfter: killAfter)
    let deadline = time.now + timeout
    let stop = CommandStop(killAfter: killAfter, time: time)
    // In a task of its own, which nobody cancels: what was started is always seen to its end.
    let running = Task { try await process.run(until: deadline, stop: stop, time: time) }
    let result = await withTaskCancellationHandler {
      await running.result
    } onCancel: {
      stop.cancel()
    }
    return try report(result)
  }

  private func report(_ result: Result<CommandProcess.Result, any Error>) throws(CancellationError)
    -> AttemptReport
  {
    switch result {
    case .success(let run):
      if run.stopped == .cancelled { throw CancellationError() }
      let ending = run.stopped == .timedOut ? .timedOut(timeout) : run.ending
      return AttemptReport(
        CommandOutcome.of(ending), code: CommandOutcome.code(of: ending),
        detail: Output.text(
          stdout: run.stdout, stderr: run.stderr, limit: settings.outputLimit, mask: mask))
    case .failure(let error):
      let reason = StartFailure.reason(error, settings: settings)
      return AttemptReport(CommandOutcome.of(.notStarted(reason: reason)))
    }
  }
}

extension CommandSettings {
  /// The file to run; `path` is the `PATH` it will see.
  package func program(path: String?) -> Program.Lookup {
    switch command {
    case .shell: .found("/bin/sh")
    case .arguments(let words):
      Program.find(words.first ?? "", base: base, path: path ?? CommandEnvironment.usualPath)
    }
  }

  /// The arguments after the program.
  var arguments: [String] {
    switch command {
    case .shell(let text): ["-c", text]
    case .arguments(let words): Array(words.dropFirst())
    }
  }
}

/// Why a program that is there could not be started.
private enum StartFailure {
  static func reason(_ error: any Error, settings: CommandSettings) -> String {
    guard let error = error as? SubprocessError else { return "could not be started: \(error)" }
    if error.code == .failedToChangeWorkingDirectory {
      return "cannot run in the folder \(settings.folder): \(cause(error) ?? "it cannot be entered")"
    }
    let name = if case .arguments(let words) = settings.command { words.first ?? "" } else { "/bin/sh" }
    switch error.underlyingError?.rawValue {
    case ENOEXEC?: return "\(name) is no program: a script needs a first line such as #!/bin/sh"
    case E2BIG?: return "\(name) was refused: its arguments and environment are too long"
    default:
      if error.code == .executableNotFound {
        return "\(name) cannot be started: the program that its first line (#!) names is missing"
      }
      return "\(name) could not be started: \(cause(error) ?? "\(error)")"
    }
  }

  private static func cause(_ error: SubprocessError) -> String? {
    error.underlyingError.map { String(cString: strerror($0.rawValue)) }
  }
}
