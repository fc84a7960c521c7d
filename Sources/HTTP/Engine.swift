import Glibc
import Model
import Synchronization

/// The turns of the loop: what has ended, what others posted, what is due, then sleep.
///
/// `@unchecked Sendable`: `inbox` and `turns` may be used from any thread. Everything else is touched by the
/// initialiser, then by the loop's thread alone, and after that thread's last turn only read, by the one
/// thread that then runs late errands; both handovers are ordered, by the thread's creation and by the
/// inbox's lock.
final class Engine: @unchecked Sendable {
  let inbox: Inbox
  /// How often the loop has gone round.
  let turns = Atomic<Int>(0)
  /// For the loop's thread.
  let requests: Requests
  /// Whether errands are run late, by another thread than the loop's.
  private(set) var ended = false

  private let poller: Poller
  private var timers = Timers()
  /// Posted by the loop's own thread; needs no lock.
  private var local: [Errand] = []
  private var batch: [Errand] = []
  private var stopping = false

  init() throws(HTTPError) {
    guard let bell = Bell() else { throw Self.refusal("eventfd") }
    guard let poller = Poller(bell: bell) else {
      close(bell.descriptor)
      throw Self.refusal("epoll")
    }
    guard let requests = Requests(poller: poller) else {
      poller.close()
      throw HTTPError(.other, "cannot start the HTTP loop: libcurl cannot be initialised")
    }
    self.poller = poller
    self.requests = requests
    inbox = Inbox { bell.ring() }
  }

  private static func refusal(_ call: String) -> HTTPError {
    HTTPError(.other, "cannot start the HTTP loop: \(call): \(String(cString: strerror(errno)))")
  }

  // MARK: For the loop's thread

  func run(as executor: UnownedSerialExecutor) {
    while !stopping {
      turns.store(turns.load(ordering: .relaxed) &+ 1, ordering: .relaxed)
      requests.reap()
      runErrands(executor)
      runTimers()
      if requests.due <= monotonicNow() {
        requests.drive()
        requests.reap()
      }
      sleep()
    }
    end(executor)
  }

  /// The present turn is the last one.
  func stop() { stopping = true }

  func postLocally(_ errand: Errand) { local.append(errand) }

  /// `due` is in nanoseconds of the monotonic clock. Nothing is called after `stop`.
  func wake(due: Int64, _ work: @escaping @Sendable () -> Void) {
    if !stopping { timers.set(due: due, work) }
  }

  private func runErrands(_ executor: UnownedSerialExecutor) {
    swap(&batch, &local)
    inbox.drain(into: &batch)
    for errand in batch { errand.run(as: executor) }
    batch.removeAll(keepingCapacity: true)
  }

  private func runTimers() {
    guard timers.next != nil else { return }
    let now = monotonicNow()
    while let work = timers.take(at: now) { work() }
  }

  private func sleep() {
    let due = min(requests.due, timers.next ?? .max)
    var milliseconds: Int32 = -1
    if stopping || !local.isEmpty || due == 0 {
      milliseconds = 0
    } else if due != .max {
      // Rounded up: waking early would mean waking twice.
      let left = max(due - monotonicNow(), 0)
      milliseconds = Int32(clamping: left / 1_000_000 + (left % 1_000_000 > 0 ? 1 : 0))
    }
    if milliseconds != 0, !inbox.fallAsleep() { milliseconds = 0 }
    poller.wait(milliseconds: milliseconds) { socket, ready in
      // One request from its last byte to the next one's first, while all of it is in the cache and what it
      // frees is what the next one takes; not all that is ready first, then all completions, then all new requests.
      requests.advance(socket, ready)
      requests.reap()
      if requests.due == 0 { requests.drive() }
    }
  }

  private func end(_ executor: UnownedSerialExecutor) {
    requests.shutDown()
    timers.removeAll()
    while true {
      runErrands(executor)
      guard local.isEmpty else { continue }
      ended = true
      if inbox.close() { break }
      ended = false
    }
    requests.close()
    poller.close()
  }

  /// For an engine whose thread could not be started.
  func discard() {
    requests.close()
    poller.close()
  }
}
