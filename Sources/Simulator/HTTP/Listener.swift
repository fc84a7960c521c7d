import Hummingbird
import HummingbirdCore
import Logging
import Model

/// An HTTP/1.1 server on one address: reads requests, asks for answers, sends them.
actor Listener {
  private let host: String
  private let bodyLimit: Int
  private let answer: @Sendable (Call) async -> Reply
  private let pause: @Sendable (Duration) async throws -> Void
  private let jobs = Jobs()
  /// The one asked for; after the first start the one that was bound, so that a restart keeps its address.
  private var port: Int
  private var running: Running?

  private struct Running {
    let server: Server<HTTP1Channel>
    let serving: Task<Void, any Error>
    let binding: Task<Int, any Error>
  }

  /// - Parameters:
  ///   - port: 0 for any free one.
  ///   - bodyLimit: the largest request body taken, in bytes.
  ///   - pause: waits out the delay of an answer.
  ///   - answer: asked for each request, many at once.
  init(
    host: String, port: Int, bodyLimit: Int, pause: @escaping @Sendable (Duration) async throws -> Void,
    answer: @escaping @Sendable (Call) async -> Reply
  ) {
    self.host = host
    self.port = port
    self.bodyLimit = bodyLimit
    self.pause = pause
    self.answer = answer
  }

  /// Listens; answers `http://HOST:PORT`. A listener that listens already stays as it is.
  func start() async throws(SimulatorError) -> String {
    let running = running ?? launch()
    self.running = running
    do {
      port = try await running.binding.value
    } catch {
      self.running = nil
      throw SimulatorError("cannot listen on \(host):\(port): \(error)")
    }
    return "http://\(host.contains(":") ? "[\(host)]" : host):\(port)"
  }

  private func launch() -> Running {
    jobs.reopen()
    let (bound, continuation) = AsyncThrowingStream<Int, any Error>.makeStream()
    let server = Server(
      childChannelSetup: HTTP1Channel(responder: responder()),
      configuration: ServerConfiguration(address: .hostname(host, port: port), backlog: 1024),
      onServerRunning: { channel in continuation.yield(channel.localAddress?.port ?? 0) },
      eventLoopGroup: EventLoopGroupProvider.singleton.eventLoopGroup,
      logger: Logger(label: "simulator") { _ in SwiftLogNoOpLogHandler() })
    let serving = Task {
      do {
        try await server.run()
        continuation.finish()
      } catch {
        continuation.finish(throwing: error)
        throw error
      }
    }
    let binding = Task {
      for try await port in bound { return port }
      throw CancellationError()
    }
    return Running(server: server, serving: serving, binding: binding)
  }

  /// Returns when the listener has stopped, or the caller was cancelled.
  func wait() async {
    guard let serving = running?.serving else { return }
    let (ended, continuation) = AsyncStream<Never>.makeStream()
    let watcher = Task {
      _ = await serving.result
      continuation.finish()
    }
    for await _ in ended {}
    watcher.cancel()
  }

  /// Closes the address and all connections; requests that wait for an answer get none. Returns when the
  /// address is free.
  func stop() async {
    guard let running else { return }
    jobs.cancelAll()
    // The server is asked to go before its task is cancelled: a connection that was accepted but not yet
    // handed over when the task ends would be closed by nobody.
    let impatience = Task {
      try await Task.sleep(for: Self.patience)
      running.serving.cancel()
    }
    try? await running.server.shutdownGracefully()
    _ = await running.serving.result
    impatience.cancel()
    if self.running?.serving == running.serving { self.running = nil }
  }

  /// How long connections may take to close by themselves, as one does whose peer does not read.
  private static let patience = Duration.seconds(1)

  private func responder() -> HTTPChannelHandler.Responder {
    { [answer, pause, jobs, bodyLimit, host] request, writer, channel in
      // HTTPTypes keeps the Host header apart; HTTP/1.0 may lack it.
      let authority = request.head.authority ?? "\(host):\(channel.localAddress?.port ?? 80)"
      var call = Call(
        request.head.method.rawValue, request.uri.path, query: request.uri.query ?? "",
        headers: [HTTPHeader("host", authority)]
          + request.headers.map { HTTPHeader($0.name.rawName, $0.value) })
      if request.headers[.contentLength] != nil || request.headers[.transferEncoding] != nil {
        call.body = try await jobs.run { try await Self.read(request.body, limit: bodyLimit) }
      }
      let reply = await answer(call)
      if reply.delay > .zero { try await jobs.run { try await pause(reply.delay) } }
      try await Self.send(reply, to: call.method, writer)
    }
  }

  /// nil for a body above the limit.
  private static func read(_ body: RequestBody, limit: Int) async throws -> [UInt8]? {
    var bytes: [UInt8] = []
    var tooLarge = false
    for try await part in body where !tooLarge {
      tooLarge = bytes.count + part.readableBytes > limit
      if !tooLarge { bytes.append(contentsOf: part.readableBytesView) }
    }
    return tooLarge ? nil : bytes
  }

  private static func send(
    _ reply: Reply, to method: String, _ writer: consuming ResponseWriter
  ) async throws {
    if reply.ending == .dropped { throw ConnectionBroken() }
    var fields = HTTPFields()
    for header in reply.headers {
      if let name = HTTPFields.Element.Name(header.name) { fields[name] = header.value }
    }
    // RFC 9110 section 8.6: 204 has no length.
    if reply.status != 204 { fields[.contentLength] = String(reply.body.count) }
    fields[.server] = "taskhook-simulator"
    let head = Response(status: .init(code: reply.status), headers: fields).head
    if method == "HEAD" || reply.body.isEmpty {
      if reply.ending == .cut { throw ConnectionBroken() }
      return try await writer.writeResponse(head)
    }
    if reply.ending == .cut {
      var body = try await writer.writeHead(head)
      try await body.write(ByteBuffer(bytes: reply.body.prefix(reply.body.count / 2)))
      throw ConnectionBroken()
    }
    try await writer.write(response: head, body: ResponseBody(byteBuffer: ByteBuffer(bytes: reply.body)))
  }
}

/// Thrown to have a connection closed where it stands.
private struct ConnectionBroken: Error {}
