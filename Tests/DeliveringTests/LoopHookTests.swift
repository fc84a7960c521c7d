import Logging
import Model
import Synchronization
import TestSupport
import Testing

@testable import Delivering

/// Hooks that make their attempts on the thread of the queue's loop.
@Suite struct LoopHookTests {
  /// Keeps what it was asked for until a test says what came of it.
  private final class LoopHook: Hook {
    private struct State {
      var begun: [String: @Sendable (AttemptReport?) -> Void] = [:]
      var brokenOff: Set<String> = []
    }

    private let state = Mutex(State())
    private let thread: SerialThread

    init(_ thread: SerialThread) { self.thread = thread }

    var running: Set<String> { state.withLock { Set($0.begun.keys) } }
    var brokenOff: Set<String> { state.withLock { $0.brokenOff } }

    func perform(_ attempt: Attempt) async throws(CancellationError) -> AttemptReport {
      Issue.record("an attempt took a task of its own")
      throw CancellationError()
    }

    func begin(
      _ attempt: Attempt, completion: @escaping @Sendable (AttemptReport?) -> Void
    ) -> BreakOff? {
      thread.checkIsolated()
      state.withLock { $0.begun[attempt.delivery] = completion }
      return {
        self.state.withLock { _ = $0.brokenOff.insert(attempt.delivery) }
        self.end(attempt.delivery, nil)
      }
    }

    func end(_ delivery: String, _ report: AttemptReport?) {
      let completion = state.withLock { $0.begun.removeValue(forKey: delivery) }
      thread.run { completion?(report) }
    }
  }

  private struct Stage {
    let time = ManualTime()
    let store = ScriptedStore()
    let hook: LoopHook
    let queue: HookQueue

    /// `concurrency` attempts at once, of as many deliveries as are asked for.
    init(deliveries: Int, concurrency: Int) {
      let thread = SerialThread()
      hook = LoopHook(thread)
      for row in 1...deliveries {
        let event = Event(
          type: .task(.running), source: "s", taskID: "t\(row)", sequence: 1, timestamp: .start)
        store.offer(
          ClaimedDelivery(row: Int64(row), id: "msg_\(row)", event: event, attempts: 0, tries: 0), due: .start
        )
      }
      queue = HookQueue(
        name: "h", hook: hook,
        rules: DeliveryRules(retry: .schedule([.seconds(10)]), concurrency: concurrency, breaker: nil),
        state: HookState(), store: store, router: FixedRouter([]), executor: thread, time: time,
        log: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }, observer: nil)
    }
  }

  @Test func anAnswerBringsTheNextRequest() async {
    let stage = Stage(deliveries: 3, concurrency: 2)
    await stage.queue.start()
    await eventually { stage.hook.running == ["msg_1", "msg_2"] }
    stage.time.advance(by: .seconds(3))
    stage.hook.end("msg_1", AttemptReport(.delivered, code: 204))
    await eventually { stage.hook.running == ["msg_2", "msg_3"] }
    stage.hook.end("msg_2", AttemptReport(.retry(reason: "500"), code: 500))
    stage.hook.end("msg_3", AttemptReport(.dead(reason: "400"), code: 400))
    await eventually { stage.store.settled.count == 3 }
    #expect(stage.store.settled.map(\.row) == [1, 2, 3])
    #expect(stage.store.settled.map(\.attempt.code) == [204, 500, 400])
    #expect(stage.store.settled[0].attempt.duration == .seconds(3))
    #expect(stage.store.settled[0].result == .delivered && stage.store.settled[2].result == .dead)
  }

  @Test func whatDoesNotFinishIsBrokenOffAndNotCounted() async {
    let stage = Stage(deliveries: 5, concurrency: 2)
    await stage.queue.start()
    await eventually { stage.hook.running.count == 2 }
    async let stopped: Void = stage.queue.stop(deadline: stage.time.now + .seconds(10))
    await eventually { stage.time.sleepers == 1 }
    stage.hook.end("msg_1", AttemptReport(.delivered, code: 200))
    await eventually { stage.store.settled.count == 1 }
    stage.time.advance(by: .seconds(10))
    await stopped
    #expect(stage.hook.brokenOff == ["msg_2"])
    #expect(stage.store.settled.map(\.row) == [1], "and no other was begun")
  }

  @Test func oneThatItsLoopGaveUpIsMadeAgain() async {
    let stage = Stage(deliveries: 1, concurrency: 2)
    await stage.queue.start()
    await eventually { stage.hook.running == ["msg_1"] }
    stage.hook.end("msg_1", nil)
    await eventually { await !stage.queue.isAtWork }
    #expect(stage.store.settled.isEmpty)
    await stage.queue.notify()
    await eventually { stage.hook.running == ["msg_1"] }
    stage.hook.end("msg_1", AttemptReport(.delivered, code: 200))
    await eventually { stage.store.settled.count == 1 }
    #expect(stage.store.settled[0].attempt.number == 1)
  }
}
