import Foundation
import Model
import Synchronization
import Testing

@testable import taskhook_bench

@Suite struct ScriptedLoopTests {
  @Test(.timeLimit(.minutes(1))) func answersComeInOrderAndTimePasses() {
    let time = ScriptedTime()
    let begun = time.now
    let body = Atomic<Int>(0)
    let loop = ScriptedLoop(time: time, pause: .microseconds(20)) {
      HTTPResponse(status: body.add(1, ordering: .relaxed).newValue)
    }
    let seen = Mutex<[Int]>([])
    let profile = HTTPProfile(method: "GET", timeout: .seconds(1), bodyLimit: 1)
    for _ in 0..<3 {
      loop.start(HTTPRequest(profile, url: "http://test/")) { result in
        seen.withLock { $0.append((try? result.get().status) ?? 0) }
      }
    }
    loop.run(answers: 2)
    #expect(seen.withLock { $0 } == [1, 2])
    #expect(time.now - begun == .microseconds(40))
  }

  @Test(.timeLimit(.minutes(1))) func alarmsGoOffWhenNothingElseIsToBeDone() {
    let time = ScriptedTime()
    let begun = time.now
    let loop = ScriptedLoop(time: time, pause: .zero) { HTTPResponse(status: 200) }
    let rung = Mutex<[Duration]>([])
    let profile = HTTPProfile(method: "GET", timeout: .seconds(1), bodyLimit: 1)
    loop.wake(after: .seconds(2)) {
      rung.withLock { $0.append(time.now - begun) }
      loop.start(HTTPRequest(profile, url: "http://test/")) { _ in }
    }
    loop.wake(after: .seconds(1)) { rung.withLock { $0.append(time.now - begun) } }
    loop.run(answers: 1)
    #expect(rung.withLock { $0 } == [.seconds(1), .seconds(2)])
  }

  /// The script itself, to its end: tasks that are polled, and whose polls are no news. It holds its thread, so it has
  /// one of its own.
  @Test(.timeLimit(.minutes(1)), arguments: ScriptedPolls.Kind.allCases)
  func theScriptRuns(_ kind: ScriptedPolls.Kind) async throws {
    let result: Result<Void, any Error> = await withCheckedContinuation { continuation in
      Thread { continuation.resume(returning: Result { try ScriptedPolls(kind).run(5000) }) }.start()
    }
    try result.get()
  }
}
