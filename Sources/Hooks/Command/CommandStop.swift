import Foundation
import Model
import Synchronization

/// What ends a program from outside: at its deadline or when it is cancelled its group gets SIGTERM and, later,
/// SIGKILL. Once the program has ended nothing is sent any more: its number may then belong to others.
final class CommandStop: Sendable {
  /// Why a run is ended from outside.
  enum Cause: Sendable { case timedOut, cancelled }

  private struct State {
    var group: ProcessGroup?
    /// What is asked for before there is a group.
    var isCancelled = false
    var stopped: (cause: Cause, at: Moment)?
    var waits: [Task<Void, Never>] = []
  }

  private let state = Mutex(State())
  private let killAfter: Duration
  private let time: any TimeSource

  /// - Parameter killAfter: between SIGTERM and SIGKILL.
  init(killAfter: Duration, time: any TimeSource) {
    self.killAfter = killAfter
    self.time = time
  }

  /// Set where the run did not end by itself, with when it was stopped.
  var stopped: (cause: Cause, at: Moment)? { state.withLock { $0.stopped } }

  /// The program runs, until `deadline` at most.
  func begin(_ group: ProcessGroup, until deadline: Moment) {
    let isCancelled = state.withLock { state in
      state.group = group
      return state.isCancelled
    }
    wait(until: deadline) { self.stop(.timedOut) }
    if isCancelled { stop(.cancelled) }
  }

  /// Ends it, now or as soon as it has begun.
  func cancel() {
    let hasBegun = state.withLock { state in
      state.isCancelled = true
      return state.group != nil
    }
    if hasBegun { stop(.cancelled) }
  }

  /// The program has ended.
  func ended() { state.withLock { $0.group = nil } }

  /// After `ended`: nothing waits any more.
  func finish() {
    let waits = state.withLock { state in
      defer { state.waits = [] }
      return state.waits
    }
    for wait in waits { wait.cancel() }
  }

  private func stop(_ cause: Cause) {
    let moment = time.now
    let isFirst = state.withLock { state in
      guard let group = state.group, state.stopped == nil else { return false }
      state.stopped = (cause, moment)
      group.send(SIGTERM)
      return true
    }
    if isFirst { wait(until: moment + killAfter) { self.state.withLock { $0.group?.send(SIGKILL) } } }
  }

  private func wait(until moment: Moment, then act: @escaping @Sendable () -> Void) {
    let wait = Task { [time] in
      if (try? await time.sleep(until: moment)) != nil { act() }
    }
    state.withLock { $0.waits.append(wait) }
  }
}
