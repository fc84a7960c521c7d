import Model
import Synchronization
import TestSupport
import Testing

/// Performs attempts as a test says, and notes them.
final class ScriptedHook: Hook {
  struct Made: Sendable {
    var id: String
    var number: Int
    var at: Moment
    var message: Message
  }

  private struct State {
    var attempts: [Made] = []
    var running = 0
    var most = 0
    var waiting: [CheckedContinuation<Bool, Never>] = []
  }

  private let state = Mutex(State())
  private let time: ManualTime
  private let holds: Bool
  private let outcome: @Sendable (Attempt) -> Outcome

  /// With `holds`, attempts run until `release` or cancellation.
  init(time: ManualTime, holds: Bool = false, outcome: @escaping @Sendable (Attempt) -> Outcome) {
    self.time = time
    self.holds = holds
    self.outcome = outcome
  }

  var attempts: [Made] { state.withLock { $0.attempts } }
  /// The events of the attempts that were no digests.
  var events: [Event] {
    attempts.compactMap { if case .event(let event) = $0.message { event } else { nil } }
  }
  var most: Int { state.withLock { $0.most } }
  var running: Int { state.withLock { $0.running } }

  func release() {
    let waiting = state.withLock { state in
      defer { state.waiting.removeAll() }
      return state.waiting
    }
    for waiter in waiting { waiter.resume(returning: true) }
  }

  func perform(_ attempt: Attempt) async throws(CancellationError) -> AttemptReport {
    state.withLock { state in
      state.attempts.append(
        Made(id: attempt.delivery, number: attempt.number, at: time.now, message: attempt.message))
      state.running += 1
      state.most = max(state.most, state.running)
    }
    defer { state.withLock { $0.running -= 1 } }
    if holds {
      let released = await withTaskCancellationHandler {
        await withCheckedContinuation { continuation in
          state.withLock { $0.waiting.append(continuation) }
        }
      } onCancel: {
        let waiting = state.withLock { state in
          defer { state.waiting.removeAll() }
          return state.waiting
        }
        for waiter in waiting { waiter.resume(returning: false) }
      }
      if !released { throw CancellationError() }
    }
    return AttemptReport(outcome(attempt), code: 1, detail: "")
  }
}
