import CCurl
import Glibc
import Model

/// What is set once on an easy handle. Remembers the first option that libcurl refused.
struct EasyOptions {
  private let easy: UnsafeMutableRawPointer
  private(set) var failure: CURLcode?

  init(_ easy: UnsafeMutableRawPointer) { self.easy = easy }

  /// Nothing that libcurl would do beyond one request and its answer is left on: no redirects, no cookies, no
  /// .netrc, no protocols but http and https. TLS certificates are verified: libcurl's default.
  mutating func set(profile: HTTPProfile) {
    set(CURLOPT_NOSIGNAL, 1)
    set(CURLOPT_PROTOCOLS_STR, "http,https")
    set(CURLOPT_FOLLOWLOCATION, 0)
    set(CURLOPT_NETRC, 0)
    set(CURLOPT_PATH_AS_IS, 1)
    set(CURLOPT_SUPPRESS_CONNECT_HEADERS, 1)
    // All encodings that this libcurl can undo.
    if profile.decodes { set(CURLOPT_ACCEPT_ENCODING, "") }
    set(CURLOPT_TCP_NODELAY, 1)
    set(CURLOPT_TCP_KEEPALIVE, 1)
    set(CURLOPT_TCP_KEEPIDLE, 60)
    set(CURLOPT_TCP_KEEPINTVL, 30)
    set(CURLOPT_SSLVERSION, CURL_SSLVERSION_TLSv1_2)
    // A name that is still being looked up when its request ends must not hold up the loop.
    set(CURLOPT_QUICK_EXIT, 1)

    let whole = Self.milliseconds(profile.timeout)
    set(CURLOPT_TIMEOUT_MS, whole)
    set(CURLOPT_CONNECTTIMEOUT_MS, min(whole, 10_000))
    if let stall = profile.stall {
      set(CURLOPT_LOW_SPEED_LIMIT, 1)
      set(CURLOPT_LOW_SPEED_TIME, Self.seconds(stall))
    }
    if profile.connections == .new { set(CURLOPT_FRESH_CONNECT, 1) }
    set(method: profile.method)
    set(connection: profile.connection)
    if profile.reach != .anywhere { goDirect() }
    if let signing = profile.signing { set(signing: signing) }
  }

  /// The method of a request without a body.
  mutating func set(method: String) {
    set(CURLOPT_HTTPGET, 1)
    switch method {
    case "GET": set(CURLOPT_CUSTOMREQUEST, nil)
    case "HEAD": set(CURLOPT_NOBODY, 1)
    default: set(CURLOPT_CUSTOMREQUEST, method == "POST" ? nil : method)
    }
  }

  private mutating func set(connection: ConnectionOptions) {
    if let ca = connection.ca {
      // This file alone is trusted, not the system's folder beside it.
      set(CURLOPT_CAINFO, ca)
      set(CURLOPT_CAPATH, nil)
    }
    if let cert = connection.cert { set(CURLOPT_SSLCERT, cert) }
    if let key = connection.key { set(CURLOPT_SSLKEY, key) }
    if let proxy = connection.proxy {
      set(CURLOPT_PROXY, proxy.reveal())
      // A proxy that was named is used for all hosts, whatever the environment's no_proxy says.
      set(CURLOPT_NOPROXY, "")
    } else if !Self.environmentHasProxy {
      // Else libcurl would look through the environment for each request.
      set(CURLOPT_PROXY, "")
      set(CURLOPT_NOPROXY, "")
    }
  }

  /// Whether the environment names a proxy, as libcurl reads it: `http_proxy` in small letters alone, since CGI
  /// programs get the other from a request's headers (https://curl.se/libcurl/c/libcurl-env.html).
  private static var environmentHasProxy: Bool {
    let names = ["http_proxy", "https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY"]
    return names.contains { (name: String) in getenv(name) != nil }
  }

  /// `SigningRules` has what requests must be like.
  private mutating func set(signing: AWSSigning) {
    set(CURLOPT_AWS_SIGV4, "aws:amz:\(signing.region):\(signing.service)")
    set(CURLOPT_USERNAME, signing.accessKey)
    set(CURLOPT_PASSWORD, signing.secretKey.reveal())
  }

  /// Whatever proxies the environment names.
  private mutating func goDirect() {
    set(CURLOPT_PROXY, "")
    set(CURLOPT_NOPROXY, "*")
  }

  /// At least 1 (0 would mean no limit), at most about 24 days.
  static func milliseconds(_ duration: Duration) -> Int {
    let nanoseconds = duration.nanoseconds
    let rounded = nanoseconds / 1_000_000 + (nanoseconds % 1_000_000 > 0 ? 1 : 0)
    return Int(min(max(rounded, 1), Int64(Int32.max)))
  }

  /// Whole seconds, at least 1 (0 would mean no limit).
  static func seconds(_ duration: Duration) -> Int { (milliseconds(duration) + 999) / 1000 }

  // MARK: Callbacks

  /// `transfer` is an unretained `Transfer` that outlives the handle.
  mutating func receive(by transfer: UnsafeMutableRawPointer) {
    note(
      ccurl_easy_set_writer(easy, CURLOPT_WRITEFUNCTION) { bytes, size, count, transfer in
        guard let transfer else { return 0 }
        return Unmanaged<Transfer>.fromOpaque(transfer)._withUnsafeGuaranteedRef {
          switch $0.receive(body: UnsafeRawBufferPointer(start: bytes, count: size * count)) {
          case .taken: size * count
          case .later: Int(CURL_WRITEFUNC_PAUSE)
          case .refused: 0
          }
        }
      })
    set(CURLOPT_WRITEDATA, UnsafeRawPointer(transfer))
    note(
      ccurl_easy_set_writer(easy, CURLOPT_HEADERFUNCTION) { bytes, size, count, transfer in
        guard let transfer else { return 0 }
        return Unmanaged<Transfer>.fromOpaque(transfer)._withUnsafeGuaranteedRef {
          $0.receive(header: UnsafeRawBufferPointer(start: bytes, count: size * count)) ? size * count : 0
        }
      })
    set(CURLOPT_HEADERDATA, UnsafeRawPointer(transfer))
  }

  /// `file` is an unretained `FileUpload` that outlives the request.
  mutating func read(from file: UnsafeMutableRawPointer) {
    note(
      ccurl_easy_set_reader(easy) { buffer, size, count, file in
        guard let file, let buffer else { return Int(CURL_READFUNC_ABORT) }
        return Unmanaged<FileUpload>.fromOpaque(file)._withUnsafeGuaranteedRef {
          $0.read(into: UnsafeMutableRawBufferPointer(start: buffer, count: size * count))
            ?? Int(CURL_READFUNC_ABORT)
        }
      })
    set(CURLOPT_READDATA, UnsafeRawPointer(file))
    note(
      ccurl_easy_set_seeker(easy) { file, position, origin in
        guard let file, origin == SEEK_SET else { return CURL_SEEKFUNC_FAIL }
        return Unmanaged<FileUpload>.fromOpaque(file)._withUnsafeGuaranteedRef {
          $0.seek(to: Int64(position)) ? CURL_SEEKFUNC_OK : CURL_SEEKFUNC_FAIL
        }
      })
    set(CURLOPT_SEEKDATA, UnsafeRawPointer(file))
  }

  /// `stream` is an unretained `StreamUpload` that outlives the request.
  mutating func read(fromStream stream: UnsafeMutableRawPointer) {
    note(
      ccurl_easy_set_reader(easy) { buffer, size, count, stream in
        guard let stream, let buffer else { return Int(CURL_READFUNC_ABORT) }
        return Unmanaged<StreamUpload>.fromOpaque(stream)._withUnsafeGuaranteedRef {
          switch $0.read(into: UnsafeMutableRawBufferPointer(start: buffer, count: size * count)) {
          case .bytes(let count): count
          case .wait: Int(CURL_READFUNC_PAUSE)
          case .end: 0
          case .broken: Int(CURL_READFUNC_ABORT)
          }
        }
      })
    set(CURLOPT_READDATA, UnsafeRawPointer(stream))
    note(
      ccurl_easy_set_seeker(easy) { stream, position, origin in
        guard let stream, origin == SEEK_SET else { return CURL_SEEKFUNC_FAIL }
        return Unmanaged<StreamUpload>.fromOpaque(stream)._withUnsafeGuaranteedRef {
          $0.isAt(Int64(position)) ? CURL_SEEKFUNC_OK : CURL_SEEKFUNC_FAIL
        }
      })
    set(CURLOPT_SEEKDATA, UnsafeRawPointer(stream))
  }

  /// `transfer` is an unretained `Transfer` that outlives the handle, and `poller` an unretained `Poller` that
  /// outlives its connections, too.
  mutating func open(by transfer: UnsafeMutableRawPointer, closing poller: UnsafeMutableRawPointer) {
    note(
      ccurl_easy_set_opener(easy) { transfer, _, address in
        guard let transfer, let address else { return CURL_SOCKET_BAD }
        return Unmanaged<Transfer>.fromOpaque(transfer)._withUnsafeGuaranteedRef { $0.open(address) }
      })
    set(CURLOPT_OPENSOCKETDATA, UnsafeRawPointer(transfer))
    note(
      ccurl_easy_set_closer(easy) { poller, socket in
        if let poller { Unmanaged<Poller>.fromOpaque(poller)._withUnsafeGuaranteedRef { $0.forget(socket) } }
        return close(socket)
      })
    set(CURLOPT_CLOSESOCKETDATA, UnsafeRawPointer(poller))
  }

  /// Asks before each request on whatever connection it will go. `transfer` is as in `open`.
  mutating func ask(_ transfer: UnsafeMutableRawPointer) {
    note(
      ccurl_easy_set_prerequisite(easy) { transfer, peer, _, _, _ in
        guard let transfer, let peer else { return CURL_PREREQFUNC_ABORT }
        return Unmanaged<Transfer>.fromOpaque(transfer)._withUnsafeGuaranteedRef {
          $0.mayAsk(String(cString: peer)) ? CURL_PREREQFUNC_OK : CURL_PREREQFUNC_ABORT
        }
      })
    set(CURLOPT_PREREQDATA, UnsafeRawPointer(transfer))
  }

  // MARK: One option

  mutating func set(_ option: CURLoption, _ value: Int) { note(ccurl_easy_set_long(easy, option, value)) }
  mutating func set(_ option: CURLoption, _ value: String?) {
    note(ccurl_easy_set_string(easy, option, value))
  }
  mutating func set(_ option: CURLoption, _ value: UnsafeRawPointer) {
    note(ccurl_easy_set_pointer(easy, option, value))
  }
  mutating func set(_ option: CURLoption, _ value: HeaderList) {
    note(ccurl_easy_set_list(easy, option, value.head))
  }

  private mutating func note(_ code: CURLcode) {
    if code != CURLE_OK, failure == nil { failure = code }
  }
}
