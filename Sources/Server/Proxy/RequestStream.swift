import HummingbirdCore
import Model
import NIOCore
import Synchronization

/// The body of a caller's request on its way to the API: what has come and is not sent yet, at most `most` bytes and
/// the piece that passed them.
final class RequestStream: BodySource {
  /// In bytes, each way.
  static let most = 128 << 10

  private struct State {
    var bytes: ArraySlice<UInt8> = []
    var end: BodyPiece?
    /// The request is over: what still comes is of no use.
    var isOver = false
    var goOn: (@Sendable () -> Void)?
    var writer: CheckedContinuation<Void, Never>?
  }

  let count: Int64?
  private let state = Mutex(State())

  init(count: Int64?) { self.count = count }

  /// Takes the body as it comes to its end. Never throws: where it breaks off, the reader is told.
  func fill(from body: RequestBody) async {
    do {
      for try await buffer in body { await write(buffer.readableBytesView) }
      end(with: Task.isCancelled ? .broken("the caller has left") : .end)
    } catch {
      end(with: .broken("the caller's body broke off"))
    }
  }

  private func write(_ bytes: ByteBufferView) async {
    if bytes.isEmpty { return }
    let (isFull, goOn) = state.withLock { state in
      if !state.isOver { state.bytes += bytes }
      return (state.bytes.count >= Self.most, state.goOn)
    }
    goOn?()
    guard isFull else { return }
    await withCheckedContinuation { continuation in
      let goesOn = state.withLock { state in
        if state.isOver || state.bytes.count < Self.most { return true }
        state.writer = continuation
        return false
      }
      if goesOn { continuation.resume() }
    }
  }

  private func end(with piece: BodyPiece) {
    let goOn = state.withLock { state in
      state.end = state.end ?? piece
      return state.goOn
    }
    goOn?()
  }

  /// Nobody reads any more: what still comes is thrown away.
  func abandon() {
    let writer = state.withLock { state in
      state.isOver = true
      state.bytes = []
      return state.writer.take()
    }
    writer?.resume()
  }

  /// Whether all of it was read.
  var isSent: Bool { state.withLock { $0.end == .end && $0.bytes.isEmpty } }

  // MARK: For the transport

  func attach(goOn: @escaping @Sendable () -> Void) { state.withLock { $0.goOn = goOn } }

  func read(into buffer: UnsafeMutableRawBufferPointer) -> BodyPiece {
    let (piece, writer) = state.withLock { state -> (BodyPiece, CheckedContinuation<Void, Never>?) in
      guard !state.bytes.isEmpty else { return (state.end ?? .wait, nil) }
      let part = state.bytes.prefix(buffer.count)
      buffer.copyBytes(from: part)
      state.bytes.removeFirst(part.count)
      let writer = state.bytes.count < Self.most / 2 ? state.writer.take() : nil
      return (.bytes(part.count), writer)
    }
    writer?.resume()
    return piece
  }
}
