import NIOCore
import Synchronization

/// The connections that are open, up to a limit.
final class Connections: Sendable {
  private struct State {
    var isOpen = true
    var channels: [ObjectIdentifier: any Channel] = [:]
    var waiters: [CheckedContinuation<Void, Never>] = []
  }

  private let limit: Int
  private let state = Mutex(State())

  init(limit: Int) { self.limit = limit }

  var count: Int { state.withLock { $0.channels.count } }

  /// False where there are as many as may be, or the server has stopped: the connection is to be closed.
  func add(_ channel: any Channel) -> Bool {
    let added = state.withLock { state in
      guard state.isOpen, state.channels.count < limit else { return false }
      state.channels[ObjectIdentifier(channel)] = channel
      return true
    }
    if added { channel.closeFuture.whenComplete { _ in self.remove(channel) } }
    return added
  }

  private func remove(_ channel: any Channel) {
    let waiters = state.withLock { state in
      state.channels[ObjectIdentifier(channel)] = nil
      if !state.channels.isEmpty { return [CheckedContinuation<Void, Never>]() }
      defer { state.waiters = [] }
      return state.waiters
    }
    for waiter in waiters { waiter.resume() }
  }

  /// No more are taken; those without a request close at once, the others after their answer.
  func stopSoon() {
    for channel in close() { channel.pipeline.fireUserInboundEventTriggered(ConnectionGuard.StopSoon()) }
  }

  /// Closes all, whatever runs.
  func stopNow() { for channel in close() { channel.close(promise: nil) } }

  private func close() -> [any Channel] {
    state.withLock { state in
      state.isOpen = false
      return Array(state.channels.values)
    }
  }

  /// Returns once none is open.
  func ended() async {
    await withCheckedContinuation { continuation in
      let done = state.withLock { state in
        if state.channels.isEmpty { return true }
        state.waiters.append(continuation)
        return false
      }
      if done { continuation.resume() }
    }
  }
}
