import CCurl
import Glibc
import Model

/// The requests under way, on libcurl's multi handle. Belongs to the loop's thread.
final class Requests {
  typealias Completion = @Sendable (Result<HTTPResponse, HTTPError>) -> Void

  /// When libcurl wants `drive` to be called, in nanoseconds of the monotonic clock; `.max` for never.
  private(set) var due = Int64.max

  private let multi: UnsafeMutableRawPointer
  private let poller: Poller
  private var active: [Transfer] = []
  private var pools = ProfilePools()
  private var closed = false

  init?(poller: Poller) {
    guard Self.libraryReady, let multi = curl_multi_init() else { return nil }
    self.multi = multi
    self.poller = poller
    let this = Unmanaged.passUnretained(self).toOpaque()
    ccurl_multi_set_pointer(multi, CURLMOPT_SOCKETDATA, this)
    ccurl_multi_set_socket(multi) { _, socket, what, requests, _ in
      // A socket that epoll refuses is left to its request's time-out: an error returned here would be the
      // end of all other requests, too.
      if let requests {
        Unmanaged<Requests>.fromOpaque(requests)._withUnsafeGuaranteedRef { _ = $0.poller.want(socket, what) }
      }
      return 0
    }
    ccurl_multi_set_pointer(multi, CURLMOPT_TIMERDATA, this)
    ccurl_multi_set_timer(multi) { _, milliseconds, requests in
      if let requests {
        Unmanaged<Requests>.fromOpaque(requests)._withUnsafeGuaranteedRef { $0.schedule(milliseconds) }
      }
      return 0
    }
    ccurl_multi_set_long(multi, CURLMOPT_PIPELINING, Int(CURLPIPE_MULTIPLEX))
    ccurl_multi_set_long(multi, CURLMOPT_MAXCONNECTS, Self.connectionsKept())
  }

  private static let libraryReady: Bool = {
    // libcurl reads the letters of a host's name in the encoding of the locale: names beyond ASCII are UTF-8 here.
    setlocale(LC_CTYPE, "C.UTF-8")
    return ccurl_global_init() == CURLE_OK
  }()

  /// Connections that stay open between requests: half of what the process may open, at most 4096.
  private static func connectionsKept() -> Int {
    var limit = rlimit()
    guard getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0 else { return 256 }
    return Int(min(max(limit.rlim_cur / 2, 16), 4096))
  }

  private func schedule(_ milliseconds: Int) {
    due = milliseconds < 0 ? .max : milliseconds == 0 ? 0 : monotonicNow() + Int64(milliseconds) * 1_000_000
  }

  // MARK: Beginning and breaking off

  /// Returns why it cannot be started, and then does not call `completion`. `goOn` calls the other `goOn` with the
  /// ticket, on the loop's thread and later.
  func start(
    _ request: HTTPRequest, ticket: Ticket?, goOn: (@Sendable () -> Void)?,
    completion: @escaping Completion
  ) -> HTTPError? {
    if closed { return Self.refusal(request, .cancelled, Self.shutDown) }
    if let ticket, ticket.cancelled { return Self.refusal(request, .cancelled, "cancelled") }
    let pool = pools[request.profile]
    if let reason = pool.refusal { return Self.refusal(request, .badRequest, reason) }
    guard let transfer = pool.idle.popLast() ?? Transfer(pool: pool, poller: poller) else {
      return Self.refusal(request, .other, "libcurl takes no such request")
    }
    if let reason = transfer.prepare(request, goOn: goOn) {
      pool.idle.append(transfer)
      return Self.refusal(request, .badRequest, reason)
    }
    let code = curl_multi_add_handle(multi, transfer.easy)
    guard code == CURLM_OK else {
      _ = transfer.abort(because: "")
      return Self.refusal(request, .other, String(cString: curl_multi_strerror(code)))
    }
    transfer.index = active.count
    active.append(transfer)
    pool.active += 1
    transfer.completion = completion
    transfer.ticket = ticket
    ticket?.transfer = transfer
    return nil
  }

  func cancel(_ ticket: Ticket) {
    ticket.cancelled = true
    if let transfer = ticket.transfer { abort(transfer, because: "cancelled") }
  }

  /// What a request waited for may be there: a source's next bytes, room in a sink.
  func goOn(_ ticket: Ticket) { ticket.transfer?.goOn() }

  private static let shutDown = "the client was shut down"

  private static func refusal(_ request: HTTPRequest, _ kind: HTTPError.Kind, _ reason: String) -> HTTPError {
    let method =
      RequestRules.refusal(ofMethod: request.profile.method) == nil ? request.profile.method : "request"
    return HTTPError(kind, "\(method) \(Place(of: request.url)): \(reason)")
  }

  // MARK: Progress

  /// A socket is ready: `ready` has the `CURL_CSELECT_…` bits.
  func advance(_ socket: Int32, _ ready: Int32) {
    var running: Int32 = 0
    curl_multi_socket_action(multi, socket, ready, &running)
  }

  /// Does what is due without a socket, the beginning of new requests too.
  func drive() {
    due = .max
    advance(CURL_SOCKET_TIMEOUT, 0)
  }

  /// Completes what libcurl has ended with.
  func reap() {
    var left: Int32 = 0
    while let message = curl_multi_info_read(multi, &left) {
      guard message.pointee.msg == CURLMSG_DONE, let easy = message.pointee.easy_handle else { continue }
      // The message dies with the handle's removal.
      let code = message.pointee.data.result
      var pointer: UnsafeMutableRawPointer?
      ccurl_easy_get_pointer(easy, CURLINFO_PRIVATE, &pointer)
      curl_multi_remove_handle(multi, easy)
      guard let pointer else { continue }
      let transfer = Unmanaged<Transfer>.fromOpaque(pointer).takeUnretainedValue()
      complete(transfer, transfer.finish(code))
    }
  }

  private func abort(_ transfer: Transfer, because reason: String) {
    curl_multi_remove_handle(multi, transfer.easy)
    complete(transfer, .failure(transfer.abort(because: reason)))
  }

  /// The transfer rests before its completion is called, so that a request started there finds it ready.
  private func complete(_ transfer: Transfer, _ result: Result<HTTPResponse, HTTPError>) {
    let completion = transfer.completion
    transfer.completion = nil
    let last = active.removeLast()
    if last !== transfer {
      active[transfer.index] = last
      last.index = transfer.index
    }
    let pool = transfer.pool
    pool.active -= 1
    if pool.idle.count < ProfilePool.idleLimit { pool.idle.append(transfer) }
    completion?(result)
  }

  // MARK: The end

  /// Fails what is under way and everything started from now on.
  func shutDown() {
    closed = true
    while let transfer = active.last { abort(transfer, because: Self.shutDown) }
  }

  /// Closes all connections; only after `shutDown`.
  func close() {
    pools = ProfilePools()
    curl_multi_cleanup(multi)
  }
}

/// What is kept of a request under way, so that it can be broken off or go on. Belongs to the loop's thread.
///
/// `@unchecked Sendable`: other threads only carry it; the loop's errands alone read and write it.
final class Ticket: @unchecked Sendable {
  var transfer: Transfer?
  var cancelled = false
}
