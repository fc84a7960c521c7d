import CCurl
import Glibc

/// A request's URL as libcurl has parsed it, kept from one request to the next.
///
/// Given as text, libcurl would parse each URL and then write it out again, which is a tenth of all that a request
/// costs. Where only path and query differ from the last one, these alone are replaced.
struct RequestURL {
  let handle: OpaquePointer
  /// `https://host:port`; empty before there is one.
  private var origin: [UInt8] = []

  /// Nil where there is no memory.
  init?() {
    guard let handle = curl_url() else { return nil }
    self.handle = handle
  }

  func free() { curl_url_cleanup(handle) }

  /// Returns whether libcurl takes it. `url` has passed `RequestRules.read`.
  mutating func set(_ url: String) -> Bool {
    var url = url
    if url.withUTF8(differsInPathAlone) { return url.withCString { replacePath($0 + origin.count) } }
    origin = []
    guard url.withCString({ curl_url_set(handle, CURLUPART_URL, $0, UInt32(CURLU_PATH_AS_IS)) }) == CURLUE_OK
    else { return false }
    origin = url.withUTF8 { Array(Self.origin(of: $0)) }
    return true
  }

  private func differsInPathAlone(_ url: UnsafeBufferPointer<UInt8>) -> Bool {
    guard !origin.isEmpty, url.count > origin.count, let start = url.baseAddress,
      memcmp(start, origin, origin.count) == 0
    else { return false }
    return Self.isPlain(url[origin.count...])
  }

  /// What can be set by itself as it would be parsed: libcurl 7.88 writes the digits of percent-encodings set so in
  /// small letters, and `#` ends a path.
  private static func isPlain(_ rest: Slice<UnsafeBufferPointer<UInt8>>) -> Bool {
    guard rest.first == UInt8(ascii: "/") else { return false }
    for byte in rest where byte == UInt8(ascii: "%") || byte == UInt8(ascii: "#") || byte == UInt8(ascii: "?")
    {
      return false
    }
    return true
  }

  private func replacePath(_ path: UnsafePointer<CChar>) -> Bool {
    curl_url_set(handle, CURLUPART_PATH, path, 0) == CURLUE_OK
  }

  /// The part before the path; empty where a path does not follow at once, or there is more to the URL than a path.
  private static func origin(of url: UnsafeBufferPointer<UInt8>) -> Slice<UnsafeBufferPointer<UInt8>> {
    guard let colon = url.firstIndex(of: UInt8(ascii: ":")) else { return url[..<0] }
    let authority = colon + 3
    guard authority < url.count,
      let end = url[authority...].firstIndex(where: { $0 == UInt8(ascii: "/") || $0 == UInt8(ascii: "\\") }),
      isPlain(url[end...])
    else { return url[..<0] }
    return url[..<end]
  }
}
