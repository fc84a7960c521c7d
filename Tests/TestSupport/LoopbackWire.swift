import Foundation
import Model

/// Bytes and sockets for `LoopbackServer`.
enum LoopbackWire {
  /// A socket that listens on loopback, and one that keeps its port in the other family: `localhost` is both, and
  /// another test's server there would be reached in place of this one. A given port is not kept where somebody
  /// has it, and none is on a machine of one family.
  static func listen(ipv6: Bool, port: Int) throws -> (listener: Int32, kept: Int32?) {
    var others = 8
    while true {
      let listener = try bound(ipv6: ipv6, port: port, reusing: true)
      let kept = try? bound(ipv6: !ipv6, port: self.port(of: listener), reusing: false)
      if kept == nil, port == 0, others > 0 {
        others -= 1
        close(listener)
        continue
      }
      guard Glibc.listen(listener, 1024) == 0 else {
        let cause = String(cString: strerror(errno))
        close(listener)
        if let kept { close(kept) }
        throw LoopbackError("cannot listen on loopback port \(port): \(cause)")
      }
      return (listener, kept)
    }
  }

  private static func bound(ipv6: Bool, port: Int, reusing: Bool) throws -> Int32 {
    let socket = Glibc.socket(
      ipv6 ? AF_INET6 : AF_INET, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
    guard socket >= 0 else { throw LoopbackError("socket: \(String(cString: strerror(errno)))") }
    var reuse: Int32 = reusing ? 1 : 0
    setsockopt(socket, SOL_SOCKET, SO_REUSEADDR, &reuse, 4)
    let bound: Int32
    if ipv6 {
      var only: Int32 = 1
      setsockopt(socket, Int32(IPPROTO_IPV6), IPV6_V6ONLY, &only, 4)
      var address = sockaddr_in6()
      address.sin6_family = sa_family_t(AF_INET6)
      address.sin6_port = in_port_t(port).bigEndian
      address.sin6_addr = in6addr_loopback
      bound = bind(socket, &address)
    } else {
      var address = sockaddr_in()
      address.sin_family = sa_family_t(AF_INET)
      address.sin_port = in_port_t(port).bigEndian
      address.sin_addr.s_addr = in_addr_t(0x7F00_0001).bigEndian
      bound = bind(socket, &address)
    }
    guard bound == 0 else {
      let cause = String(cString: strerror(errno))
      close(socket)
      throw LoopbackError("cannot bind loopback port \(port): \(cause)")
    }
    return socket
  }

  private static func bind<Address>(_ socket: Int32, _ address: inout Address) -> Int32 {
    withUnsafeBytes(of: &address) { bytes in
      bytes.withMemoryRebound(to: sockaddr.self) {
        Glibc.bind(socket, $0.baseAddress, socklen_t(MemoryLayout<Address>.size))
      }
    }
  }

  /// The port a socket is bound to. It stands at the same place in both families' addresses.
  static func port(of socket: Int32) -> Int {
    var address = sockaddr_in6()
    var length = socklen_t(MemoryLayout<sockaddr_in6>.size)
    withUnsafeMutableBytes(of: &address) { bytes in
      _ = bytes.withMemoryRebound(to: sockaddr.self) { getsockname(socket, $0.baseAddress, &length) }
    }
    return Int(in_port_t(bigEndian: address.sin6_port))
  }

  static func configure(_ socket: Int32) {
    var one: Int32 = 1
    setsockopt(socket, Int32(IPPROTO_TCP), TCP_NODELAY, &one, 4)
    _ = fcntl(socket, F_SETFD, FD_CLOEXEC)
  }

  /// The next close sends a reset.
  static func armReset(_ socket: Int32) {
    var option = linger(l_onoff: 1, l_linger: 0)
    setsockopt(socket, SOL_SOCKET, SO_LINGER, &option, socklen_t(MemoryLayout<linger>.size))
  }

  /// False where the peer has left.
  static func send(_ socket: Int32, _ bytes: [UInt8]) -> Bool {
    var sent = 0
    while sent < bytes.count {
      let count = bytes.withUnsafeBytes {
        Glibc.send(socket, $0.baseAddress?.advanced(by: sent), bytes.count - sent, Int32(MSG_NOSIGNAL))
      }
      if count < 0, errno == EINTR { continue }
      if count <= 0 { return false }
      sent += count
    }
    return true
  }

  /// POLLRDHUP, which Glibc shows to GNU sources alone.
  private static let peerLeft: Int16 = 0x2000

  /// Waits until the peer closes or the time is over; true where it closed.
  static func waitForLeaving(_ socket: Int32, milliseconds: Int32) -> Bool {
    let end = ContinuousClock.now + .milliseconds(Int(milliseconds))
    while true {
      let left = milliseconds < 0 ? -1 : Int32(clamping: max((end - .now).milliseconds, 0))
      var wanted = pollfd(fd: socket, events: peerLeft, revents: 0)
      let ready = poll(&wanted, 1, left)
      if ready > 0 { return true }
      if ready == 0 { return false }
    }
  }

  /// A whole answer. HEAD, 204 and 304 have no body.
  static func answer(to method: String, _ status: Int, _ headers: [HTTPHeader], _ body: [UInt8]) -> [UInt8] {
    var head = "HTTP/1.1 \(status) Scripted\r\n"
    for header in headers { head += "\(header.name): \(header.value)\r\n" }
    if status != 204, status != 304 { head += "Content-Length: \(body.count)\r\n" }
    let bare = method == "HEAD" || status == 204 || status == 304
    return Array("\(head)\r\n".utf8) + (bare ? [] : body)
  }
}

/// Cuts requests out of a connection's bytes.
struct LoopbackReader {
  struct Head {
    var method: String
    var target: String
    var headers: HTTPHeaders
  }

  let socket: Int32
  private var buffer: [UInt8] = []

  init(socket: Int32) { self.socket = socket }

  /// The next whole request; nil where the peer has left or does not speak HTTP.
  mutating func next() -> (Head, [UInt8])? {
    var end: Int?
    while true {
      end = Self.endOfHead(buffer)
      if end != nil { break }
      if !fill() { return nil }
      // Whoever speaks TLS to it would wait for an answer for ever.
      if buffer.first == 0x16 { return nil }
    }
    guard let end, let head = Self.head(buffer[..<end]) else { return nil }
    if head.headers["transfer-encoding"] == "chunked" {
      buffer.removeFirst(end)
      return chunkedBody().map { (head, $0) }
    }
    let length = head.headers["content-length"].flatMap { Int($0) } ?? 0
    while buffer.count < end + length { if !fill() { return nil } }
    let body = Array(buffer[end..<(end + length)])
    buffer.removeFirst(end + length)
    return (head, body)
  }

  /// A body in chunks (RFC 9112 section 7.1), without its trailers.
  private mutating func chunkedBody() -> [UInt8]? {
    var body: [UInt8] = []
    while let line = line() {
      guard let count = Int(line.prefix { $0 != ";" }, radix: 16) else { return nil }
      if count == 0 {
        while let trailer = self.line() { if trailer.isEmpty { return body } }
        return nil
      }
      while buffer.count < count + 2 { if !fill() { return nil } }
      body += buffer[..<count]
      buffer.removeFirst(count + 2)
    }
    return nil
  }

  private mutating func line() -> String? {
    while true {
      if let end = buffer.firstIndex(of: 10) {
        let line = buffer[..<end].filter { $0 != 13 }
        buffer.removeFirst(end + 1)
        return String(decoding: line, as: UTF8.self)
      }
      if !fill() { return nil }
    }
  }

  private mutating func fill() -> Bool {
    var chunk = [UInt8](repeating: 0, count: 65536)
    var count = 0
    repeat { count = recv(socket, &chunk, chunk.count, 0) } while count < 0 && errno == EINTR
    guard count > 0 else { return false }
    buffer.append(contentsOf: chunk[..<count])
    return true
  }

  private static func endOfHead(_ bytes: [UInt8]) -> Int? {
    guard bytes.count >= 4 else { return nil }
    for index in 3..<bytes.count where bytes[index] == 10 && bytes[index - 1] == 13 {
      if bytes[index - 2] == 10, bytes[index - 3] == 13 { return index + 1 }
    }
    return nil
  }

  private static func head(_ bytes: ArraySlice<UInt8>) -> Head? {
    guard let line = bytes.firstIndex(of: 10) else { return nil }
    let words = String(decoding: bytes[..<line], as: UTF8.self).split { $0 == " " || $0.isNewline }
    guard words.count == 3, words[2].hasPrefix("HTTP/1.") else { return nil }
    return Head(
      method: String(words[0]), target: String(words[1]),
      headers: HTTPHeaders(raw: Array(bytes[(line + 1)...].dropLast(2))))
  }
}
