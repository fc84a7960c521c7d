import Hummingbird
import HummingbirdCore
import Logging
import Model
import NIOCore
import Synchronization

/// Takes every request: checks it, finds who answers it, and sends the answer.
final class Reception: Sendable {
  /// What may change while the server runs.
  struct Rules: Sendable {
    var gate: Gate
    var sharesKey: Bool
  }

  private static let mount = "/proxy/"

  private let api: API
  private let context: APIContext
  private let feed: EventFeed
  private let proxy: (any RequestHandler)?
  private let pages: StaticFiles
  private let limits: ServerLimits
  private let rules: Mutex<Rules?>

  init(
    context: APIContext, feed: EventFeed, proxy: (any RequestHandler)?, pages: StaticFiles,
    limits: ServerLimits
  ) {
    api = API()
    self.context = context
    self.feed = feed
    self.proxy = proxy
    self.pages = pages
    self.limits = limits
    rules = Mutex(nil)
  }

  func follow(_ rules: Rules) { self.rules.withLock { $0 = rules } }

  func respond(
    to request: Request, _ writer: consuming ResponseWriter, on channel: any Channel
  ) async throws {
    let (path, query) = Self.target(request)
    var route = "other"
    var response: Response
    var events: EventSubscription?
    do {
      guard let rules = rules.withLock({ $0 }) else { throw Problem(503, "The server is starting.") }
      guard path.hasPrefix("/") else { throw Problem.badRequest("The target is no path of this server.") }
      if let proxy, path.hasPrefix(Self.mount) {
        route = Self.mount
        let admitted = try admit(request, rules)
        try await letSend(request, writer)
        response = try await proxy.answer(admitted)
        response.body = PacedWriter.paced(response.body, by: channel.eventLoop)
      } else {
        let answer = try await answer(request, path, query, rules, &route, writer)
        response = self.response(to: answer)
        if case .events(let subscription) = answer.content { events = subscription }
      }
    } catch {
      response = self.response(to: refusal(error, route: route))
    }
    context.metrics.requests[route, String(response.status.code)].add()
    if events != nil { response.headers[.contentLength] = nil }
    if request.method == .head {
      // Without a length the encoder would end the body that HEAD does not have.
      if response.headers[.contentLength] == nil { response.headers[.contentLength] = "0" }
      return try await writer.writeResponse(response.head)
    }
    guard let events else { return try await writer.write(response: response.head, body: response.body) }
    let body = try await writer.writeHead(response.head)
    try await feed.serve(events, on: channel)
    try await body.finish(nil)
  }

  /// Path and query as they came.
  private static func target(_ request: Request) -> (path: Substring, query: Substring) {
    let whole = request.head.path ?? ""
    guard let mark = whole.firstIndex(of: "?") else { return (whole[...], "") }
    return (whole[..<mark], whole[whole.index(after: mark)...].prefix { $0 != "#" })
  }

  // MARK: Who answers

  private func answer(
    _ request: Request, _ path: Substring, _ query: Substring, _ rules: Rules, _ route: inout String,
    _ writer: borrowing ResponseWriter
  ) async throws -> Answer {
    let reads = request.method == .get || request.method == .head
    let page = pages.answer(to: path, request.headers)
    try rules.gate.check(request.head, isPage: page != nil && reads)
    if let page {
      route = String(path)
      if !reads { throw Self.notAllowed(["GET", "HEAD"]) }
      return page
    }
    let isTrusted = rules.gate.isTrusted(request.headers)
    switch try api.match(request.method, path) {
    case .operation(let operation, let arguments):
      route = operation.path
      if !operation.isOpen, !isTrusted { throw Gate.unauthorized }
      let query = try Query(query)
      try query.require(names: operation.queryNames, prefixes: operation.prefixes)
      let body = try await body(of: request, for: operation, writer)
      let call = Call(
        arguments: arguments, query: query, headers: request.headers, body: body, isTrusted: isTrusted)
      return try await operation.work(call, context)
    case .otherMethod(let allowed):
      if !isTrusted { throw Gate.unauthorized }
      throw Self.notAllowed(allowed)
    case .none:
      if !isTrusted { throw Gate.unauthorized }
      throw Problem.notFound("There is nothing at \(Quoted.text(path)).")
    }
  }

  private static func notAllowed(_ methods: [String]) -> Problem {
    let list = methods.joined(separator: ", ")
    return Problem(405, "Only \(list) may be used here.", headers: [.allow: list])
  }

  private func body(
    of request: Request, for operation: Operation, _ writer: borrowing ResponseWriter
  ) async throws -> [UInt8] {
    let length = request.headers[.contentLength].flatMap { Int($0) }
    let hasBody = (length ?? 0) > 0 || request.headers[.transferEncoding] != nil
    if hasBody || operation.body != nil, MediaType.of(request.headers) == nil {
      throw Problem(
        415,
        "The body must be application/json\(operation.body?.takesLines == true ? " or application/x-ndjson" : "")."
      )
    }
    if operation.body != nil, operation.body?.takesLines == false, MediaType.of(request.headers) == .lines {
      throw Problem(415, "The body must be application/json.")
    }
    guard hasBody else { return [] }
    let tooLarge = Problem(413, "The body has more than \(limits.body) bytes.")
    if let length, length > limits.body { throw tooLarge }
    try await letSend(request, writer)
    var bytes: [UInt8] = []
    bytes.reserveCapacity(length ?? 0)
    for try await part in request.body {
      if bytes.count + part.readableBytes > limits.body { throw tooLarge }
      bytes.append(contentsOf: part.readableBytesView)
    }
    return bytes
  }

  /// Tells a caller that waits for it that the body is wanted (RFC 9110 section 10.1.1).
  private func letSend(_ request: Request, _ writer: borrowing ResponseWriter) async throws {
    if request.headers[.expect]?.lowercased() != "100-continue" { return }
    try await writer.writeInformationalHead(HTTPResponse(status: .continue))
  }

  /// The request as the proxy gets it.
  private func admit(_ request: Request, _ rules: Rules) throws(Problem) -> Request {
    try rules.gate.check(request.head, isPage: false)
    guard rules.gate.isTrusted(proxied: request.headers, sharesKey: rules.sharesKey) else {
      throw Gate.unauthorized
    }
    var head = request.head
    head.headerFields = rules.gate.withoutToken(request.headers)
    return Request(head: head, body: request.body)
  }

  // MARK: Answers

  /// What is answered where something was thrown.
  private func refusal(_ error: any Error, route: String) -> Answer {
    let problem: Problem
    switch error {
    case let error as Problem: problem = error
    case let error as StoreError:
      context.log.error(
        "a request could not be served", metadata: ["route": "\(route)", "error": "\(error)"])
      problem = Problem(error.kind == .fault ? 500 : 503, error.message)
    case is CancellationError: problem = Problem(503, "The server stops.")
    default:
      context.log.error(
        "a request could not be served", metadata: ["route": "\(route)", "error": "\(error)"])
      problem = Problem(500, "A fault of the server; its log has more.")
    }
    var headers = problem.headers
    headers[.contentType] = Problem.contentType
    return Answer(problem.status, headers: headers, content: .bytes(problem.json))
  }

  private func response(to answer: Answer) -> Response {
    var fields = answer.headers
    fields[.xContentTypeOptions] = "nosniff"
    if fields[.cacheControl] == nil { fields[.cacheControl] = "no-store" }
    fields[.date] = HTTPDate.text(context.time.wall)
    var bytes: [UInt8] = []
    if case .bytes(let content) = answer.content { bytes = content }
    let isBare = answer.status == 204 || answer.status == 304
    var response = Response(
      status: StatusLine.of(answer.status), headers: fields,
      body: isBare ? ResponseBody() : ResponseBody(byteBuffer: ByteBuffer(bytes: bytes)))
    if isBare { response.headers[.contentLength] = nil }
    return response
  }
}
