import Hummingbird
import HummingbirdCore
import NIOCore

/// Writes the body of an answer no faster than its connection takes it: NIO's writer hands bytes to the event loop and
/// learns only there that the peer does not read. Where the loop is busy, all that came meanwhile would be in memory.
struct PacedWriter: ResponseBodyWriter {
  private var writer: any ResponseBodyWriter
  private let loop: any EventLoop

  /// A body that is written so.
  static func paced(_ body: ResponseBody, by loop: any EventLoop) -> ResponseBody {
    ResponseBody(contentLength: body.contentLength) { writer in
      try await body.write(PacedWriter(writer: writer, loop: loop))
    }
  }

  mutating func write(_ buffer: ByteBuffer) async throws {
    try await writer.write(buffer)
    // Behind the bytes: when this has run, they are the connection's, and the next write waits while it is full.
    try await loop.submit {}.get()
  }

  consuming func finish(_ trailingHeaders: HTTPFields?) async throws {
    try await writer.finish(trailingHeaders)
  }
}
