import Foundation
import Synchronization

/// The threads and sockets of a `LoopbackServer`.
final class LoopbackCore: Sendable {
  private struct State {
    var requests: [LoopbackServer.Request] = []
    var accepted = 0
    var open: Set<Int32> = []
    var stopped = false
  }

  private let listener: Int32
  /// Has the same port in the other family, and does not listen.
  private let kept: Int32?
  private let handler: LoopbackServer.Handler
  private let state = Mutex(State())
  private let threads = DispatchGroup()

  init(listener: Int32, kept: Int32?, handler: @escaping LoopbackServer.Handler) {
    self.listener = listener
    self.kept = kept
    self.handler = handler
  }

  var requests: [LoopbackServer.Request] { state.withLock { $0.requests } }
  var connections: Int { state.withLock { $0.accepted } }
  var open: Int { state.withLock { $0.open.count } }

  func begin() { inThread { self.acceptAll() } }

  func closeConnections() {
    // Ends whatever their threads wait for; these close the sockets themselves.
    state.withLock { state in for socket in state.open { shutdown(socket, Int32(SHUT_RDWR)) } }
  }

  func stop() {
    let first = state.withLock { state in
      defer { state.stopped = true }
      return !state.stopped
    }
    if first {
      shutdown(listener, Int32(SHUT_RDWR))
      closeConnections()
    }
    threads.wait()
    if first {
      close(listener)
      if let kept { close(kept) }
    }
  }

  private func inThread(_ work: @escaping @Sendable () -> Void) {
    threads.enter()
    Thread.detachNewThread { [threads] in
      work()
      threads.leave()
    }
  }

  private func acceptAll() {
    while true {
      let socket = accept(listener, nil, nil)
      if socket < 0 {
        if state.withLock({ $0.stopped }) { return }
        // A peer that left at once, or no descriptor free: neither is the server's end.
        usleep(1000)
        continue
      }
      let number = state.withLock { state -> Int? in
        if state.stopped { return nil }
        state.accepted += 1
        state.open.insert(socket)
        return state.accepted
      }
      guard let number else {
        close(socket)
        return
      }
      inThread { self.serve(socket, number) }
    }
  }

  private func serve(_ socket: Int32, _ number: Int) {
    LoopbackWire.configure(socket)
    var reader = LoopbackReader(socket: socket)
    var reset = false
    var ordinal = 0
    serving: while let (head, body) = reader.next() {
      ordinal += 1
      let request = LoopbackServer.Request(
        method: head.method, target: head.target, headers: head.headers, body: body, connection: number,
        ordinal: ordinal)
      state.withLock { $0.requests.append(request) }
      switch handler(request) {
      case .respond(let status, let headers, let body):
        let bytes = LoopbackWire.answer(to: head.method, status, headers, Array(body.utf8))
        if !LoopbackWire.send(socket, bytes) { break serving }
      case .bytes(let status, let headers, let body):
        if !LoopbackWire.send(socket, LoopbackWire.answer(to: head.method, status, headers, body)) {
          break serving
        }
      case .script(let steps):
        for step in steps {
          switch perform(step, socket) {
          case .goOn: continue
          case .close: break serving
          case .reset:
            reset = true
            break serving
          }
        }
      }
    }
    state.withLock { state in
      state.open.remove(socket)
      // Under the lock: `closeConnections` must not meet a number that is somebody else's by then.
      if reset { LoopbackWire.armReset(socket) }
      close(socket)
    }
  }

  private enum Next { case goOn, close, reset }

  private func perform(_ step: LoopbackServer.Step, _ socket: Int32) -> Next {
    switch step {
    case .send(let text): return LoopbackWire.send(socket, Array(text.utf8)) ? .goOn : .close
    case .sendBytes(let bytes): return LoopbackWire.send(socket, bytes) ? .goOn : .close
    case .flood(let chunk, let total):
      var left = total
      while left > 0 {
        guard LoopbackWire.send(socket, left < chunk.count ? Array(chunk[..<left]) : chunk) else {
          return .close
        }
        left -= chunk.count
      }
      return .goOn
    case .pause(let duration):
      return LoopbackWire.waitForLeaving(socket, milliseconds: Int32(clamping: duration.milliseconds))
        ? .close : .goOn
    case .hang:
      _ = LoopbackWire.waitForLeaving(socket, milliseconds: -1)
      return .close
    case .close: return .close
    case .reset: return .reset
    }
  }
}
