import Foundation
import Model

/// One run of a program, from its start until nothing of its process group is to be waited for: `CommandLoop` starts it,
/// moves the bytes and sees its end; `CommandStop` says when it is ended; that the whole group is, is seen to here.
struct CommandProcess: Sendable {
  var start: ProgramStart
  var stdin: [UInt8]
  /// The most bytes kept of each output.
  var outputLimit: Int
  /// Between SIGTERM and SIGKILL.
  var killAfter: Duration

  struct Run: Sendable {
    var ending: CommandEnding
    /// Set where the run did not end by itself.
    var stopped: CommandStop.Cause?
    var stdout: Output
    var stderr: Output
  }

  /// What was started is seen to its end, whether or not the caller is cancelled.
  ///
  /// - Parameters:
  ///   - deadline: when the run is ended as timed out.
  ///   - stop: ends the run before that.
  func run(
    until deadline: Moment, stop: CommandStop, time: any TimeSource
  ) async -> Result<Run, ProgramStart.Refusal> {
    guard let loop = CommandLoop.shared else {
      return .failure(.resources(reason: "no descriptor is left to see to it"))
    }
    let group: ProcessGroup
    let ending: CommandEnding
    let traffic: CommandTraffic
    do throws(ProgramStart.Refusal) {
      let pipes = try CommandPipes()
      traffic = CommandTraffic(pipes, input: stdin, limit: outputLimit)
      (group, ending) = try await loop.run(start, pipes, traffic) { group in
        stop.begin(group, until: deadline)
      } ended: {
        stop.ended()
      }.get()
    } catch {
      return .failure(error)
    }
    stop.finish()
    if let stopped = stop.stopped {
      await Task { await sweep(group, after: stopped.at, time: time) }.value
    }
    let (output, error) = traffic.outputs
    return .success(Run(ending: ending, stopped: stop.stopped?.cause, stdout: output, stderr: error))
  }

  /// What the program left behind in its group has until SIGKILL too.
  private func sweep(_ group: ProcessGroup, after stopped: Moment, time: any TimeSource) async {
    while group.runs {
      if time.now >= stopped + killAfter { return group.send(SIGKILL) }
      try? await Task.sleep(for: .milliseconds(10))
    }
  }
}

extension CommandEnding {
  /// - Parameter status: as wait(2) gives it.
  init(status: Int32) {
    self = status & 0x7F == 0 ? .exited(code: status >> 8 & 0xFF) : .killed(signal: status & 0x7F)
  }
}
