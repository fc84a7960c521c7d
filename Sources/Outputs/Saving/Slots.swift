import Synchronization

/// Places for a number of files at once, given in the order in which they are asked for.
final class Slots: Sendable {
  private struct State {
    var free: Int
    var waiting: [(id: Int, turn: CheckedContinuation<Bool, Never>)] = []
    var nextID = 0
  }

  private let state: Mutex<State>

  init(_ count: Int) { state = Mutex(State(free: count)) }

  /// Waits for a place.
  func take() async throws(CancellationError) {
    let id = state.withLock { state in
      state.nextID += 1
      return state.nextID
    }
    let isTaken = await withTaskCancellationHandler {
      await withCheckedContinuation { continuation in
        let immediate: Bool? = state.withLock { state in
          if Task.isCancelled { return false }
          if state.free > 0 {
            state.free -= 1
            return true
          }
          state.waiting.append((id, continuation))
          return nil
        }
        if let immediate { continuation.resume(returning: immediate) }
      }
    } onCancel: {
      let waiter = state.withLock { state in
        state.waiting.firstIndex { $0.id == id }.map { state.waiting.remove(at: $0) }
      }
      waiter?.turn.resume(returning: false)
    }
    if !isTaken { throw CancellationError() }
  }

  func giveBack() {
    let next = state.withLock { state -> CheckedContinuation<Bool, Never>? in
      if state.waiting.isEmpty {
        state.free += 1
        return nil
      }
      return state.waiting.removeFirst().turn
    }
    next?.resume(returning: true)
  }
}

/// One file's use of a place, which it may give back while it waits.
final class Turn: Sendable {
  private let slots: Slots
  private let holds = Mutex(false)

  init(_ slots: Slots) { self.slots = slots }

  deinit { end() }

  func begin() async throws(CancellationError) {
    if holds.withLock({ $0 }) { return }
    try await slots.take()
    holds.withLock { $0 = true }
  }

  func end() {
    let held = holds.withLock { held in
      defer { held = false }
      return held
    }
    if held { slots.giveBack() }
  }
}
