import Foundation
import Model
import Synchronization
import TestSupport
import Testing

@testable import Hooks

/// Programs as the loop sees them.
@Suite struct CommandLoopTests {
  private let loop: CommandLoop

  init() throws { loop = try #require(CommandLoop.shared) }

  private static func shell(_ script: String) -> ProgramStart {
    ProgramStart(
      program: "/bin/sh", arguments: ["-c", script], environment: ["PATH=/usr/bin:/bin"], folder: "/")
  }

  private static func run(
    _ script: String, input: [UInt8] = [], limit: Int = 1000, on loop: CommandLoop
  ) async throws -> (ending: CommandEnding, output: Output, error: Output, told: [String]) {
    let pipes = try CommandPipes()
    let traffic = CommandTraffic(pipes, input: input, limit: limit)
    let told = Mutex<[String]>([])
    let leader = Atomic<pid_t>(0)
    // One that has ended has its number until it is waited for.
    @Sendable func tell(_ what: String) {
      let isItsOwn = kill(-leader.load(ordering: .relaxed), 0) == 0
      told.withLock { $0.append(isItsOwn ? what : "\(what), and its number is free") }
    }
    let ending = await loop.run(shell(script), pipes, traffic) { group in
      leader.store(group.leader, ordering: .relaxed)
      tell("began")
    } ended: {
      tell("ended")
    }
    #expect(traffic.open.isEmpty)
    return (try ending.get().ending, traffic.outputs.output, traffic.outputs.error, told.withLock { $0 })
  }

  private func text(_ output: Output) -> String { String(decoding: output.kept, as: UTF8.self) }

  /// Kernels before 5.3, and some containers, have no descriptors of processes.
  @Test(arguments: [true, false]) func whatItGivesAndTakes(hasDescriptors: Bool) async throws {
    let loop = try #require(CommandLoop(hasDescriptors: hasDescriptors))
    let run = try await Self.run(
      "read line; echo \"got $line\"; echo no >&2; exit 7", input: Array("this\n".utf8), on: loop)
    #expect(run.ending == .exited(code: 7))
    #expect(run.told == ["began", "ended"])
    #expect(text(run.output) == "got this\n" && text(run.error) == "no\n")
    #expect(try await Self.run("kill -TERM $$", on: loop).ending == .killed(signal: SIGTERM))
  }

  @Test func whatDoesNotFitIntoThePipeIsGivenAsItIsRead() async throws {
    let input = [UInt8](repeating: UInt8(ascii: "x"), count: 5_000_000)
    let run = try await Self.run("sleep 0.1; wc -c", input: input, on: loop)
    #expect(run.ending == .exited(code: 0))
    #expect(text(run.output).trimmingCharacters(in: .whitespacesAndNewlines) == "5000000")
  }

  @Test func oneThatDoesNotStartLeavesNothingOpen() async throws {
    let pipes = try CommandPipes()
    let traffic = CommandTraffic(pipes, input: [1], limit: 10)
    let start = ProgramStart(program: "/no/such", arguments: [], environment: [], folder: "/")
    let ending = await loop.run(start, pipes, traffic) { _ in
      Issue.record("it began")
    } ended: {
      Issue.record("it ended")
    }
    #expect(throws: ProgramStart.Refusal.program(errno: ENOENT)) { try ending.get() }
    #expect(traffic.open.isEmpty)
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
    pipes.closeTheirs()
  }

  /// One that goes on writing to the pipe after the program's end gets no more than a pipe's worth of attention.
  @Test func afterTheEndNoMoreIsTakenThanThereIs() throws {
    let pipes = try CommandPipes()
    let traffic = CommandTraffic(pipes, input: [], limit: 10)
    let written = write(pipes.output.write, [UInt8](repeating: 1, count: 30_000), 30_000)
    traffic.end()
    #expect(traffic.outputs.output.total == written && traffic.outputs.output.kept.count == 10)
    pipes.closeTheirs()
  }

  @Test func nothingIsSentToAProgramThatHasEnded() async throws {
    let time = ManualTime()
    let pipes = try CommandPipes()
    let traffic = CommandTraffic(pipes, input: [], limit: 10)
    let process = try Self.shell("trap 'exit 9' TERM; echo ready; while :; do sleep 0.01; done").spawn(pipes)
      .get()
    pipes.closeTheirs()
    let stop = CommandStop(killAfter: .seconds(5), time: time)
    stop.begin(ProcessGroup(leader: process), until: time.now + .seconds(10))
    await eventually { time.sleepers == 1 }
    stop.ended()
    time.advance(by: .seconds(20))
    stop.cancel()
    stop.finish()
    await eventually { time.sleepers == 0 }
    #expect(stop.stopped == nil)
    kill(process, SIGKILL)
    #expect(ProcessGroup(leader: process).reapLeader() == .killed(signal: SIGKILL))
    traffic.end()
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
    stop.finish()
    await eventually { time.sleepers == 0 }
  }
}
