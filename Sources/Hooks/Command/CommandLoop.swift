import CLinux
import Foundation
import Synchronization

/// One thread that sees to all programs that run: starts them, takes what they write, gives them what they read, and
/// waits for their ends.
final class CommandLoop: Sendable {
  typealias Ending = Result<(group: ProcessGroup, ending: CommandEnding), ProgramStart.Refusal>

  /// Nil where the process has no descriptor left as the first program is run.
  static let shared = CommandLoop()

  /// A program that is to run, and who is told of it.
  struct Order: Sendable {
    let start: ProgramStart
    let pipes: CommandPipes
    let traffic: CommandTraffic
    let began: @Sendable (ProcessGroup) -> Void
    let ended: @Sendable () -> Void
    let completion: @Sendable (Ending) -> Void
  }

  enum Errand: Sendable {
    case start(Order)
    /// Of a program whose end the kernel does not tell by a descriptor.
    case end(UInt64)
  }

  private let epoll: Int32
  private let bell: Int32
  private let errands = Mutex<[Errand]>([])
  private let hasDescriptors: Bool

  /// - Parameter hasDescriptors: whether the ends of programs are told by descriptors of them (pidfd_open(2)); where the
  ///   kernel has none, each takes a thread.
  init?(hasDescriptors: Bool = true) {
    self.hasDescriptors = hasDescriptors
    epoll = epoll_create1(Int32(EPOLL_CLOEXEC))
    bell = eventfd(0, Int32(EFD_CLOEXEC | EFD_NONBLOCK))
    var event = epoll_event()
    event.events = EPOLLIN.rawValue
    event.data.u64 = Programs.bell
    guard epoll >= 0, bell >= 0, epoll_ctl(epoll, EPOLL_CTL_ADD, bell, &event) == 0 else {
      for descriptor in [epoll, bell] where descriptor >= 0 { close(descriptor) }
      return nil
    }
    // Writing to a program that has closed its standard input must fail (EPIPE), not kill taskhook; and whoever started
    // it with SIGCHLD ignored would have taken from it how programs end. Programs get the defaults all the same.
    signal(SIGPIPE, SIG_IGN)
    signal(SIGCHLD, SIG_DFL)
    Thread.detachNewThread { self.run() }
  }

  /// Runs a program until it ends.
  ///
  /// - Parameters:
  ///   - began: called once it runs.
  ///   - ended: called once it has ended, and before it is waited for: until then its number is its own.
  func run(
    _ start: ProgramStart, _ pipes: CommandPipes, _ traffic: CommandTraffic,
    began: @escaping @Sendable (ProcessGroup) -> Void, ended: @escaping @Sendable () -> Void
  ) async -> Ending {
    await withCheckedContinuation { continuation in
      post(
        .start(
          Order(start: start, pipes: pipes, traffic: traffic, began: began, ended: ended) {
            continuation.resume(returning: $0)
          }))
    }
  }

  private func post(_ errand: Errand) {
    let isFirst = errands.withLock { errands in
      errands.append(errand)
      return errands.count == 1
    }
    if isFirst { eventfd_write(bell, 1) }
  }

  private func run() {
    var programs = Programs(epoll: epoll, hasDescriptors: hasDescriptors) { self.post(.end($0)) }
    var events = [epoll_event](repeating: epoll_event(), count: 64)
    while true {
      let count = epoll_wait(epoll, &events, Int32(events.count), -1)
      for event in events.prefix(Int(max(count, 0))) {
        guard event.data.u64 == Programs.bell else {
          programs.happened(event.data.u64)
          continue
        }
        var rings: eventfd_t = 0
        eventfd_read(bell, &rings)
        let errands = errands.withLock { errands in
          defer { errands = [] }
          return errands
        }
        for errand in errands { programs.perform(errand) }
      }
    }
  }

  /// The programs that run. Belongs to the loop's thread.
  private struct Programs {
    /// The mark of the loop's own events.
    static let bell = UInt64.max

    /// What of a program is ready, in the two low bits of an event's mark; its number is in the others.
    private enum Part: UInt64 { case end, input, output, error }

    private struct Program {
      let group: ProcessGroup
      /// Of the process; negative where there is none.
      let descriptor: Int32
      let order: Order
    }

    private let epoll: Int32
    private let hasDescriptors: Bool
    private let ended: @Sendable (UInt64) -> Void
    private var programs: [UInt64: Program] = [:]
    private var last: UInt64 = 0

    init(epoll: Int32, hasDescriptors: Bool, ended: @escaping @Sendable (UInt64) -> Void) {
      self.epoll = epoll
      self.hasDescriptors = hasDescriptors
      self.ended = ended
    }

    mutating func perform(_ errand: Errand) {
      switch errand {
      case .start(let order): start(order)
      case .end(let number): end(number)
      }
    }

    mutating func happened(_ mark: UInt64) {
      // One that has ended in the same turn is gone already.
      let number = mark >> 2
      guard let part = Part(rawValue: mark & 3), let program = programs[number] else { return }
      switch part {
      case .end: end(number)
      case .input: program.order.traffic.give()
      case .output: program.order.traffic.take(.output)
      case .error: program.order.traffic.take(.error)
      }
    }

    private mutating func start(_ order: Order) {
      let spawned = order.start.spawn(order.pipes)
      order.pipes.closeTheirs()
      let process: pid_t
      switch spawned {
      case .success(let started): process = started
      case .failure(let refusal):
        order.traffic.end()
        return order.completion(.failure(refusal))
      }
      let group = ProcessGroup(leader: process)
      last += 1
      let number = last
      let descriptor = hasDescriptors ? clinux_pidfd_open(process) : -1
      programs[number] = Program(group: group, descriptor: descriptor, order: order)
      order.began(group)
      for (stream, end) in order.traffic.open {
        switch stream {
        case .input: watch(end, EPOLLOUT.rawValue, number, .input)
        case .output: watch(end, EPOLLIN.rawValue, number, .output)
        case .error: watch(end, EPOLLIN.rawValue, number, .error)
        }
      }
      if descriptor < 0 || !watch(descriptor, EPOLLIN.rawValue, number, .end) {
        Thread.detachNewThread { [ended] in
          group.awaitLeader()
          ended(number)
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

    private mutating func end(_ number: UInt64) {
      guard let program = programs.removeValue(forKey: number) else { return }
      if program.descriptor >= 0 { close(program.descriptor) }
      program.order.ended()
      program.order.traffic.end()
      program.order.completion(.success((program.group, program.group.reapLeader())))
    }
  }
}
