import Model

/// A source's body on its way out. What was read is gone: libcurl can begin anew with it only before the first byte.
final class StreamUpload {
  /// Bytes in all, where that is known.
  var count: Int? { source.count.map { Int($0) } }
  /// Why it broke off.
  private(set) var reason: String?

  private let source: any BodySource
  private let goOn: @Sendable () -> Void
  private var sent = 0

  /// `goOn` is for the source that had nothing to read.
  init(_ source: any BodySource, goOn: @escaping @Sendable () -> Void) {
    self.source = source
    self.goOn = goOn
    source.attach(goOn: goOn)
  }

  func read(into buffer: UnsafeMutableRawBufferPointer) -> BodyPiece {
    let piece = source.read(into: buffer)
    switch piece {
    case .bytes(let count):
      sent += count
      if let total = self.count, sent > total { return fail("its body is longer than was told") }
    case .broken(let reason): return fail(reason)
    case .end:
      // libcurl would wait for the rest for ever.
      if let total = count, sent < total { return fail("its body ended after \(sent) of \(total) bytes") }
    case .wait: break
    }
    return piece
  }

  /// The answer has begun. Where it is one that ends the sending, libcurl 7.88 still waits for a source that it paused
  /// at: it has to be told to go on, and then reads no more.
  func answered() { goOn() }

  /// Whether the next read begins at this byte.
  func isAt(_ position: Int64) -> Bool { position == Int64(sent) }

  private func fail(_ reason: String) -> BodyPiece {
    self.reason = reason
    return .broken(reason)
  }
}
