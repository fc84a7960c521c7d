import Model
import Synchronization
import TestSupport
import Testing

/// A request's body that the test gives by hand.
final class HandSource: BodySource {
  private struct State {
    var bytes: ArraySlice<UInt8> = []
    var end: BodyPiece?
    var goOn: (@Sendable () -> Void)?
    var waits = 0
    /// Given again and again, until so many bytes are gone.
    var flood: (piece: [UInt8], left: Int)?
  }

  let count: Int64?
  private let state = Mutex(State())

  init(count: Int64? = nil) { self.count = count }

  /// All there is from the beginning.
  convenience init(count: Int64? = nil, _ text: String) {
    self.init(count: count)
    give(text)
    end()
  }

  /// As much as `count` says, at the receiver's pace.
  static func flood(count: Int) -> HandSource {
    let source = HandSource(count: Int64(count))
    source.state.withLock {
      $0.flood = ([UInt8](repeating: 0x78, count: 64 * 1024), count)
      $0.end = .end
    }
    return source
  }

  /// How often it had nothing.
  var waits: Int { state.withLock { $0.waits } }

  func give(_ text: String) { change { $0.bytes += Array(text.utf8) } }
  func end() { change { $0.end = .end } }
  func breakOff(_ reason: String) { change { $0.end = .broken(reason) } }

  private func change(_ body: (inout State) -> Void) {
    let goOn = state.withLock { state in
      body(&state)
      return state.goOn
    }
    goOn?()
  }

  func attach(goOn: @escaping @Sendable () -> Void) { state.withLock { $0.goOn = goOn } }

  func read(into buffer: UnsafeMutableRawBufferPointer) -> BodyPiece {
    state.withLock { state in
      if let flood = state.flood, flood.left > 0 {
        let count = min(buffer.count, flood.left, flood.piece.count)
        buffer.copyBytes(from: flood.piece[..<count])
        state.flood?.left -= count
        return .bytes(count)
      }
      guard !state.bytes.isEmpty else {
        if state.end == nil { state.waits += 1 }
        return state.end ?? .wait
      }
      let piece = state.bytes.prefix(buffer.count)
      buffer.copyBytes(from: piece)
      state.bytes.removeFirst(piece.count)
      return .bytes(piece.count)
    }
  }
}

/// A sink that is full from `limit` bytes on, until the test takes them out.
final class HandSink: WaitingSink {
  private struct State {
    var status: Int?
    var bytes: [UInt8] = []
    var total = 0
    var goOn: (@Sendable () -> Void)?
  }

  private let state = Mutex(State())
  private let limit: Int

  init(limit: Int) { self.limit = limit }

  var status: Int? { state.withLock { $0.status } }
  /// Bytes that it holds.
  var held: Int { state.withLock { $0.bytes.count } }
  /// Bytes that ever came.
  var total: Int { state.withLock { $0.total } }
  var text: String { state.withLock { String(decoding: $0.bytes, as: UTF8.self) } }

  func empty() {
    let goOn = state.withLock { state in
      state.bytes.removeAll()
      return state.goOn
    }
    goOn?()
  }

  /// Takes out what comes, each time that it is full, until so many bytes came.
  func empty(until size: Int) async {
    while total < size {
      await eventually { isFull || total >= size }
      empty()
    }
  }

  func attach(goOn: @escaping @Sendable () -> Void) { state.withLock { $0.goOn = goOn } }
  var isFull: Bool { state.withLock { $0.bytes.count >= limit } }

  func begin(_ status: Int, _ headers: HTTPHeaders) -> Bool {
    state.withLock { $0.status = status }
    return true
  }

  func take(_ bytes: UnsafeRawBufferPointer) -> Bool {
    state.withLock { state in
      state.bytes.append(contentsOf: bytes)
      state.total += bytes.count
    }
    return true
  }
}
