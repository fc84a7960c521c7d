import Foundation
import Model
import Subprocess
import Synchronization

/// One run of a program, from its start until nothing of its process group is to be waited for.
///
/// swift-subprocess starts it (in a process group of its own, with no descriptor but its three, signals as at
/// login) and moves the bytes. The rest is here: when it is ended, and that the whole group is.
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

  /// Why a run is ended from outside.
  enum Stop: Sendable { case timedOut, cancelled }

  struct Result: Sendable {
    var ending: CommandEnding
    /// Set where the run did not end by itself.
    var stopped: Stop?
    var stdout: Output
    var stderr: Output
  }

  /// How long outputs are read on after the program's own end, while others that it left behind go on
  /// writing to them.
  static let afterglow = Duration.seconds(1)

  /// - Parameters:
  ///   - deadline: when the run is ended as timed out.
  ///   - cancellation: ends the run when it yields.
  /// - Throws: what kept the program from starting.
  func run(until deadline: Moment, cancellation: AsyncStream<Void>, time: any TimeSource) async throws
    -> Result
  {
    Self.ignoreSIGPIPE
    var options = PlatformOptions()
    options.processGroupID = 0
    var configuration = Configuration(
      executable: .path(.init(program)), arguments: Arguments(arguments),
      environment: .custom(
        Dictionary(uniqueKeysWithValues: environment.map { (Environment.Key(stringLiteral: $0), $1) })),
      platformOptions: options)
    configuration.workingDirectory = .some(.init(folder))
    let result = try await Subprocess.run(
      configuration, input: .inputWriter, output: .sequence, error: .sequence
    ) { execution in
      let group = ProcessGroup(leader: execution.processIdentifier.value)
      let ended = EndMark()
      async let stdout = read(execution.standardOutput, ended: ended)
      async let stderr = read(execution.standardError, ended: ended)
      async let written: Void = write(to: execution.standardInputWriter)
      let stop = await supervise(group, until: deadline, cancellation: cancellation, time: time)
      ended.set()
      await written
      return (group: group, stop: stop, stdout: await stdout, stderr: await stderr)
    }
    let run = result.closureResult
    if let stop = run.stop { await sweep(run.group, after: stop.at, time: time) }
    return Result(
      ending: CommandEnding(result.terminationStatus), stopped: run.stop?.cause, stdout: run.stdout,
      stderr: run.stderr)
  }

  /// Waits for the program's end; at the deadline or when cancelled, its group gets SIGTERM and, later,
  /// SIGKILL. The program has ended when this returns, but is not waited for, so its number is still its own.
  private func supervise(
    _ group: ProcessGroup, until deadline: Moment, cancellation: AsyncStream<Void>, time: any TimeSource
  ) async -> (cause: Stop, at: Moment)? {
    enum Report { case ended, deadline, cancelled, patienceOver, dropped }
    return await withTaskGroup(of: Report.self) { reports in
      reports.addTask {
        await group.leaderEnded()
        return .ended
      }
      reports.addTask { (try? await time.sleep(until: deadline)) == nil ? .dropped : .deadline }
      reports.addTask {
        for await _ in cancellation { return .cancelled }
        return .dropped
      }
      var stop: (cause: Stop, at: Moment)?
      loop: for await report in reports {
        switch report {
        case .ended: break loop
        case .deadline, .cancelled:
          if stop != nil { continue }
          let now = time.now
          stop = (report == .deadline ? .timedOut : .cancelled, now)
          group.send(SIGTERM)
          reports.addTask {
            (try? await time.sleep(until: now + killAfter)) == nil ? .dropped : .patienceOver
          }
        case .patienceOver: group.send(SIGKILL)
        case .dropped: continue
        }
      }
      reports.cancelAll()
      return stop
    }
  }

  /// What the program left behind in its group has until SIGKILL too.
  private func sweep(_ group: ProcessGroup, after stopped: Moment, time: any TimeSource) async {
    while group.runs {
      if time.now >= stopped + killAfter { return group.send(SIGKILL) }
      try? await Task.sleep(for: .milliseconds(10))
    }
  }

  private func read(_ sequence: SubprocessOutputSequence, ended: EndMark) async -> Output {
    var output = Output(limit: outputLimit)
    do {
      for try await buffer in sequence {
        buffer.withUnsafeBytes { output.append($0) }
        if let age = ended.age, age > Self.afterglow { break }
      }
    } catch {
      // The pipe broke: what came until then is the output.
    }
    return output
  }

  private func write(to writer: StandardInputWriter) async {
    // A program that does not read, or stops reading, is free to: the rest is not written.
    _ = try? await writer.write(stdin)
    try? await writer.finish()
  }

  /// Writing to a program that has closed its standard input must fail (EPIPE), not kill taskhook. Programs are
  /// started with the signal's default all the same.
  private static let ignoreSIGPIPE: Void = { _ = signal(SIGPIPE, SIG_IGN) }()
}

/// When a program ended, for those who read its outputs.
private final class EndMark: Sendable {
  private let instant = Mutex<ContinuousClock.Instant?>(nil)

  func set() { instant.withLock { $0 = .now } }

  /// How long ago; nil while it runs.
  var age: Duration? { instant.withLock { $0?.duration(to: .now) } }
}

extension CommandEnding {
  init(_ status: TerminationStatus) {
    switch status {
    case .exited(let code): self = .exited(code: code)
    case .signaled(let signal): self = .killed(signal: signal)
    }
  }
}
