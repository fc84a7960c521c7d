import Foundation
import Model

@testable import Simulator

/// A client on a plain socket: one request a connection, the answer as it came. Blocking, on threads of its
/// own so that it never holds one of the concurrency pool.
enum Loopback {
  struct Answer: Sendable {
    /// 0 where nothing came.
    var status = 0
    var headers: [HTTPHeader] = []
    var body: [UInt8] = []
    /// Whether as much came as `content-length` says.
    var complete = false

    func header(_ name: String) -> String? { headers.first(name) }
  }

  static func get(_ url: String, headers: [HTTPHeader] = []) async throws -> Answer {
    try await send("GET", url, headers: headers)
  }

  static func post(_ url: String, headers: [HTTPHeader] = [], _ body: String) async throws -> Answer {
    try await send("POST", url, headers: headers, body: Array(body.utf8))
  }

  static func send(
    _ method: String, _ url: String, headers: [HTTPHeader] = [], body: [UInt8]? = nil
  ) async throws -> Answer {
    let rest = url.dropFirst("http://".count)
    let path = rest.firstIndex(of: "/") ?? rest.endIndex
    let authority = String(rest[..<path])
    var text = "\(method) \(path == rest.endIndex ? "/" : rest[path...]) HTTP/1.1\r\nHost: \(authority)\r\n"
    for header in headers { text += "\(header.name): \(header.value)\r\n" }
    if let body { text += "Content-Length: \(body.count)\r\n" }
    let bytes = Array((text + "Connection: close\r\n\r\n").utf8) + (body ?? [])
    return try await blocking {
      let socket = try connect(authority)
      defer { close(socket) }
      write(bytes, to: socket)
      return parse(readAll(from: socket), bodyless: method == "HEAD")
    }
  }

  static func blocking<T: Sendable>(_ work: @escaping @Sendable () throws -> T) async throws -> T {
    try await withCheckedThrowingContinuation { continuation in
      Thread { continuation.resume(with: Result { try work() }) }.start()
    }
  }

  static func connect(_ authority: String) throws -> Int32 {
    let port = UInt16(authority.split(separator: ":").last ?? "") ?? 80
    let socket = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_port = port.bigEndian
    address.sin_addr.s_addr = inet_addr("127.0.0.1")
    var limit = timeval(tv_sec: 30, tv_usec: 0)
    setsockopt(socket, SOL_SOCKET, SO_RCVTIMEO, &limit, socklen_t(MemoryLayout<timeval>.size))
    let failed = withUnsafePointer(to: &address) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        Glibc.connect(socket, $0, socklen_t(MemoryLayout<sockaddr_in>.size)) != 0
      }
    }
    if failed {
      close(socket)
      throw SimulatorError("cannot connect to \(authority)")
    }
    return socket
  }

  static func write(_ bytes: [UInt8], to socket: Int32) {
    var sent = 0
    while sent < bytes.count {
      let count = bytes[sent...].withUnsafeBytes {
        Glibc.send(socket, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
      }
      if count <= 0 { return }
      sent += count
    }
  }

  /// Reads to the end; false where the connection is still open after the socket's time limit.
  static func isClosed(_ socket: Int32) -> Bool {
    var byte: UInt8 = 0
    while true {
      let count = recv(socket, &byte, 1, 0)
      if count <= 0 { return count == 0 || errno != EAGAIN }
    }
  }

  static func readAll(from socket: Int32) -> [UInt8] {
    var all: [UInt8] = []
    var part = [UInt8](repeating: 0, count: 65536)
    while true {
      let count = recv(socket, &part, part.count, 0)
      if count <= 0 { return all }
      all += part[..<count]
    }
  }

  static func parse(_ bytes: [UInt8], bodyless: Bool) -> Answer {
    var answer = Answer()
    guard let end = bytes.firstRange(of: Array("\r\n\r\n".utf8)) else { return answer }
    let lines = String(decoding: bytes[..<end.lowerBound], as: UTF8.self).components(separatedBy: "\r\n")
    answer.status = Int(lines[0].split(separator: " ")[1]) ?? 0
    answer.headers = lines.dropFirst().map { line in
      let parts = line.split(separator: ":", maxSplits: 1)
      return HTTPHeader(String(parts[0]), parts[1].trimmingCharacters(in: .whitespaces))
    }
    answer.body = Array(bytes[end.upperBound...])
    let length = answer.header("content-length").flatMap { Int($0) } ?? 0
    answer.complete = answer.body.count == (bodyless ? 0 : length)
    return answer
  }
}
