import Dispatch
import Foundation
import Model
import Synchronization

/// An HTTP loop without a network: requests are answered by a closure, timers go off when the test turns the
/// clock.
package final class ScriptedLoop: HTTPLoop, SerialExecutor {
  package typealias Answer = @Sendable (HTTPRequest) -> Result<HTTPResponse, HTTPError>?

  private struct State {
    var timers: [(at: Moment, work: @Sendable () -> Void)] = []
    var requests: [(url: String, at: Moment)] = []
    /// Answers that are kept back; nil where they go out at once.
    var held: [@Sendable () -> Void]?
  }

  private let queue = DispatchQueue(label: "scripted-loop")
  private let time: ManualTime
  private let answer: Answer
  private let state = Mutex(State())

  /// `answer` nil leaves a request without an answer.
  package init(time: ManualTime, answer: @escaping Answer) {
    self.time = time
    self.answer = answer
  }

  /// All requests so far, with when they began.
  package var requests: [(url: String, at: Moment)] { state.withLock { $0.requests } }

  /// How many timers are set and have not gone off.
  package var timers: Int { state.withLock { $0.timers.count } }

  package var executor: any SerialExecutor { self }

  package func enqueue(_ job: consuming ExecutorJob) {
    let job = UnownedJob(job)
    queue.async { job.runSynchronously(on: self.asUnownedSerialExecutor()) }
  }

  package func checkIsolated() { dispatchPrecondition(condition: .onQueue(queue)) }

  package func start(
    _ request: HTTPRequest,
    completion: @escaping @Sendable (Result<HTTPResponse, HTTPError>) -> Void
  ) {
    state.withLock { $0.requests.append((request.url, time.now)) }
    guard let result = answer(request) else { return }
    let isHeld = state.withLock { state in
      state.held?.append { completion(result) }
      return state.held != nil
    }
    if !isHeld { queue.async { completion(result) } }
  }

  package func begin(
    _ request: HTTPRequest,
    completion: @escaping @Sendable (Result<HTTPResponse, HTTPError>) -> Void
  ) -> BreakOff {
    let isOpen = Mutex(true)
    let once: @Sendable (Result<HTTPResponse, HTTPError>) -> Void = { result in
      let isFirst = isOpen.withLock { open in
        defer { open = false }
        return open
      }
      if isFirst { completion(result) }
    }
    start(request, completion: once)
    return { self.queue.async { once(.failure(HTTPError(.cancelled, "broken off"))) } }
  }

  /// Keeps answers back until `releaseAnswers`.
  package func holdAnswers() { state.withLock { $0.held = [] } }

  package func releaseAnswers() {
    let held = state.withLock { state in
      defer { state.held = nil }
      return state.held ?? []
    }
    for answer in held { queue.async { answer() } }
  }

  package func send(_ request: HTTPRequest) async throws(HTTPError) -> HTTPResponse {
    state.withLock { $0.requests.append((request.url, time.now)) }
    guard let result = answer(request) else { throw HTTPError(.other, "no test scripts this") }
    return try result.get()
  }

  package func wake(after delay: Duration, _ work: @escaping @Sendable () -> Void) {
    state.withLock { $0.timers.append((time.now + delay, work)) }
  }

  /// Turns the clock by `duration`, timer by timer, and lets everything that follows run.
  package func advance(by duration: Duration) async {
    let end = time.now + duration
    await settle()
    while let timer = next(until: end) {
      if timer.at > time.now { time.advance(by: timer.at - time.now) }
      queue.async { timer.work() }
      await settle()
    }
    if end > time.now { time.advance(by: end - time.now) }
    await settle()
  }

  private func next(until end: Moment) -> (at: Moment, work: @Sendable () -> Void)? {
    state.withLock { state in
      guard let index = state.timers.indices.min(by: { state.timers[$0].at < state.timers[$1].at }),
        state.timers[index].at <= end
      else { return nil }
      return state.timers.remove(at: index)
    }
  }

  /// Lets the queue and the tasks that answers started come to rest.
  private func settle() async {
    for _ in 0..<3 {
      await withCheckedContinuation { continuation in queue.async { continuation.resume() } }
      try? await Task.sleep(for: .microseconds(300))
    }
  }
}
