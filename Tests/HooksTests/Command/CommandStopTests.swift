import Foundation
import Model
import TestSupport
import Testing

@testable import Hooks

/// Programs that are ended: at their time-out, or because taskhook stops. The clock is turned by hand.
@Suite struct CommandStopTests {
  let folder: ScriptFolder
  let time = ManualTime()

  init() throws { folder = try ScriptFolder() }

  /// Turns the clock until what runs has ended.
  private func turn<T: Sendable>(by step: Duration, until running: Task<T, any Error>) async throws -> T {
    let clock = Task {
      while !Task.isCancelled {
        time.advance(by: step)
        try? await Task.sleep(for: .milliseconds(5))
      }
    }
    defer { clock.cancel() }
    return try await running.value
  }

  private func start(_ script: String) -> Task<AttemptReport, any Error> {
    let hook = folder.shell(script, time: time)
    return Task { try await hook.perform(sampleAttempt()) }
  }

  @Test func aTimeOutEndsTheWholeGroup() async throws {
    let running = start("sleep 300 & echo $! > child; echo before; echo $$ > ready; wait")
    let script = try await folder.wait(for: "ready")
    time.advance(by: .seconds(599))
    try await Task.sleep(for: .milliseconds(30))
    #expect(isRunning(script))
    time.advance(by: .seconds(1))
    let report = try await running.value
    #expect(report.outcome == .retry(reason: "timed out after 10m"))
    #expect(report.code == nil)
    #expect(report.detail == "before")
    #expect(!isRunning(script))
    #expect(!isRunning(try await folder.wait(for: "child")))
  }

  @Test func whoIgnoresSIGTERMIsKilledFiveSecondsLater() async throws {
    let running = start("trap '' TERM; echo $$ > ready; while :; do sleep 0.02; done")
    let script = try await folder.wait(for: "ready")
    time.advance(by: .seconds(600))
    try await Task.sleep(for: .milliseconds(100))
    #expect(isRunning(script))
    time.advance(by: .milliseconds(4999))
    try await Task.sleep(for: .milliseconds(30))
    #expect(isRunning(script))
    let report = try await turn(by: .milliseconds(100), until: running)
    #expect(report.outcome == .retry(reason: "timed out after 10m"))
    #expect(!isRunning(script))
  }

  @Test func aChildThatIgnoresSIGTERMIsKilledThoughTheScriptWent() async throws {
    let running = start("(trap '' TERM; echo go > trapped; exec sleep 300) & echo $! > child; wait")
    _ = try await folder.wait(for: "trapped")
    let child = try await folder.wait(for: "child")
    time.advance(by: .seconds(600))
    let report = try await turn(by: .milliseconds(50), until: running)
    #expect(report.outcome == .retry(reason: "timed out after 10m"))
    for _ in 0..<400 where isRunning(child) { try await Task.sleep(for: .milliseconds(5)) }
    #expect(!isRunning(child))
  }

  @Test func aScriptMayTidyUpAtSIGTERM() async throws {
    let running = start("trap 'echo tidied; exit 0' TERM; echo go > ready; while :; do sleep 0.02; done")
    _ = try await folder.wait(for: "ready")
    time.advance(by: .seconds(600))
    let report = try await running.value
    #expect(report.outcome == .retry(reason: "timed out after 10m"))
    #expect(report.detail.hasPrefix("stdout: tidied") || report.detail == "tidied")
  }

  @Test func cancellingEndsItAndIsNoAttempt() async throws {
    let running = start("echo $$ > ready; sleep 300")
    let script = try await folder.wait(for: "ready")
    running.cancel()
    await #expect(throws: CancellationError.self) { try await running.value }
    #expect(!isRunning(script))
  }

  @Test func cancelledBeforeItBeganNothingRuns() async throws {
    let hook = folder.shell("echo ran > ran", time: time)
    let running = Task {
      while !Task.isCancelled { await Task.yield() }
      return try await hook.perform(sampleAttempt())
    }
    running.cancel()
    await #expect(throws: CancellationError.self) { try await running.value }
    #expect(folder.text("ran") == nil)
  }

  @Test func manyAtOnce() async throws {
    let hook = folder.shell("cat | wc -c", time: time)
    let reports = try await withThrowingTaskGroup(of: AttemptReport.self) { group in
      for number in 1...40 { group.addTask { try await hook.perform(sampleAttempt(number: number)) } }
      return try await group.reduce(into: []) { $0.append($1) }
    }
    #expect(reports.count == 40)
    #expect(
      reports.allSatisfy { $0 == AttemptReport(.delivered, code: 0, detail: "\(sampleTask.utf8.count)") })
    await eventually { time.sleepers == 0 }
  }
}
