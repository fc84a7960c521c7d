import Glibc
import Model
import Synchronization

/// The HTTP client: one thread that owns a libcurl multi handle, and is the executor of the actors that react
/// to its answers.
///
/// A turn of the loop completes what has ended, runs what was posted, calls the timers that are due, lets
/// libcurl do what is due without a socket, and sleeps in epoll until something happens.
///
/// epoll with `curl_multi_socket_action` was chosen over `curl_multi_poll` with `curl_multi_perform` by
/// measurement: CPU of the whole process for each request, in µs, of bare loops in C and of this one, with
/// libcurl 7.88.1, plain HTTP/1.1 and answers of 300 bytes, nginx on the same two busy cores (medians of a few
/// runs, which differ by a tenth, at 1000 connections by a third; the second column is one run):
///
/// |                                 | C, poll | C, epoll | C, epoll and `Poller` | this loop |
/// |---------------------------------|---------|----------|-----------------------|-----------|
/// | 64 connections, all busy        | 15.4    | 20       | 15.1                  | 16.3      |
/// | 1000 connections, all busy      | 24      | 42       | 29                    | 34        |
/// | 1000 connections, answers after 1 s | 37  | 35       | 29                    | 34        |
/// | 1 busy, 500 waiting for an answer | 450   | 37       | 16                    | 19        |
///
/// libcurl and the kernel take 96% of it. HTTP/2 over TLS costs 20 µs a request at 16 to 200 streams on one
/// connection; `send` about 30 µs, with its two hops between threads.
///
/// `shutdown` must be called before the last reference is dropped; until then the thread keeps the loop alive.
package final class CurlLoop: HTTPLoop, SerialExecutor {
  private let engine: Engine
  /// The thread on which errands may run now: the loop's or, after its end, that of late errands.
  private let owner = Atomic<UInt>(0)
  private let thread = Mutex<LoopThread?>(nil)
  private let ended = Latch()

  /// Starts the thread. Throws where the process has no descriptor, memory or thread left.
  package init() throws(HTTPError) {
    engine = try Engine()
    let started = LoopThread { [self] in
      own { engine.run(as: asUnownedSerialExecutor()) }
    }
    guard let started else {
      engine.discard()
      throw HTTPError(.other, "cannot start the HTTP loop: no thread")
    }
    thread.withLock { $0 = started }
  }

  /// How often the loop has gone round: a loop with nothing to do stands still.
  package var turns: Int { engine.turns.load(ordering: .relaxed) }

  // MARK: Requests

  package func send(_ request: HTTPRequest) async throws(HTTPError) -> HTTPResponse {
    let ticket = Ticket()
    let result: Result<HTTPResponse, HTTPError> = await withTaskCancellationHandler {
      await withCheckedContinuation { continuation in
        post(.call { self.start(request, ticket: ticket) { continuation.resume(returning: $0) } })
      }
    } onCancel: {
      post(.call { self.engine.requests.cancel(ticket) })
    }
    return try result.get()
  }

  package func start(
    _ request: HTTPRequest,
    completion: @escaping @Sendable (Result<HTTPResponse, HTTPError>) -> Void
  ) {
    checkIsolated()
    start(request, ticket: request.waits ? Ticket() : nil, completion: completion)
  }

  package func begin(
    _ request: HTTPRequest,
    completion: @escaping @Sendable (Result<HTTPResponse, HTTPError>) -> Void
  ) -> BreakOff {
    checkIsolated()
    let ticket = Ticket()
    start(request, ticket: ticket, completion: completion)
    return { self.post(.call { self.engine.requests.cancel(ticket) }) }
  }

  private func start(_ request: HTTPRequest, ticket: Ticket?, completion: @escaping Requests.Completion) {
    let goOn = (request.waits ? ticket : nil).map { ticket in
      { @Sendable [weak self] in
        guard let self else { return }
        self.post(.call { self.engine.requests.goOn(ticket) })
      }
    }
    if let error = engine.requests.start(request, ticket: ticket, goOn: goOn, completion: completion) {
      post(.call { completion(.failure(error)) })
    }
  }

  package func wake(after delay: Duration, _ work: @escaping @Sendable () -> Void) {
    let (sum, overflow) = monotonicNow().addingReportingOverflow(max(delay.nanoseconds, 0))
    let due = overflow ? Int64.max : sum
    if isOwner { return engine.wake(due: due, work) }
    post(.call { self.engine.wake(due: due, work) })
  }

  // MARK: Executor

  package var executor: any SerialExecutor { self }

  package func enqueue(_ job: consuming ExecutorJob) { post(.job(UnownedJob(job))) }

  package func checkIsolated() {
    precondition(isOwner, "this must run on the HTTP loop's thread")
  }

  package func isIsolatingCurrentContext() -> Bool? { isOwner }

  private var isOwner: Bool { owner.load(ordering: .relaxed) == UInt(pthread_self()) }

  /// Makes the current thread the owner for the time of `work`.
  private func own(_ work: () -> Void) {
    let this = UInt(pthread_self())
    owner.store(this, ordering: .relaxed)
    work()
    // The number will be reused for other threads. Another owner may have come in the meantime.
    _ = owner.compareExchange(expected: this, desired: 0, ordering: .relaxed)
  }

  private func post(_ errand: Errand) {
    if isOwner, !engine.ended { return engine.postLocally(errand) }
    if engine.inbox.post(errand) == .wanted { runLateErrands() }
  }

  /// Actors outlive the loop they run on: what is posted after its end is run by a thread that lasts as long
  /// as there is such work.
  private func runLateErrands() {
    let started = LoopThread { [self] in
      own { while let errand = engine.inbox.takeStraggler() { errand.run(as: asUnownedSerialExecutor()) } }
    }
    precondition(started != nil, "no thread to run what was posted after the HTTP loop's end")
    started?.detach()
  }

  // MARK: The end

  /// Fails what is under way and all later requests with `.cancelled`, drops the timers, closes the
  /// connections and waits for the thread's end. May be called more than once; on the loop's own thread, where
  /// it cannot wait, the loop ends after the present turn.
  package func shutdown() {
    let own = thread.withLock { thread -> LoopThread? in
      defer { thread = nil }
      return thread
    }
    guard let own else {
      if !isOwner { ended.wait() }
      return
    }
    post(.call { self.engine.stop() })
    if isOwner { own.detach() } else { own.join() }
    ended.open()
  }
}

extension HTTPRequest {
  /// Whether it may have to wait for somebody here.
  fileprivate var waits: Bool { source != nil || sink is any WaitingSink }
}
