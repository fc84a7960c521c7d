import CCurl
import Glibc
import Model

/// Holds the connections of one request after the other to what their profile may reach.
struct ReachGuard {
  /// Of the addresses that the request tried, the kind of the last one that it may not reach; nil once there was
  /// one that it may, for then the failure is another.
  private(set) var refused: AddressKind?

  private let reach: Reach
  private var hasAdmitted = false

  init(_ reach: Reach) { self.reach = reach }

  /// Whether the request with this URL may connect to an address; never to one that cannot be read (nil).
  mutating func admits(_ address: IPAddress?, of url: String) -> Bool {
    guard let address else {
      refused = .reserved
      return false
    }
    if let kind = reach.refusal(of: address, host: Self.host(of: url)) {
      if !hasAdmitted { refused = kind }
      return false
    }
    hasAdmitted = true
    refused = nil
    return true
  }

  /// Before the next request.
  mutating func forget() { self = ReachGuard(reach) }

  /// The host that libcurl takes from a URL, internationalised names in their ASCII form. Asked of libcurl itself,
  /// with the options that it reads `CURLOPT_URL` with: another reading of `http://a\@b/` would be a way around.
  static func host(of url: String) -> String? {
    guard let handle = curl_url() else { return nil }
    defer { curl_url_cleanup(handle) }
    let reading = UInt32(CURLU_GUESS_SCHEME | CURLU_NON_SUPPORT_SCHEME | CURLU_PATH_AS_IS)
    guard curl_url_set(handle, CURLUPART_URL, url, reading) == CURLUE_OK else { return nil }
    var part: UnsafeMutablePointer<CChar>?
    guard curl_url_get(handle, CURLUPART_HOST, &part, UInt32(CURLU_PUNYCODE)) == CURLUE_OK, let part else {
      return nil
    }
    defer { curl_free(part) }
    return String(cString: part)
  }
}

extension IPAddress {
  /// What libcurl is about to connect to; nil where it is of neither family.
  init?(_ address: UnsafePointer<curl_sockaddr>) {
    guard let offset = MemoryLayout<curl_sockaddr>.offset(of: \.addr) else { return nil }
    let peer = UnsafeRawPointer(address) + offset
    switch address.pointee.family {
    case AF_INET: self.init(peer.loadUnaligned(as: sockaddr_in.self).sin_addr)
    case AF_INET6: self.init(peer.loadUnaligned(as: sockaddr_in6.self).sin6_addr)
    default: return nil
    }
  }
}
