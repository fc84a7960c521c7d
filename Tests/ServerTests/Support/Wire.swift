import Foundation
import Model

/// A client on a plain socket, so that a test can say every byte. Its waits are on threads of their own and hold none
/// of the concurrency pool.
final class Wire: Sendable {
  struct Reply: Sendable {
    /// 0 where nothing came.
    var status = 0
    var headers: [HTTPHeader] = []
    var body: [UInt8] = []

    var text: String { String(decoding: body, as: UTF8.self) }

    func header(_ name: String) -> String? {
      headers.first { $0.name.lowercased() == name.lowercased() }?.value
    }
  }

  private let socket: Int32

  /// Connects to a port of loopback; what does not come within a minute fails the test.
  init(port: Int) throws {
    socket = Glibc.socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_port = in_port_t(port).bigEndian
    address.sin_addr.s_addr = inet_addr("127.0.0.1")
    var limit = timeval(tv_sec: 60, tv_usec: 0)
    setsockopt(socket, SOL_SOCKET, SO_RCVTIMEO, &limit, socklen_t(MemoryLayout<timeval>.size))
    let result = withUnsafePointer(to: &address) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        connect(socket, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
      }
    }
    if result != 0 { throw WireError(what: "cannot connect: \(String(cString: strerror(errno)))") }
  }

  deinit { close(socket) }

  func send(_ text: String) { send(Array(text.utf8)) }

  func send(_ bytes: [UInt8]) {
    var sent = 0
    while sent < bytes.count {
      let count = bytes[sent...].withUnsafeBytes {
        Glibc.send(socket, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
      }
      if count <= 0 { return }
      sent += count
    }
  }

  /// Whether bytes can be sent still: not once the server has closed the connection.
  func isTaken(_ text: String) -> Bool {
    let bytes = Array(text.utf8)
    return bytes.withUnsafeBytes { Glibc.send(socket, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL)) } > 0
  }

  /// What came until a text was in it.
  func read(until text: String) async throws -> String {
    try await blocking { [socket] in
      let wanted = Array(text.utf8)
      var all: [UInt8] = []
      var looked = 0
      while all[looked...].firstRange(of: wanted) == nil {
        looked = max(0, all.count - wanted.count)
        guard let part = Self.receive(socket) else {
          throw WireError(
            what: "\(text) did not come, but \(String(decoding: all.prefix(2000), as: UTF8.self))")
        }
        all += part
      }
      return String(decoding: all, as: UTF8.self)
    }
  }

  /// What came until the server closed; throws where it did not.
  func readToEnd() async throws -> [UInt8] {
    try await blocking { [socket] in
      var all: [UInt8] = []
      while let part = Self.receive(socket) { all += part }
      if errno == EAGAIN { throw WireError(what: "the connection stays open") }
      return all
    }
  }

  /// How many bytes came until the server closed.
  func drain() async throws -> Int {
    try await blocking { [socket] in
      var count = 0
      while let part = Self.receive(socket) { count += part.count }
      return count
    }
  }

  /// One answer with a length on a connection that stays open.
  func reply(bodyless: Bool = false) async throws -> Reply {
    try await blocking { [socket] in
      var all: [UInt8] = []
      while true {
        if let reply = Self.parse(all, bodyless: bodyless) { return reply }
        guard let part = Self.receive(socket) else { return Self.parse(all, bodyless: true) ?? Reply() }
        all += part
      }
    }
  }

  private static func receive(_ socket: Int32) -> [UInt8]? {
    var part = [UInt8](repeating: 0, count: 65536)
    errno = 0
    let count = recv(socket, &part, part.count, 0)
    return count > 0 ? Array(part[..<count]) : nil
  }

  private static func parse(_ bytes: [UInt8], bodyless: Bool) -> Reply? {
    guard let end = bytes.firstRange(of: Array("\r\n\r\n".utf8)) else { return nil }
    let lines = String(decoding: bytes[..<end.lowerBound], as: UTF8.self).components(separatedBy: "\r\n")
    var reply = Reply()
    reply.status = Int(lines[0].split(separator: " ")[1]) ?? 0
    if reply.status == 100 { return parse(Array(bytes[end.upperBound...]), bodyless: bodyless) }
    reply.headers = lines.dropFirst().map { line in
      let parts = line.split(separator: ":", maxSplits: 1)
      return HTTPHeader(String(parts[0]), parts[1].trimmingCharacters(in: .whitespaces))
    }
    reply.body = Array(bytes[end.upperBound...])
    let length = reply.header("content-length").flatMap { Int($0) } ?? 0
    return bodyless || reply.body.count >= length ? reply : nil
  }

  private func blocking<T: Sendable>(_ work: @escaping @Sendable () throws -> T) async throws -> T {
    try await withCheckedThrowingContinuation { continuation in
      Thread { continuation.resume(with: Result { try work() }) }.start()
    }
  }
}

struct WireError: Error { var what: String }
