import Foundation
import Model
import Subprocess

/// One run of a program, from its start until nothing of its process group is to be waited for.
///
/// swift-subprocess starts it (in a process group of its own, with no descriptor but its three, signals as at
/// login) and waits for it; `CommandLoop` moves the bytes and sees its end. The rest is here: when it is ended
/// (`CommandStop`), and that the whole group is.
struct CommandProcess: Sendable {
  var program: String
  var arguments: [String]
  var environment: [String: String]
  var folder: String
  var stdin: [UInt8]
  /// The most bytes kept of each output.
  var outputLimit: Int
  /// Between SIGTERM and SIGKILL.
  var killAfter: Duration

  struct Result: Sendable {
    var ending: CommandEnding
    /// Set where the run did not end by itself.
    var stopped: CommandStop.Cause?
    var stdout: Output
    var stderr: Output
  }

  /// - Parameters:
  ///   - deadline: when the run is ended as timed out.
  ///   - stop: ends the run before that where it is cancelled.
  /// - Throws: what kept the program from starting.
  func run(until deadline: Moment, stop: CommandStop, time: any TimeSource) async throws -> Result {
    Self.ignoreSIGPIPE
    guard let loop = CommandLoop.shared else {
      throw CommandPipes.Refusal(description: "no descriptor is left to see to it")
    }
    let pipes = try CommandPipes()
    let traffic = CommandTraffic(pipes, input: stdin, limit: outputLimit)
    let ending: CommandEnding
    let group: ProcessGroup
    do {
      let result = try await Subprocess.run(
        configuration,
        input: .fileDescriptor(.init(rawValue: pipes.input.read), closeAfterSpawningProcess: true),
        output: .fileDescriptor(.init(rawValue: pipes.output.write), closeAfterSpawningProcess: true),
        error: .fileDescriptor(.init(rawValue: pipes.error.write), closeAfterSpawningProcess: true)
      ) { execution in
        let process = execution.processIdentifier
        let group = ProcessGroup(leader: process.value)
        stop.begin(group, until: deadline)
        await loop.follow(process.value, process.processDescriptor, traffic) { stop.ended() }
        await stop.finish()
        return group
      }
      (ending, group) = (CommandEnding(result.terminationStatus), result.closureResult)
    } catch {
      // It never ran: the ends that it would have had are closed already.
      traffic.end()
      throw error
    }
    if let stopped = stop.stopped { await sweep(group, after: stopped.at, time: time) }
    let (output, error) = traffic.outputs
    return Result(ending: ending, stopped: stop.stopped?.cause, stdout: output, stderr: error)
  }

  private var configuration: Configuration {
    var options = PlatformOptions()
    options.processGroupID = 0
    var configuration = Configuration(
      executable: .path(.init(program)), arguments: Arguments(arguments),
      // The library takes each up to the byte 0 that ends it.
      environment: .custom(environment.map { Array("\($0)=\($1)\0".utf8) }), platformOptions: options)
    configuration.workingDirectory = .some(.init(folder))
    return configuration
  }

  /// What the program left behind in its group has until SIGKILL too.
  private func sweep(_ group: ProcessGroup, after stopped: Moment, time: any TimeSource) async {
    while group.runs {
      if time.now >= stopped + killAfter { return group.send(SIGKILL) }
      try? await Task.sleep(for: .milliseconds(10))
    }
  }

  /// Writing to a program that has closed its standard input must fail (EPIPE), not kill taskhook. Programs are
  /// started with the signal's default all the same.
  private static let ignoreSIGPIPE: Void = { _ = signal(SIGPIPE, SIG_IGN) }()
}

extension CommandEnding {
  init(_ status: TerminationStatus) {
    switch status {
    case .exited(let code): self = .exited(code: code)
    case .signaled(let signal): self = .killed(signal: signal)
    }
  }
}
