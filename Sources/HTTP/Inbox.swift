import Synchronization

/// Something for the loop's thread to run.
enum Errand: Sendable {
  case job(UnownedJob)
  case call(@Sendable () -> Void)

  func run(as executor: UnownedSerialExecutor) {
    switch self {
    case .job(let job): job.runSynchronously(on: executor)
    case .call(let call): call()
    }
  }
}

/// What other threads hand to the loop. It rings the loop only when it sleeps, so that a busy loop costs
/// no system call.
final class Inbox: Sendable {
  private struct State {
    var errands: [Errand] = []
    var asleep = false
    var closed = false
    var straggling = false
  }

  private let state = Mutex(State())
  private let ring: @Sendable () -> Void

  /// `ring` ends the loop's sleep; it is called with the lock held, and never once the inbox is closed.
  init(ring: @escaping @Sendable () -> Void) { self.ring = ring }

  /// Whether somebody is there to run what was posted.
  enum Reader { case present, wanted }

  /// Returns `.wanted` where the loop has ended and nobody runs what comes after it yet: the caller
  /// must then see to it that `takeStraggler` is called until it returns nil.
  func post(_ errand: Errand) -> Reader {
    state.withLock { state in
      state.errands.append(errand)
      if state.closed {
        defer { state.straggling = true }
        return state.straggling ? .present : .wanted
      }
      if state.asleep {
        state.asleep = false
        ring()
      }
      return .present
    }
  }

  /// Moves all errands to the end of `batch`.
  func drain(into batch: inout [Errand]) {
    state.withLock { state in
      state.asleep = false
      guard !state.errands.isEmpty else { return }
      batch.append(contentsOf: state.errands)
      state.errands.removeAll(keepingCapacity: true)
    }
  }

  /// False where there is something to do first. After true, the next post rings.
  func fallAsleep() -> Bool {
    state.withLock { state in
      state.asleep = state.errands.isEmpty
      return state.asleep
    }
  }

  /// False where there is something to do first. After true, nothing rings any more.
  func close() -> Bool {
    state.withLock { state in
      state.closed = state.errands.isEmpty
      state.asleep = false
      return state.closed
    }
  }

  /// The next errand that came after the end; nil where there is none, and the next post asks for a new reader.
  func takeStraggler() -> Errand? {
    state.withLock { state in
      if state.errands.isEmpty {
        state.straggling = false
        return nil
      }
      return state.errands.removeFirst()
    }
  }
}
