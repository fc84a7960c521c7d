import Model
import Synchronization

/// A clock that is turned by hand. `wall` moves with it unless it is set apart.
package final class ManualTime: TimeSource {
  private struct State {
    var now: Int64
    var wallOffset: Int64 = 0
    var sleepers: [(id: Int, until: Int64, wake: CheckedContinuation<Bool, Never>)] = []
    var nextID = 0
  }

  private let state: Mutex<State>

  /// Begins at 2026-01-01T00:00:00Z.
  package init() { state = Mutex(State(now: 1_767_225_600_000_000_000)) }

  package var now: Moment { state.withLock { Moment(nanoseconds: $0.now) } }
  package var wall: Timestamp {
    state.withLock { Timestamp(milliseconds: ($0.now + $0.wallOffset) / 1_000_000) }
  }

  /// How many callers sleep.
  package var sleepers: Int { state.withLock { $0.sleepers.count } }

  package func advance(by duration: Duration) {
    let woken = state.withLock { state in
      state.now += duration.nanoseconds
      let due = state.sleepers.filter { $0.until <= state.now }
      state.sleepers.removeAll { $0.until <= state.now }
      return due
    }
    for sleeper in woken { sleeper.wake.resume(returning: true) }
  }

  /// Sets the wall clock apart, as an administrator or NTP would.
  package func jumpWall(by duration: Duration) {
    state.withLock { $0.wallOffset += duration.nanoseconds }
  }

  package func sleep(until moment: Moment) async throws {
    let id = state.withLock { state in
      state.nextID += 1
      return state.nextID
    }
    let woken = await withTaskCancellationHandler {
      await withCheckedContinuation { continuation in
        let immediate: Bool? = state.withLock { state in
          if Task.isCancelled { return false }
          if moment.nanoseconds <= state.now { return true }
          state.sleepers.append((id, moment.nanoseconds, continuation))
          return nil
        }
        if let immediate { continuation.resume(returning: immediate) }
      }
    } onCancel: {
      let sleeper = state.withLock { state -> CheckedContinuation<Bool, Never>? in
        guard let index = state.sleepers.firstIndex(where: { $0.id == id }) else { return nil }
        return state.sleepers.remove(at: index).wake
      }
      sleeper?.resume(returning: false)
    }
    if !woken { throw CancellationError() }
  }
}
