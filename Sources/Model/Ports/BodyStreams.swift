/// Takes the body of one answer as it comes. Called on the transport's own thread, which it holds up: it may write
/// to a file, and do nothing slower.
package protocol BodySink: AnyObject, Sendable {
  /// The status and headers of the final answer have come; asked once, as soon as they are complete. Whether the body
  /// is wanted: where not, it comes in `HTTPResponse.body` as that of any request, within the profile's limit.
  func begin(_ status: Int, _ headers: HTTPHeaders) -> Bool
  /// The next bytes. False breaks the request off: it fails with `HTTPError.Kind.refused`.
  func take(_ bytes: UnsafeRawBufferPointer) -> Bool
}

/// A sink with a reader of its own pace. While it is full nothing is read from the peer, which so has to wait, too.
package protocol WaitingSink: BodySink {
  /// Whether it takes no bytes now. Asked before each piece, of at most 16 KiB.
  var isFull: Bool { get }
  /// Called once, before the request goes out. `goOn` is to be called when a full sink has room again: from any
  /// thread, and without harm where the request has ended.
  func attach(goOn: @escaping @Sendable () -> Void)
}

/// The body of one request, as it comes from elsewhere. Called on the transport's own thread, and must not block.
package protocol BodySource: AnyObject, Sendable {
  /// Bytes in all; nil where that shows only at the end. Then the request is sent in chunks (RFC 9112 section 7.1).
  var count: Int64? { get }
  /// Fills the buffer with what comes next.
  func read(into buffer: UnsafeMutableRawBufferPointer) -> BodyPiece
  /// Called once, before the first read. `goOn` is to be called after `.wait`, once there is more to read, the end
  /// included: from any thread, and without harm where the request has ended.
  func attach(goOn: @escaping @Sendable () -> Void)
}

/// What a source has for the next read.
package enum BodyPiece: Sendable, Equatable {
  /// So many bytes were put into the buffer, at least one.
  case bytes(Int)
  /// Nothing yet.
  case wait
  case end
  /// It breaks off: the request fails with `HTTPError.Kind.cancelled`, for this reason.
  case broken(String)
}
