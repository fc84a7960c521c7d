import Foundation
import Model

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
    let environment = variables.merging(CommandEnvironment.told(attempt)) { $1 }
    let process = CommandProcess(
      start: ProgramStart(
        program: program, arguments: settings.arguments, environment: environment.map { "\($0)=\($1)" },
        folder: settings.folder),
      stdin: settings.stdin.render(attempt.message), outputLimit: settings.outputLimit + mask.longest,
      killAfter: killAfter)
    let deadline = time.now + timeout
    let stop = CommandStop(killAfter: killAfter, time: time)
    let result = await withTaskCancellationHandler {
      await process.run(until: deadline, stop: stop, time: time)
    } onCancel: {
      stop.cancel()
    }
    let run: CommandProcess.Run
    switch result {
    case .success(let ended): run = ended
    case .failure(let refusal):
      return AttemptReport(CommandOutcome.of(.notStarted(reason: settings.reason(refusal))))
    }
    if run.stopped == .cancelled { throw CancellationError() }
    let ending = run.stopped == .timedOut ? .timedOut(timeout) : run.ending
    return AttemptReport(
      CommandOutcome.of(ending), code: CommandOutcome.code(of: ending),
      detail: Output.text(
        stdout: run.stdout, stderr: run.stderr, limit: settings.outputLimit, mask: mask))
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

  /// Why its program did not start, and what to do.
  fileprivate func reason(_ refusal: ProgramStart.Refusal) -> String {
    let name = if case .arguments(let words) = command { words.first ?? "" } else { "/bin/sh" }
    return switch refusal {
    case .folder(let errno): "cannot run in the folder \(folder): \(String(cString: strerror(errno)))"
    case .program(ENOEXEC): "\(name) is no program: a script needs a first line such as #!/bin/sh"
    case .program(E2BIG): "\(name) was refused: its arguments and environment are too long"
    case .program(ENOENT):
      "\(name) cannot be started: the program that its first line (#!) names is missing"
    case .program(let errno): "\(name) could not be started: \(String(cString: strerror(errno)))"
    case .resources(let reason): "\(name) could not be started: \(reason)"
    }
  }
}
