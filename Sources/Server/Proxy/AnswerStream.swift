import Model
import Synchronization

/// The API's answer on its way to the caller: what has come and is not passed on yet. While that is `most` bytes or
/// more, nothing is read from the API.
final class AnswerStream: WaitingSink {
  static let most = 128 << 10

  struct Head: Sendable {
    var status: Int
    var headers: HTTPHeaders
  }

  private struct State {
    var head: Head?
    var bytes: [UInt8] = []
    /// How the request ended.
    var end: Result<Void, HTTPError>?
    var goOn: (@Sendable () -> Void)?
    /// Who waits for the head, or for more.
    var reader: CheckedContinuation<Void, Never>?
  }

  private let state = Mutex(State())

  // MARK: For the transport

  var isFull: Bool { state.withLock { $0.bytes.count >= Self.most } }

  func attach(goOn: @escaping @Sendable () -> Void) { state.withLock { $0.goOn = goOn } }

  func begin(_ status: Int, _ headers: HTTPHeaders) -> Bool {
    change { $0.head = Head(status: status, headers: headers) }
    return true
  }

  func take(_ bytes: UnsafeRawBufferPointer) -> Bool {
    change { $0.bytes.append(contentsOf: bytes) }
    return true
  }

  /// The request has ended.
  func end(_ result: Result<Void, HTTPError>) { change { $0.end = $0.end ?? result } }

  private func change(_ body: (inout State) -> Void) {
    let reader = state.withLock { state in
      body(&state)
      return state.reader.take()
    }
    reader?.resume()
  }

  // MARK: For one reader

  /// Status and headers, once they have come.
  func head() async throws(HTTPError) -> Head {
    while true {
      let (head, end) = state.withLock { ($0.head, $0.end) }
      if let head { return head }
      if case .failure(let error) = end { throw error }
      if end != nil { throw HTTPError(.protocolError, "the answer has no head") }
      await news { $0.head != nil || $0.end != nil }
    }
  }

  /// What has come since; nil at the end of a whole body.
  func next() async throws(HTTPError) -> [UInt8]? {
    while true {
      let (bytes, end, goOn) = state.withLock { state in
        var bytes: [UInt8] = []
        swap(&bytes, &state.bytes)
        return (bytes, state.end, state.goOn)
      }
      if bytes.count >= Self.most { goOn?() }
      if !bytes.isEmpty { return bytes }
      switch end {
      case .success?: return nil
      case .failure(let error)?: throw error
      case nil: await news { !$0.bytes.isEmpty || $0.end != nil }
      }
    }
  }

  private func news(_ isThere: (State) -> Bool) async {
    await withCheckedContinuation { continuation in
      let isThere = state.withLock { state in
        if isThere(state) { return true }
        state.reader = continuation
        return false
      }
      if isThere { continuation.resume() }
    }
  }
}
