/// What all requests to one endpoint share. Make one and keep it: a transport may prepare handles for it.
package final class HTTPProfile: Sendable {
  package let method: String
  package let headers: [HTTPHeader]
  package let connection: ConnectionOptions
  /// From the start of the request to the last byte of the answer.
  package let timeout: Duration
  /// Largest body taken, in bytes, after decompression.
  package let bodyLimit: Int
  package let overflow: Overflow
  /// Which addresses may be connected to. Where it is not `.anywhere`, proxies are out of use: the environment's
  /// are passed over, and one in `connection` is an error. Behind a proxy nobody sees where a request goes.
  package let reach: Reach
  /// Whether a compressed body is asked for and decompressed; where not, its bytes come as they were sent.
  package let decodes: Bool
  /// The longest time in which nothing may arrive or leave once the request is under way, beside `timeout`; nil for
  /// no such limit. Whole seconds; noticed a few seconds late. It also ends the wait for a slow answer.
  package let stall: Duration?
  /// Signs each request with AWS Signature Version 4, with the time it is sent at. Its URL must be written in the
  /// canonical form of path and query (`?uploads=`), and it needs the header `x-amz-content-sha256` and, where `body`
  /// is sent, `content-type`: without them it fails with `HTTPError.Kind.badRequest`.
  package let signing: AWSSigning?
  /// On which connections the requests go out.
  package let connections: Connections

  /// Which connections requests may go out on.
  package enum Connections: Sendable {
    /// Any to the host; over HTTP/2 many requests share one.
    case shared
    /// One that carries nothing else meanwhile, over HTTP/1.1: a body that waits for its taker holds up no other
    /// request, and what the peer sends on waits in the kernel. It may be an older one, and a request whose
    /// connection turns out to be closed is sent again.
    case alone
    /// As `alone`, and a new one each time. Nothing is ever sent twice (RFC 9110 section 9.2.2: what is not
    /// idempotent must not be repeated by a proxy).
    case new
  }

  /// What happens to a body beyond the limit. One that a sink takes has no limit, and must come whole.
  package enum Overflow: Sendable {
    /// The request fails with `HTTPError.Kind.bodyTooLarge`.
    case fail
    /// The rest is not read, the connection is closed, and the answer counts; so it does where the body
    /// breaks off, stalls or cannot be decompressed.
    case truncate
  }

  package init(
    method: String, headers: [HTTPHeader] = [], connection: ConnectionOptions = ConnectionOptions(),
    timeout: Duration, bodyLimit: Int, overflow: Overflow = .fail, reach: Reach = .anywhere,
    decodes: Bool = true, stall: Duration? = nil, signing: AWSSigning? = nil,
    connections: Connections = .shared
  ) {
    self.method = method
    self.headers = headers
    self.connection = connection
    self.timeout = timeout
    self.bodyLimit = bodyLimit
    self.overflow = overflow
    self.reach = reach
    self.decodes = decodes
    self.stall = stall
    self.signing = signing
    self.connections = connections
  }
}

/// What signs requests to an S3-compatible storage
/// (https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv.html).
package struct AWSSigning: Sendable, Hashable {
  package var accessKey: String
  package var secretKey: Secret
  package var region: String
  package var service: String

  package init(accessKey: String, secretKey: Secret, region: String, service: String = "s3") {
    self.accessKey = accessKey
    self.secretKey = secretKey
    self.region = region
    self.service = service
  }
}

package struct HTTPHeader: Sendable, Hashable {
  package var name: String
  package var value: String

  package init(_ name: String, _ value: String) {
    self.name = name
    self.value = value
  }
}

/// How a peer is reached.
package struct ConnectionOptions: Sendable, Hashable {
  /// PEM files; nil for the system's trust store and no client certificate.
  package var ca: String?
  package var cert: String?
  package var key: String?
  /// A proxy's URL (it may hold a password); nil for the usual environment variables.
  package var proxy: SecretURL?

  package init(ca: String? = nil, cert: String? = nil, key: String? = nil, proxy: SecretURL? = nil) {
    self.ca = ca
    self.cert = cert
    self.key = key
    self.proxy = proxy
  }
}

package struct HTTPRequest: Sendable {
  package var profile: HTTPProfile
  /// http or https.
  package var url: String
  /// Sent beside the profile's.
  package var headers: [HTTPHeader]
  package var body: [UInt8]?
  /// A part of a file that is sent instead of `body`, read as it goes out; for methods that send bodies: POST, PUT
  /// and PATCH. It fails with `HTTPError.Kind.badRequest` where the file has not as much.
  package var upload: FilePart?
  /// Gives the body piece by piece instead, as it comes from elsewhere; for all methods but HEAD and TRACE. What
  /// was sent of it cannot be sent again.
  package var source: (any BodySource)?
  /// Takes the body of the answer as it comes, however large.
  package var sink: (any BodySink)?

  package init(
    _ profile: HTTPProfile, url: String, headers: [HTTPHeader] = [], body: [UInt8]? = nil,
    upload: FilePart? = nil, source: (any BodySource)? = nil, sink: (any BodySink)? = nil
  ) {
    self.profile = profile
    self.url = url
    self.headers = headers
    self.body = body
    self.upload = upload
    self.source = source
    self.sink = sink
  }
}

/// A stretch of a file on this machine.
package struct FilePart: Sendable, Hashable {
  package var path: String
  package var offset: Int64
  package var count: Int64

  package init(path: String, offset: Int64, count: Int64) {
    self.path = path
    self.offset = offset
    self.count = count
  }
}

package struct HTTPResponse: Sendable {
  package enum Version: Sendable { case http1, http2 }

  package var status: Int
  package var version: Version
  package var headers: HTTPHeaders
  package var body: [UInt8]
  /// Whether the body is not all of what was sent.
  package var truncated: Bool
  /// Where a redirect leads: an absolute http or https URL without user, password and fragment. Nil for all other
  /// answers, and where the Location header is missing or leads elsewhere.
  package var location: String?

  package init(
    status: Int, version: Version = .http1, headers: HTTPHeaders = HTTPHeaders(), body: [UInt8] = [],
    truncated: Bool = false, location: String? = nil
  ) {
    self.status = status
    self.version = version
    self.headers = headers
    self.body = body
    self.truncated = truncated
    self.location = location
  }

  /// Whether a status sends the client elsewhere (RFC 9110 section 15.4): 304 does not.
  package static func isRedirect(_ status: Int) -> Bool { status / 100 == 3 && status != 304 }
}

/// The headers of an answer as they came on the wire, read only when asked.
package struct HTTPHeaders: Sendable, Equatable {
  /// `Name: value` lines, each ended by CR LF.
  package var raw: [UInt8]

  package init(raw: [UInt8] = []) { self.raw = raw }

  package init(_ headers: [HTTPHeader]) {
    raw = headers.flatMap { Array("\($0.name): \($0.value)\r\n".utf8) }
  }

  /// The last value of a header, its name in any case; nil where it is absent.
  package subscript(_ name: String) -> String? {
    let wanted = Array(name.utf8)
    var found: String?
    for line in raw.split(separator: UInt8(ascii: "\n")) {
      guard let colon = line.firstIndex(of: UInt8(ascii: ":")), colon - line.startIndex == wanted.count
      else { continue }
      let same = zip(line, wanted).allSatisfy { ($0 | 0x20) == ($1 | 0x20) }
      guard same else { continue }
      let value = line[(colon + 1)...]
        .drop { $0 == 0x20 || $0 == 0x09 }
        .reversed().drop { $0 == 0x20 || $0 == 0x09 || $0 == 0x0D }.reversed()
      found = String(decoding: Array(value), as: UTF8.self)
    }
    return found
  }
}

/// Why a request got no answer. `message` says operation, place and cause, and holds no URL.
package struct HTTPError: Error, Sendable, Equatable, CustomStringConvertible {
  package enum Kind: Sendable {
    case badRequest, resolve, connect, tls, timeout, reset, bodyTooLarge, protocolError, cancelled, other
    /// The request's sink wanted no more.
    case refused
    /// All addresses of the host are outside the profile's `reach`.
    case forbidden
  }

  package var kind: Kind
  package var message: String

  package init(_ kind: Kind, _ message: String) {
    self.kind = kind
    self.message = message
  }

  package var description: String { message }
}

/// Sends requests. Redirects are never followed; only http and https are spoken.
package protocol HTTPTransport: Sendable {
  /// Cancelling the caller cancels the request.
  func send(_ request: HTTPRequest) async throws(HTTPError) -> HTTPResponse
}

/// A transport with a thread of its own, on which other code may run beside it: the poll path.
package protocol HTTPLoop: HTTPTransport {
  /// Runs jobs on the loop's thread; an actor with this executor needs no hop to react to an answer.
  var executor: any SerialExecutor { get }

  /// Starts a request; `completion` is called once, on the loop's thread, never before `start` returns.
  /// To be called on the loop's thread.
  func start(
    _ request: HTTPRequest,
    completion: @escaping @Sendable (Result<HTTPResponse, HTTPError>) -> Void)

  /// As `start`, for a request that may have to be broken off: what is answered does that, from any thread, and
  /// `completion` is then called with an error of the kind `.cancelled`.
  func begin(
    _ request: HTTPRequest,
    completion: @escaping @Sendable (Result<HTTPResponse, HTTPError>) -> Void
  ) -> BreakOff

  /// Calls `work` on the loop's thread once `delay` has passed. May be called from any thread.
  func wake(after delay: Duration, _ work: @escaping @Sendable () -> Void)
}
