import Synchronization

/// The waits that a listener must not wait for when it stops: for the rest of a body, for a slow answer.
final class Jobs: Sendable {
  private struct State {
    var isOpen = true
    var next = 0
    var cancellations: [Int: @Sendable () -> Void] = [:]
  }

  private let state = Mutex(State())

  /// Runs `work` until it ends or `cancelAll` is called; from then on until `reopen` nothing runs.
  func run<T: Sendable>(_ work: @escaping @Sendable () async throws -> T) async throws -> T {
    let (number, job) = try state.withLock { state in
      if !state.isOpen { throw CancellationError() }
      let job = Task { try await work() }
      state.next += 1
      state.cancellations[state.next] = { job.cancel() }
      return (state.next, job)
    }
    defer { state.withLock { _ = $0.cancellations.removeValue(forKey: number) } }
    return try await withTaskCancellationHandler {
      try await job.value
    } onCancel: {
      job.cancel()
    }
  }

  func cancelAll() {
    let cancellations = state.withLock { state in
      state.isOpen = false
      return state.cancellations.values
    }
    for cancel in cancellations { cancel() }
  }

  func reopen() { state.withLock { $0.isOpen = true } }
}
