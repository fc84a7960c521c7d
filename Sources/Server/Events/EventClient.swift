import Model
import NIOCore
import NIOHTTPTypes
import Synchronization

/// One connection that an event stream is written to.
final class EventClient: Sendable {
  /// What may wait for a client that does not read: bytes, and for how long.
  struct Patience: Sendable {
    var bytes = 1 << 20
    var time = Duration.seconds(10)
  }

  private struct State {
    var waiting = WaitingBytes()
    /// The row of the last event that was looked at for it.
    var position: Int64
    var isCutOff = false
  }

  let filter: EventFilter
  let channel: any Channel
  private let patience: Patience
  private let state: Mutex<State>

  init(_ channel: any Channel, filter: EventFilter, position: Int64, patience: Patience) {
    self.channel = channel
    self.filter = filter
    self.patience = patience
    state = Mutex(State(position: position))
  }

  var position: Int64 {
    get { state.withLock { $0.position } }
    set { state.withLock { $0.position = newValue } }
  }

  /// Whether much waits for it, and not for long yet: it reads, and a moment helps it to keep up.
  func needsAMoment(at now: Moment) -> Bool {
    state.withLock { state in
      guard state.waiting.bytes > patience.bytes / 2, let since = state.waiting.since else { return false }
      return now - since < .milliseconds(250)
    }
  }

  /// Hands a piece to the connection. False where too much waits already: the client is to be cut off. The future
  /// is fulfilled once the piece has gone out, and fails where the connection closed.
  func write(_ piece: ByteBuffer, at now: Moment) -> EventLoopFuture<Void>? {
    let count = piece.readableBytes
    let fits = state.withLock { state in
      if state.waiting.bytes > patience.bytes { return false }
      state.waiting.add(count, at: now)
      return true
    }
    guard fits else { return nil }
    let written = channel.eventLoop.makePromise(of: Void.self)
    written.futureResult.whenComplete { _ in self.state.withLock { $0.waiting.left() } }
    channel.writeAndFlush(HTTPResponsePart.body(piece), promise: written)
    return written.futureResult
  }

  /// Whether something has waited for longer than it may.
  func isStuck(at now: Moment) -> Bool {
    state.withLock { $0.waiting.since.map { now - $0 > patience.time } ?? false }
  }

  /// Closes the connection; answers whether it was this that did.
  func cutOff() -> Bool {
    let isFirst = state.withLock { state in
      defer { state.isCutOff = true }
      return !state.isCutOff
    }
    if isFirst { channel.close(promise: nil) }
    return isFirst
  }
}
