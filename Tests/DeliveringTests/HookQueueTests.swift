import Logging
import Model
import TestSupport
import Testing

@testable import Delivering

@Suite struct HookQueueTests {
  private static let log = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }

  private static func delivery(_ row: Int64) -> ClaimedDelivery {
    ClaimedDelivery(
      row: row, id: "msg_\(row)",
      event: Event(
        type: .task(.running), source: "s", taskID: "t\(row)", sequence: 1, timestamp: .start),
      attempts: 0, tries: 0)
  }

  private static func queue(
    _ hook: ScriptedHook, _ store: ScriptedStore, _ time: ManualTime,
    rules: DeliveryRules = DeliveryRules(retry: .schedule([.seconds(10)]), concurrency: 4, breaker: nil),
    state: HookState = HookState()
  ) -> HookQueue {
    HookQueue(
      name: "h", hook: hook, rules: rules, state: state, store: store, router: FixedRouter([]),
      executor: SerialThread(), time: time,
      log: log, observer: nil)
  }

  /// Returns once the queue does nothing but wait for the clock or for news: what it has not begun by then it does
  /// not begin.
  private static func rest(_ queue: HookQueue) async {
    await eventually { await !queue.isAtWork }
  }

  @Test func whatIsDueIsDeliveredOnce() async {
    let time = ManualTime()
    let store = ScriptedStore()
    for row in 1...500 { store.offer(Self.delivery(Int64(row)), due: .start) }
    let hook = ScriptedHook(time: time) { _ in .delivered }
    let queue = Self.queue(hook, store, time)
    await queue.start()
    await eventually { store.settled.count == 500 }
    #expect(Set(hook.attempts.map(\.id)).count == 500 && hook.attempts.count == 500)
    #expect(hook.most <= 4)
    await eventually { await queue.isIdle }
  }

  @Test func aFailedOneIsTriedAgainWhenItIsDue() async {
    let time = ManualTime()
    let store = ScriptedStore()
    store.offer(Self.delivery(1), due: .start)
    let hook = ScriptedHook(time: time) { $0.number == 1 ? .retry(reason: "500") : .delivered }
    let queue = Self.queue(hook, store, time)
    await queue.start()
    await eventually { store.settled.count == 1 && time.sleepers == 1 }
    time.advance(by: .seconds(9.9))
    #expect(time.sleepers == 1, "nobody woke")
    await queue.notify()
    await Self.rest(queue)
    #expect(hook.attempts.count == 1)
    time.advance(by: .seconds(2.2))
    await eventually { store.settled.count == 2 }
    #expect(hook.attempts.map(\.number) == [1, 2])
    #expect(hook.attempts[1].at >= .start + .seconds(10))
    #expect(store.settled.dropFirst(1).first?.result == .delivered)
  }

  @Test func theLastFailureIsTheEnd() async {
    let time = ManualTime()
    let store = ScriptedStore()
    var delivery = Self.delivery(1)
    delivery.attempts = 7
    delivery.tries = 1
    store.offer(delivery, due: .start)
    let hook = ScriptedHook(time: time) { _ in .retry(reason: "HTTP 500") }
    let queue = Self.queue(hook, store, time)
    await queue.start()
    await eventually { store.settled.count == 1 }
    #expect(store.settled.first?.result == .dead)
    #expect(store.settled.first?.attempt.number == 8)
    #expect(store.settled.first?.attempt.error == "given up after 2 attempts; the last: HTTP 500")
  }

  @Test func anUnwritableStoreDoesNotSendTwice() async {
    let time = ManualTime()
    let store = ScriptedStore()
    store.offer(Self.delivery(1), due: .start)
    store.failSettlements(3)
    let hook = ScriptedHook(time: time) { _ in .delivered }
    let queue = Self.queue(hook, store, time)
    await queue.start()
    for _ in 0..<3 {
      await eventually { time.sleepers >= 1 }
      await queue.notify()
      time.advance(by: .seconds(31))
    }
    await eventually { store.settled.count == 1 }
    await Self.rest(queue)
    #expect(hook.attempts.count == 1)
  }

  @Test func oneThatTheStoreRefusesHoldsNoOther() async {
    let time = ManualTime()
    let store = ScriptedStore()
    for row in 1...9 { store.offer(Self.delivery(Int64(row)), due: .start) }
    store.refuseToSettle(5)
    let hook = ScriptedHook(time: time) { _ in .delivered }
    let queue = Self.queue(hook, store, time)
    await queue.start()
    for _ in 0..<4 {
      await eventually { time.sleepers == 1 }
      time.advance(by: .seconds(31))
    }
    await eventually { store.settled.count == 8 }
    await queue.notify()
    await Self.rest(queue)
    #expect(hook.attempts.count == 9, "it is not made again either")
  }

  @Test func stoppingDoesNotWaitForAStoreThatCannotBeWritten() async {
    let time = ManualTime()
    let store = ScriptedStore()
    store.offer(Self.delivery(1), due: .start)
    store.failSettlements(.max)
    let queue = Self.queue(ScriptedHook(time: time) { _ in .delivered }, store, time)
    await queue.start()
    for _ in 0..<6 {
      await eventually { time.sleepers == 1 }
      time.advance(by: .seconds(31))
    }
    await eventually { time.sleepers == 1 }
    await queue.stop(deadline: time.now + .seconds(10))
    #expect(store.settled.isEmpty)
  }

  @Test func goneIsRecordedWithThePause() async throws {
    let time = ManualTime()
    let store = ScriptedStore()
    store.offer(Self.delivery(1), due: .start)
    store.offer(Self.delivery(2), due: .start + .seconds(1))
    let hook = ScriptedHook(time: time) { _ in .gone(reason: "410") }
    let queue = Self.queue(hook, store, time)
    await queue.start()
    await eventually { store.settled.count == 1 }
    let down = "410; it is paused until it is resumed"
    #expect(store.settled.first?.hookState == HookState(paused: "410", down: down))
    time.advance(by: .hours(10))
    await queue.notify()
    await Self.rest(queue)
    #expect(hook.attempts.count == 1)
    await queue.resume()
    await eventually { store.settled.count == 2 }
    #expect(store.settled.last?.hookState == HookState(paused: "410", down: down))
    await queue.resume()
    try await eventually { try await store.hookStates()["h"] == HookState(down: down) }
  }

  @Test func retryAfterHoldsDeliveriesThatWereClaimedAlready() async {
    let time = ManualTime()
    let store = ScriptedStore()
    for row in 1...5 { store.offer(Self.delivery(Int64(row)), due: .start) }
    let hook = ScriptedHook(time: time) { attempt in
      attempt.number == 1 && attempt.delivery == "msg_1"
        ? .retry(reason: "429", after: .seconds(60)) : .delivered
    }
    let queue = Self.queue(
      hook, store, time, rules: DeliveryRules(retry: .schedule([.seconds(1)]), concurrency: 1, breaker: nil))
    await queue.start()
    await eventually { store.settled.count == 1 && time.sleepers >= 1 }
    #expect(store.settled.first?.hookState?.notBefore == .start + .seconds(60))
    time.advance(by: .seconds(59))
    await queue.notify()
    await Self.rest(queue)
    #expect(hook.attempts.count == 1)
    time.advance(by: .seconds(20))
    await eventually { store.settled.count == 6 }
    #expect(hook.attempts.dropFirst().allSatisfy { $0.at >= .start + .seconds(60) })
  }

  @Test func stoppingLetsRunningAttemptsFinish() async {
    let time = ManualTime()
    let store = ScriptedStore()
    for row in 1...10 { store.offer(Self.delivery(Int64(row)), due: .start) }
    let hook = ScriptedHook(time: time, holds: true) { _ in .delivered }
    let queue = Self.queue(hook, store, time)
    await queue.start()
    await eventually { hook.running == 4 }
    async let stopped: Void = queue.stop(deadline: time.now + .seconds(10))
    await eventually { time.sleepers == 1 }
    hook.release()
    await stopped
    #expect(store.settled.count == 4 && hook.attempts.count == 4)
  }

  @Test func whatDoesNotFinishIsBrokenOffAndNotCounted() async {
    let time = ManualTime()
    let store = ScriptedStore()
    for row in 1...10 { store.offer(Self.delivery(Int64(row)), due: .start) }
    let hook = ScriptedHook(time: time, holds: true) { _ in .delivered }
    let queue = Self.queue(hook, store, time)
    await queue.start()
    await eventually { hook.running == 4 }
    async let stopped: Void = queue.stop(deadline: time.now + .seconds(10))
    await eventually { time.sleepers == 1 }
    time.advance(by: .seconds(10))
    await stopped
    #expect(store.settled.isEmpty && hook.attempts.count == 4)
  }
}
