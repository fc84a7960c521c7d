import Hummingbird
import NIOCore
import NIOHTTP1
import NIOHTTPTypes

/// Closes its connection where nothing moves on it, or too much of what nobody wants to read; answers what is no
/// HTTP; and lets the connection end when the server stops.
final class ConnectionGuard: ChannelDuplexHandler {
  typealias InboundIn = HTTPRequestPart
  typealias InboundOut = HTTPRequestPart
  typealias OutboundIn = HTTPResponsePart
  typealias OutboundOut = HTTPResponsePart

  /// Told to all connections when the server stops: they close once no request is open, and event streams at once.
  struct StopSoon: Sendable {}

  private var clock: ConnectionClock
  private var context: ChannelHandlerContext?
  private var timer: (deadline: NIODeadline, scheduled: Scheduled<Void>)?
  private var stops = false
  /// Whether what is being answered is an event stream: it has no end of its own.
  private var isStream = false

  init(limits: ServerLimits) { clock = ConnectionClock(limits: limits, now: .now()) }

  func handlerAdded(context: ChannelHandlerContext) {
    self.context = context
    watch()
  }

  func handlerRemoved(context: ChannelHandlerContext) {
    self.context = nil
    timer?.scheduled.cancel()
    timer = nil
  }

  /// From the first handler of the pipeline: bytes came in.
  func sawBytes() {
    clock.bytes(at: .now())
    watch()
  }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    switch unwrapInboundIn(data) {
    case .head: clock.head(at: .now())
    case .body(let bytes):
      if !clock.body(bytes.readableBytes, at: .now()) { return context.close(promise: nil) }
    case .end: clock.requestEnded(at: .now())
    }
    watch()
    context.fireChannelRead(data)
  }

  func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
    switch unwrapOutboundIn(data) {
    case .end: break
    case .head(let head):
      isStream = head.headerFields[.contentType] == "text/event-stream"
      return context.write(data, promise: promise)
    case .body: return context.write(data, promise: promise)
    }
    isStream = false
    clock.answerEnded(at: .now())
    if stops, clock.open == 0 {
      context.writeAndFlush(data, promise: promise)
      context.close(promise: nil)
    } else {
      context.write(data, promise: promise)
      watch()
    }
  }

  func close(context: ChannelHandlerContext, mode: CloseMode, promise: EventLoopPromise<Void>?) {
    if mode == .output {
      clock.ended(at: .now())
      watch()
    }
    context.close(mode: mode, promise: promise)
  }

  func channelWritabilityChanged(context: ChannelHandlerContext) {
    clock.writable(context.channel.isWritable, at: .now())
    watch()
    context.fireChannelWritabilityChanged()
  }

  func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
    guard event is StopSoon else { return context.fireUserInboundEventTriggered(event) }
    stops = true
    if clock.open == 0 || isStream { context.close(promise: nil) }
  }

  /// What came in cannot be read as a request. Where nothing is being answered, it is said why.
  func errorCaught(context: ChannelHandlerContext, error: any Error) {
    if clock.open == 0 {
      let isLarge = (error as? HTTPParserError) == .headerOverflow
      let problem =
        isLarge
        ? Problem(431, "The header lines of the request are too large.")
        : Problem(400, "The request is not HTTP as RFC 9112 has it.")
      let body = problem.json
      let head = HTTPResponse(
        status: StatusLine.of(problem.status),
        headerFields: [
          .contentType: Problem.contentType, .contentLength: String(body.count), .connection: "close",
        ])
      context.write(wrapOutboundOut(.head(head)), promise: nil)
      context.write(wrapOutboundOut(.body(ByteBuffer(bytes: body))), promise: nil)
      context.writeAndFlush(wrapOutboundOut(.end(nil)), promise: nil)
    }
    context.close(promise: nil)
  }

  // MARK: The timer

  /// One timer at most is set, for the deadline as it was; when it goes off, it is looked whether that still holds.
  private func watch() {
    guard let context, let deadline = clock.deadline else { return }
    if let timer, timer.deadline <= deadline { return }
    timer?.scheduled.cancel()
    let scheduled = context.eventLoop.assumeIsolated().scheduleTask(deadline: deadline) { self.ring() }
    timer = (deadline, scheduled)
  }

  private func ring() {
    timer = nil
    guard let context else { return }
    if let deadline = clock.deadline, deadline <= .now() {
      context.close(promise: nil)
    } else {
      watch()
    }
  }
}

@available(*, unavailable)
extension ConnectionGuard: Sendable {}

/// The first handler of a connection: tells its guard of every read, before anything is made of it.
final class ByteWatch: ChannelInboundHandler {
  typealias InboundIn = ByteBuffer
  typealias InboundOut = ByteBuffer

  private let guardian: ConnectionGuard

  init(_ guardian: ConnectionGuard) { self.guardian = guardian }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    guardian.sawBytes()
    context.fireChannelRead(data)
  }
}

@available(*, unavailable)
extension ByteWatch: Sendable {}
