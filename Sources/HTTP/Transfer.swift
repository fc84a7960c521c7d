import CCurl
import Glibc
import Model

/// One easy handle with everything of its profile set, and what one request and its answer need beside it.
///
/// Belongs to the loop's thread. `finish` and `abort` return it to a state in which `prepare` may be called again.
final class Transfer {
  typealias Completion = @Sendable (Result<HTTPResponse, HTTPError>) -> Void

  let easy: UnsafeMutableRawPointer
  unowned let pool: ProfilePool
  /// Where it stands among the requests under way.
  var index = 0
  var completion: Completion?
  var ticket: Ticket?

  private var url = ""
  /// Nil where libcurl reads the URL itself, which `ReachGuard` counts on.
  private var parsed: RequestURL?
  private var outgoing = RequestBody()
  private var body: [UInt8] = []
  private var head = HeaderBlock()
  private var excess = Excess.none
  private var outlet: Outlet?
  private var extras = HeaderList()
  private var scheme: RequestRules.URLReading?
  private var guardian: ReachGuard?
  private let poller: Poller
  private let detail = UnsafeMutablePointer<CChar>.allocate(capacity: Int(CURL_ERROR_SIZE))

  private enum Excess { case none, body, headers, refused }

  /// What becomes of a piece of the answer's body; `later`: it comes again after `goOn`.
  enum Receipt { case taken, later, refused }

  /// Nil where libcurl refuses an option or has no memory.
  init?(pool: ProfilePool, poller: Poller) {
    guard let easy = curl_easy_init() else {
      detail.deallocate()
      return nil
    }
    self.easy = easy
    self.pool = pool
    self.poller = poller
    detail.initialize(repeating: 0, count: Int(CURL_ERROR_SIZE))
    var options = EasyOptions(easy)
    options.set(profile: pool.profile)
    options.set(CURLOPT_HTTPHEADER, pool.headers)
    options.set(CURLOPT_ERRORBUFFER, UnsafeRawPointer(detail))
    let this = Unmanaged.passUnretained(self).toOpaque()
    options.set(CURLOPT_PRIVATE, UnsafeRawPointer(this))
    options.receive(by: this)
    options.open(by: this, closing: Unmanaged.passUnretained(poller).toOpaque())
    if pool.profile.reach != .anywhere {
      guardian = ReachGuard(pool.profile.reach)
      options.ask(this)
    } else if !pool.signs {
      parsed = RequestURL()
      if let parsed { options.set(CURLOPT_CURLU, UnsafeRawPointer(parsed.handle)) }
    }
    if options.failure != nil { return nil }
  }

  deinit {
    curl_easy_cleanup(easy)
    parsed?.free()
    outgoing.free()
    extras.free()
    detail.deallocate()
  }

  // MARK: One request

  /// Sets what differs between the requests of a profile. Returns why it cannot be sent.
  ///
  /// `goOn` is for a source or a sink of the request that had it wait.
  func prepare(_ request: HTTPRequest, goOn: (@Sendable () -> Void)? = nil) -> String? {
    if let refusal = request.headers.lazy.compactMap(RequestRules.refusal(ofHeader:)).first { return refusal }
    let sends = request.body != nil || request.source != nil
    if sends, pool.profile.method == "HEAD" || pool.profile.method == "TRACE" {
      return "\(pool.profile.method) carries no body"
    }
    if let refusal = set(url: request.url) { return refusal }
    url = request.url
    if pool.signs, let refusal = signingRefusal(of: request) { return refusal }
    if let part = request.upload {
      if let refusal = set(upload: part) { return refusal }
    } else if let source = request.source {
      outgoing.set(StreamUpload(source, goOn: goOn ?? {}), method: pool.profile.method, on: easy)
    } else if let body = request.body ?? (pool.wantsBody ? [] : nil) {
      outgoing.set(body, method: pool.profile.method, on: easy)
    }
    if let sink = request.sink { outlet = Outlet(sink, goOn: goOn ?? {}) }
    let bare = sends && !pool.wantsBody
    if !request.headers.isEmpty || bare {
      extras = HeaderList(request.headers)
      if bare, !pool.signs { extras.suppressForBody() }
      extras.link(to: pool.headers)
      ccurl_easy_set_list(easy, CURLOPT_HTTPHEADER, extras.head)
    }
    return nil
  }

  private func set(url: String) -> String? {
    var url = url
    let reading = url.withUTF8 { RequestRules.read($0) }
    if case .refused(let reason) = reading { return reason }
    if parsed != nil {
      if parsed?.set(url) == false { return "the URL is malformed" }
    } else if url.withCString({ ccurl_easy_set_string(easy, CURLOPT_URL, $0) }) != CURLE_OK {
      return "the URL is too long"
    }
    if reading != scheme {
      scheme = reading
      // HTTP/2 is agreed on in the TLS handshake. Requests wait for a connection's handshake to learn whether
      // they may share it; without TLS they would wait for its first answer, and one slow answer would hold
      // up all others to that host.
      let secure = reading == .https && pool.profile.connections == .shared
      ccurl_easy_set_long(easy, CURLOPT_HTTP_VERSION, secure ? CURL_HTTP_VERSION_2TLS : CURL_HTTP_VERSION_1_1)
      ccurl_easy_set_long(easy, CURLOPT_PIPEWAIT, secure ? 1 : 0)
    }
    return nil
  }

  private func signingRefusal(of request: HTTPRequest) -> String? {
    let sendsBytes = request.upload == nil && request.source == nil && (request.body != nil || pool.wantsBody)
    return SigningRules.refusal(ofURL: request.url)
      ?? SigningRules.refusal(ofHeaders: request.headers + pool.profile.headers, sendsBytes: sendsBytes)
  }

  private func set(upload part: FilePart) -> String? {
    guard pool.wantsBody else { return "\(pool.profile.method) sends no file" }
    switch FileUpload.open(part) {
    case .refused(let reason): return reason
    case .opened(let file): outgoing.set(file, method: pool.profile.method, on: easy)
    }
    return nil
  }

  /// What a request left in the handle is taken out again; the URL stays until the next one.
  private func reset() {
    if !outgoing.isEmpty {
      outgoing.clear(method: pool.profile.method, restoring: !pool.wantsBody, on: easy)
    }
    if extras.head != nil {
      ccurl_easy_set_list(easy, CURLOPT_HTTPHEADER, pool.headers.head)
      extras.free()
    }
    excess = .none
    if outlet != nil { outlet = nil }
    guardian?.forget()
    ticket?.transfer = nil
    ticket = nil
  }

  // MARK: Its connection

  /// Opens a socket for one of the host's addresses, such that no child process inherits it. An address that the
  /// profile may not reach gets none, before any packet went out; libcurl then tries the host's next one.
  func open(_ address: UnsafeMutablePointer<curl_sockaddr>) -> curl_socket_t {
    if guardian?.admits(IPAddress(address), of: url) == false { return CURL_SOCKET_BAD }
    let type = address.pointee.socktype | Int32(SOCK_CLOEXEC.rawValue)
    let opened = socket(address.pointee.family, type, address.pointee.protocol)
    if opened >= 0 { poller.adopt(opened) }
    return opened
  }

  /// Whether the request may be sent to this peer: the connection may be an older one, of a profile that may
  /// reach more.
  func mayAsk(_ peer: String) -> Bool {
    // What was connected to before counts no more: this is the connection that is used.
    guardian?.forget()
    return guardian?.admits(IPAddress(peer), of: url) != false
  }

  // MARK: Its answer

  func receive(header line: UnsafeRawBufferPointer) -> Bool {
    guard head.take(line) else {
      excess = .headers
      return false
    }
    if head.isComplete {
      outgoing.stream?.answered()
      if outlet != nil { _ = isPassedOn() }
    }
    return true
  }

  func receive(body bytes: UnsafeRawBufferPointer) -> Receipt {
    if outlet != nil, let receipt = pass(bytes) { return receipt }
    let room = pool.profile.bodyLimit - body.count
    if bytes.count <= room {
      body.append(contentsOf: bytes)
      return .taken
    }
    excess = .body
    if pool.profile.overflow == .truncate, room > 0 { body.append(contentsOf: bytes[..<room]) }
    return .refused
  }

  /// Hands a part of the body to the request's sink; nil where that does not want it.
  private func pass(_ bytes: UnsafeRawBufferPointer) -> Receipt? {
    guard isPassedOn() else { return nil }
    if outlet?.isFull == true { return .later }
    if outlet?.take(bytes) == true { return .taken }
    excess = .refused
    return .refused
  }

  /// A source has more to read, or a full sink has room: libcurl asks both again. Not within a callback of libcurl.
  func goOn() { curl_easy_pause(easy, CURLPAUSE_CONT) }

  /// Whether the body of the answer, whose headers are complete, goes to the request's sink.
  private func isPassedOn() -> Bool {
    outlet?.isOpen((long(CURLINFO_RESPONSE_CODE), HTTPHeaders(raw: head.raw))) == true
  }

  /// The outcome of the request, once libcurl has ended with it.
  func finish(_ code: CURLcode) -> Result<HTTPResponse, HTTPError> {
    defer { reset() }
    let answered = head.begun
    let isComplete = head.isComplete
    let streamed = outlet != nil && isComplete && isPassedOn()
    let headers = head.finish()
    var bytes: [UInt8] = []
    swap(&bytes, &body)
    // Where a part of the body will do, so does one that breaks off, stalls, or cannot be decompressed.
    let broken = excess == .none && isComplete && code != CURLE_OK && !streamed
    let truncated = pool.profile.overflow == .truncate && (excess == .body || broken)
    if code == CURLE_OK && !isComplete {
      // libcurl takes headers that break off for an answer.
      return .failure(
        HTTPError(
          .reset, "\(pool.profile.method) \(Place(of: url)): the connection ended within the answer's headers"
        ))
    }
    if code == CURLE_OK || truncated {
      let status = long(CURLINFO_RESPONSE_CODE)
      return .success(
        HTTPResponse(
          status: status,
          version: long(CURLINFO_HTTP_VERSION) >= CURL_HTTP_VERSION_2_0 ? .http2 : .http1,
          headers: HTTPHeaders(raw: headers), body: bytes, truncated: truncated,
          location: HTTPResponse.isRedirect(status) ? location(HTTPHeaders(raw: headers)) : nil))
    }
    return .failure(failure(code, received: bytes.count + (outlet?.count ?? 0), answered: answered))
  }

  private func location(_ headers: HTTPHeaders) -> String? {
    headers["location"].flatMap { URLReference.resolve($0, against: url) }
  }

  /// The request was taken out of the loop before its end.
  func abort(because reason: String) -> HTTPError {
    defer { reset() }
    _ = head.finish()
    body = []
    return HTTPError(.cancelled, "\(pool.profile.method) \(Place(of: url)): \(reason)")
  }

  private func failure(_ code: CURLcode, received: Int, answered: Bool) -> HTTPError {
    let profile = pool.profile
    let place = Place(of: url)
    switch excess {
    case .body:
      return HTTPError(
        .bodyTooLarge, "\(profile.method) \(place): the body is larger than \(profile.bodyLimit) bytes")
    case .headers:
      return HTTPError(
        .protocolError, "\(profile.method) \(place): the headers are larger than \(HeaderBlock.limit) bytes")
    case .refused:
      return HTTPError(
        .refused, "\(profile.method) \(place): the rest of the body is not wanted, after \(received) bytes")
    case .none: break
    }
    if let file = outgoing.file, let kind = file.failure {
      return HTTPError(kind, "\(profile.method) \(place): \(file.reason)")
    }
    if let reason = outgoing.stream?.reason {
      return HTTPError(.cancelled, "\(profile.method) \(place): \(reason)")
    }
    return Failures.error(
      Failures.Facts(
        method: profile.method, place: place, code: code, detail: Failures.printable(detail),
        errno: Int32(long(CURLINFO_OS_ERRNO)), timeout: profile.timeout, stall: profile.stall,
        received: received, answered: answered,
        proxyStatus: long(CURLINFO_HTTP_CONNECTCODE),
        forbidden: guardian?.refused))
  }

  private func long(_ info: CURLINFO) -> Int {
    var value = 0
    ccurl_easy_get_long(easy, info, &value)
    return value
  }
}
