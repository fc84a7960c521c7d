import Foundation
import Model
import Synchronization
import TestSupport
import Testing

@testable import Hooks

/// Programs as the loop sees them, without the library that starts them.
@Suite struct CommandLoopTests {
  /// A shell with our pipes, started without waiting for it.
  private struct Started {
    let process: pid_t
    let traffic: CommandTraffic

    init(_ script: String, input: [UInt8] = [], limit: Int = 1000) throws {
      let pipes = try CommandPipes()
      traffic = CommandTraffic(pipes, input: input, limit: limit)
      var actions = posix_spawn_file_actions_t()
      posix_spawn_file_actions_init(&actions)
      defer { posix_spawn_file_actions_destroy(&actions) }
      for (place, end) in [pipes.input.read, pipes.output.write, pipes.error.write].enumerated() {
        posix_spawn_file_actions_adddup2(&actions, end, Int32(place))
      }
      let words = ["sh", "-c", script]
      var arguments: [UnsafeMutablePointer<CChar>?] = words.map { strdup($0) }
      arguments.append(nil)
      defer { for argument in arguments { free(argument) } }
      var pid = pid_t()
      let code = posix_spawn(&pid, "/bin/sh", &actions, nil, &arguments, nil)
      for end in [pipes.input.read, pipes.output.write, pipes.error.write] { close(end) }
      #expect(code == 0)
      process = pid
    }

    /// Its exit code, and that it was still there to be waited for.
    func wait() -> Int32? {
      var status: Int32 = 0
      return waitpid(process, &status, 0) == process ? status >> 8 & 0xFF : nil
    }
  }

  private let loop: CommandLoop

  init() throws { loop = try #require(CommandLoop.shared) }

  private func text(_ output: Output) -> String { String(decoding: output.kept, as: UTF8.self) }

  /// Kernels before 5.3, and some containers, have no descriptors of processes.
  @Test func withoutADescriptorAThreadWaits() async throws {
    let started = try Started(
      "read line; echo \"got $line\"; echo no >&2; exit 7", input: Array("this\n".utf8))
    let ends = Atomic<Int>(0)
    await loop.follow(started.process, -1, started.traffic) { ends.add(1, ordering: .relaxed) }
    #expect(ends.load(ordering: .relaxed) == 1)
    #expect(started.wait() == 7)
    #expect(text(started.traffic.outputs.output) == "got this\n")
    #expect(text(started.traffic.outputs.error) == "no\n")
    #expect(started.traffic.open.isEmpty)
  }

  @Test func whatDoesNotFitIntoThePipeIsGivenAsItIsRead() async throws {
    let input = [UInt8](repeating: UInt8(ascii: "x"), count: 5_000_000)
    let started = try Started("sleep 0.1; wc -c", input: input)
    #expect(started.traffic.open.count == 3)
    await loop.follow(started.process, -1, started.traffic) {}
    #expect(started.wait() == 0)
    #expect(text(started.traffic.outputs.output).trimmingCharacters(in: .whitespacesAndNewlines) == "5000000")
  }

  @Test func aSmallInputIsInThePipeBeforeTheProgramBegins() throws {
    let pipes = try CommandPipes()
    let traffic = CommandTraffic(pipes, input: Array("task".utf8), limit: 10)
    #expect(traffic.open.map(\.1) == [pipes.output.read, pipes.error.read])
    var bytes = [UInt8](repeating: 0, count: 10)
    #expect(read(pipes.input.read, &bytes, 10) == 4)
    #expect(read(pipes.input.read, &bytes, 10) == 0, "its end")
    traffic.end()
    #expect(traffic.open.isEmpty)
    for end in [pipes.input.read, pipes.output.write, pipes.error.write] { close(end) }
  }

  /// One that goes on writing to the pipe after the program's end gets no more than a pipe's worth of attention.
  @Test func afterTheEndNoMoreIsTakenThanThereIs() throws {
    let pipes = try CommandPipes()
    let traffic = CommandTraffic(pipes, input: [], limit: 10)
    let written = write(pipes.output.write, [UInt8](repeating: 1, count: 30_000), 30_000)
    traffic.end()
    #expect(traffic.outputs.output.total == written && traffic.outputs.output.kept.count == 10)
    for end in [pipes.input.read, pipes.output.write, pipes.error.write] { close(end) }
  }

  @Test func nothingIsSentToAProgramThatHasEnded() async throws {
    let time = ManualTime()
    let started = try Started("trap 'exit 9' TERM; echo ready; while :; do sleep 0.01; done")
    let stop = CommandStop(killAfter: .seconds(5), time: time)
    stop.begin(ProcessGroup(leader: started.process), until: time.now + .seconds(10))
    await eventually { time.sleepers == 1 }
    stop.ended()
    time.advance(by: .seconds(20))
    stop.cancel()
    await stop.finish()
    #expect(stop.stopped == nil && time.sleepers == 0)
    kill(started.process, SIGKILL)
    _ = started.wait()
    started.traffic.end()
  }

  @Test func whatIsCancelledBeforeItBeganIsStoppedAsItBegins() async throws {
    let time = ManualTime()
    let stop = CommandStop(killAfter: .seconds(5), time: time)
    stop.cancel()
    #expect(stop.stopped == nil)
    // A group that nobody is in.
    stop.begin(ProcessGroup(leader: 0x3FFF_FFFF), until: time.now + .seconds(10))
    #expect(stop.stopped?.cause == .cancelled && stop.stopped?.at == time.now)
    stop.ended()
    await stop.finish()
    #expect(time.sleepers == 0)
  }
}
