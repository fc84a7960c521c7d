import CCurl
import Glibc
import Model

/// libcurl's result codes as errors of the port.
enum Failures {
  /// What is known of a transfer that failed.
  struct Facts {
    var method: String
    var place: Place
    var code: CURLcode
    /// libcurl's own words; used only where they hold neither URL nor proxy.
    var detail: String
    /// `errno` of the last system call that failed; 0 where there was none.
    var errno: Int32
    var timeout: Duration
    var stall: Duration?
    /// Bytes of the body that had arrived.
    var received: Int
    /// Whether any of the answer had arrived.
    var answered: Bool
    /// A proxy's answer to CONNECT; 0 where there was none.
    var proxyStatus: Int
    /// Why nothing was connected to, or nothing sent: the kind of the host's addresses.
    var forbidden: AddressKind?
  }

  static func error(_ facts: Facts) -> HTTPError {
    let (kind, cause) = reading(facts)
    return HTTPError(kind, "\(facts.method) \(facts.place): \(cause)")
  }

  private static func reading(_ facts: Facts) -> (HTTPError.Kind, String) {
    if let kind = facts.forbidden {
      return (.forbidden, "the host is at \(kind.rawValue), which this request may not reach")
    }
    let own = String(cString: curl_easy_strerror(facts.code))
    let system = facts.errno == 0 ? nil : String(cString: strerror(facts.errno))
    switch facts.code {
    case CURLE_COULDNT_RESOLVE_HOST: return (.resolve, "the host's name cannot be resolved")
    case CURLE_COULDNT_RESOLVE_PROXY: return (.resolve, "the proxy's name cannot be resolved, or is no name")
    case CURLE_COULDNT_CONNECT: return (.connect, "cannot connect: \(system ?? own)")
    case CURLE_PROXY: return (.connect, "cannot connect through the proxy: \(own)")
    case CURLE_OPERATION_TIMEDOUT where isStall(facts.detail):
      let so = facts.stall.map { " for \($0)" } ?? ""
      return (.timeout, "nothing came or left\(so), \(facts.received) bytes of the body read")
    case CURLE_OPERATION_TIMEDOUT:
      return facts.answered
        ? (.timeout, "timed out, \(facts.received) bytes of the body read (time allowed: \(facts.timeout))")
        : (.timeout, "timed out without an answer (time allowed: \(facts.timeout))")
    case CURLE_URL_MALFORMAT: return (.badRequest, "the URL is malformed")
    case CURLE_UNSUPPORTED_PROTOCOL where !facts.answered: return (.protocolError, "the answer is not HTTP")
    case CURLE_PEER_FAILED_VERIFICATION, CURLE_SSL_CONNECT_ERROR, CURLE_SSL_CERTPROBLEM, CURLE_SSL_CIPHER,
      CURLE_SSL_CACERT_BADFILE, CURLE_SSL_CRL_BADFILE, CURLE_SSL_ISSUER_ERROR, CURLE_SSL_ENGINE_NOTFOUND,
      CURLE_SSL_ENGINE_SETFAILED, CURLE_SSL_ENGINE_INITFAILED, CURLE_SSL_INVALIDCERTSTATUS,
      CURLE_SSL_PINNEDPUBKEYNOTMATCH, CURLE_SSL_CLIENTCERT, CURLE_SSL_SHUTDOWN_FAILED, CURLE_USE_SSL_FAILED:
      return (.tls, facts.detail.isEmpty ? own : facts.detail)
    case CURLE_RECV_ERROR where facts.proxyStatus != 0 && facts.proxyStatus / 100 != 2 && !facts.answered:
      return (.connect, "the proxy refused the connection with status \(facts.proxyStatus)")
    case CURLE_RECV_ERROR where isAlert(facts.detail): return (.tls, facts.detail)
    case CURLE_GOT_NOTHING: return (.reset, "the peer closed the connection without an answer")
    case CURLE_PARTIAL_FILE:
      return (
        .reset, "the peer closed the connection in the midst of the body, after \(facts.received) bytes"
      )
    case CURLE_RECV_ERROR, CURLE_SEND_ERROR:
      return (.reset, "the connection broke: \(system ?? own)")
    case CURLE_HTTP2_STREAM: return (.reset, "the peer broke the HTTP/2 stream off")
    case CURLE_HTTP2, CURLE_WEIRD_SERVER_REPLY, CURLE_UNSUPPORTED_PROTOCOL, CURLE_BAD_CONTENT_ENCODING,
      CURLE_WRITE_ERROR:
      return (.protocolError, "the answer cannot be read: \(own)")
    // libcurl's word for a single header line above its own limit of 100 KiB.
    case CURLE_OUT_OF_MEMORY where facts.answered: return (.protocolError, "a header is too long")
    default: return (.other, own)
    }
  }

  /// The content of libcurl's error buffer on one line.
  static func printable(_ buffer: UnsafePointer<CChar>) -> String {
    let text = String(cString: buffer).split { $0.isNewline || $0 == " " || $0 == "\t" }.joined(
      separator: " ")
    return String(text.unicodeScalars.filter { $0.value >= 0x20 && $0.value != 0x7F })
  }

  /// libcurl's code is the same where all time has passed and where nothing moved.
  private static func isStall(_ detail: String) -> Bool { detail.hasPrefix("Operation too slow") }

  /// TLS 1.3 servers refuse a client's certificate after the handshake, in the midst of reading.
  private static func isAlert(_ detail: String) -> Bool {
    detail.contains("alert") || detail.contains("SSL routines")
  }
}
