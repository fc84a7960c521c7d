import Model
import Synchronization
import Testing

/// A sink that keeps what it is given, and says no where the test wants it to.
final class RecordingSink: BodySink {
  private struct State {
    var answers: [(status: Int, headers: HTTPHeaders)] = []
    var bytes: [UInt8] = []
    var chunks = 0
  }

  private let state = Mutex(State())
  private let wants: @Sendable (Int) -> Bool
  private let limit: Int
  private let began: @Sendable () -> Void

  /// - Parameters:
  ///   - limit: the bytes after which it wants no more.
  ///   - began: called with the first bytes.
  ///   - wants: whether it takes the body of an answer with this status.
  init(
    limit: Int = .max, began: @escaping @Sendable () -> Void = {},
    wants: @escaping @Sendable (Int) -> Bool = { $0 / 100 == 2 }
  ) {
    self.limit = limit
    self.began = began
    self.wants = wants
  }

  var statuses: [Int] { state.withLock { $0.answers.map(\.status) } }
  var headers: HTTPHeaders? { state.withLock { $0.answers.last?.headers } }
  var bytes: [UInt8] { state.withLock { $0.bytes } }
  var text: String { String(decoding: bytes, as: UTF8.self) }
  var chunks: Int { state.withLock { $0.chunks } }

  func begin(_ status: Int, _ headers: HTTPHeaders) -> Bool {
    state.withLock { state in
      #expect(state.bytes.isEmpty, "asked before the first byte")
      state.answers.append((status, headers))
    }
    return wants(status)
  }

  func take(_ bytes: UnsafeRawBufferPointer) -> Bool {
    let (first, goOn) = state.withLock { state in
      #expect(state.answers.count == 1, "asked once")
      state.chunks += 1
      if state.bytes.count + bytes.count > limit { return (false, false) }
      state.bytes.append(contentsOf: bytes)
      return (state.chunks == 1, true)
    }
    if first { began() }
    return goOn
  }
}

/// A sink that keeps nothing: how much came, and in how large pieces.
final class CountingSink: BodySink {
  private let state = Mutex((total: 0, largest: 0))

  var total: Int { state.withLock { $0.total } }
  var largest: Int { state.withLock { $0.largest } }

  func begin(_ status: Int, _ headers: HTTPHeaders) -> Bool { true }

  func take(_ bytes: UnsafeRawBufferPointer) -> Bool {
    state.withLock { state in
      state.total += bytes.count
      state.largest = max(state.largest, bytes.count)
    }
    return true
  }
}
