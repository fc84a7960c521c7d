import Glibc
import Model
import Synchronization

/// An HTTP loop without a network and without a clock: it goes round as long as it is told to, on the thread that tells
/// it, and answers what is asked for in its order. Time passes by `pause` with each answer, and jumps to the next alarm
/// when nothing else is to be done. So the same polls take the same instructions.
final class ScriptedLoop: HTTPLoop, SerialExecutor {
  typealias Completion = @Sendable (Result<HTTPResponse, HTTPError>) -> Void

  private struct State {
    var jobs: [UnownedJob] = []
    var asked: [Completion] = []
    var alarms: [(at: Moment, work: @Sendable () -> Void)] = []
    var owner: UInt = 0
  }

  let time: ScriptedTime
  private let pause: Duration
  private let answer: @Sendable () -> HTTPResponse
  private let state = Mutex(State())

  /// `answer` is what the next request gets.
  init(time: ScriptedTime, pause: Duration, answer: @escaping @Sendable () -> HTTPResponse) {
    self.time = time
    self.pause = pause
    self.answer = answer
  }

  /// Goes round until so many requests are answered.
  func run(answers: Int) {
    state.withLock { $0.owner = UInt(pthread_self()) }
    var left = answers
    while left > 0 {
      let (jobs, asked) = take()
      for job in jobs { job.runSynchronously(on: asUnownedSerialExecutor()) }
      for completion in asked.prefix(left) {
        time.pass(pause)
        completion(.success(answer()))
      }
      left -= min(left, asked.count)
      // What comes from other threads, once at the start, is waited for.
      if jobs.isEmpty, asked.isEmpty, !ring() { usleep(1000) }
    }
  }

  private func take() -> (jobs: [UnownedJob], asked: [Completion]) {
    state.withLock { state in
      defer {
        state.jobs.removeAll()
        state.asked.removeAll()
      }
      return (state.jobs, state.asked)
    }
  }

  /// The next alarm goes off; false where none is set.
  private func ring() -> Bool {
    let alarm = state.withLock { state in
      state.alarms.indices.min { state.alarms[$0].at < state.alarms[$1].at }.map {
        state.alarms.remove(at: $0)
      }
    }
    guard let alarm else { return false }
    if alarm.at > time.now { time.pass(alarm.at - time.now) }
    alarm.work()
    return true
  }

  // MARK: HTTPLoop

  var executor: any SerialExecutor { self }

  func start(_ request: HTTPRequest, completion: @escaping Completion) {
    state.withLock { $0.asked.append(completion) }
  }

  func begin(_ request: HTTPRequest, completion: @escaping Completion) -> BreakOff {
    fatalError("the script has polls alone")
  }

  func wake(after delay: Duration, _ work: @escaping @Sendable () -> Void) {
    state.withLock { $0.alarms.append((time.now + delay, work)) }
  }

  func send(_ request: HTTPRequest) async throws(HTTPError) -> HTTPResponse {
    fatalError("the script has polls alone")
  }

  // MARK: SerialExecutor

  func enqueue(_ job: consuming ExecutorJob) {
    let job = UnownedJob(job)
    state.withLock { $0.jobs.append(job) }
  }

  func checkIsolated() {
    precondition(state.withLock { $0.owner } == UInt(pthread_self()), "this must run on the loop's thread")
  }
}

/// A clock that stands still between the steps of a script.
final class ScriptedTime: TimeSource {
  /// 2026-01-01T00:00:00Z, in nanoseconds.
  private let nanoseconds = Atomic<Int64>(1_767_225_600_000_000_000)

  var now: Moment { Moment(nanoseconds: nanoseconds.load(ordering: .relaxed)) }
  var wall: Timestamp { Timestamp(milliseconds: now.milliseconds) }

  func pass(_ duration: Duration) { nanoseconds.add(duration.nanoseconds, ordering: .relaxed) }

  func sleep(until moment: Moment) async throws { fatalError("nothing waits in the script") }
}
