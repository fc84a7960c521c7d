import CLinux
import Foundation
import Synchronization

/// One thread that sees to all programs that run: takes what they write, gives them what they read, notices their
/// ends.
///
/// swift-subprocess starts the programs and waits for them. It would move their bytes, too, with tasks, streams and
/// buffers of 64 KiB a pipe; that and a thread for each end took more CPU than the programs themselves, where these are
/// as small as hooks' mostly are.
final class CommandLoop: Sendable {
  /// Nil where the process has no descriptor left as the first program is run.
  static let shared = CommandLoop()

  private struct Program {
    let traffic: CommandTraffic
    let ended: @Sendable () -> Void
  }

  private struct State {
    var programs: [UInt64: Program] = [:]
    var last: UInt64 = 0
  }

  /// What of a program is ready, in the two low bits of an event's mark; its number is in the others.
  private enum Part: UInt64 { case end, input, output, error }

  private let epoll: Int32
  private let state = Mutex(State())

  private init?() {
    epoll = epoll_create1(Int32(EPOLL_CLOEXEC))
    guard epoll >= 0 else { return nil }
    Thread.detachNewThread { self.run() }
  }

  /// Sees to a program until it ends; `ended` is called then, before what it left in its pipes is taken. It has not been
  /// waited for when this returns, so its number is still its own.
  ///
  /// - Parameter descriptor: of the process (pidfd_open(2)); negative where the kernel has none, which takes a thread.
  func follow(
    _ process: pid_t, _ descriptor: Int32, _ traffic: CommandTraffic, ended: @escaping @Sendable () -> Void
  ) async {
    await withCheckedContinuation { continuation in
      let program = Program(traffic: traffic) {
        ended()
        traffic.end()
        continuation.resume()
      }
      let number = state.withLock { state in
        state.last += 1
        state.programs[state.last] = program
        return state.last
      }
      for (stream, end) in traffic.open {
        switch stream {
        case .input: watch(end, EPOLLOUT.rawValue, number, .input)
        case .output: watch(end, EPOLLIN.rawValue, number, .output)
        case .error: watch(end, EPOLLIN.rawValue, number, .error)
        }
      }
      // Last: the end may be now.
      if descriptor < 0 || !watch(descriptor, EPOLLIN.rawValue | EPOLLONESHOT.rawValue, number, .end) {
        Thread.detachNewThread {
          ProcessGroup(leader: process).awaitLeader()
          self.end(number)
        }
      }
    }
  }

  @discardableResult
  private func watch(_ descriptor: Int32, _ events: UInt32, _ number: UInt64, _ part: Part) -> Bool {
    var event = epoll_event()
    event.events = events
    event.data.u64 = number << 2 | part.rawValue
    return epoll_ctl(epoll, EPOLL_CTL_ADD, descriptor, &event) == 0
  }

  private func end(_ number: UInt64) {
    state.withLock { $0.programs.removeValue(forKey: number) }?.ended()
  }

  private func run() {
    var events = [epoll_event](repeating: epoll_event(), count: 64)
    while true {
      let count = epoll_wait(epoll, &events, Int32(events.count), -1)
      for event in events.prefix(Int(max(count, 0))) {
        // One that has ended in the same turn is gone already.
        let number = event.data.u64 >> 2
        guard let part = Part(rawValue: event.data.u64 & 3),
          let program = state.withLock({ $0.programs[number] })
        else { continue }
        switch part {
        case .end: end(number)
        case .input: program.traffic.give()
        case .output: program.traffic.take(.output)
        case .error: program.traffic.take(.error)
        }
      }
    }
  }
}
