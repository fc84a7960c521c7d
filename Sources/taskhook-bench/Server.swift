import Foundation
import Synchronization

/// As much of an HTTP/1.1 server on loopback as taskhook needs at its other end: a thread for each connection,
/// bodies with a length, answers from a closure.
final class Server: Sendable {
  struct Request: Sendable {
    var path: String
    /// Names in small letters.
    var headers: [String: String]
    var body: [UInt8]
  }

  struct Answer: Sendable {
    var status: Int
    var body = ""
  }

  let port: Int
  private let listener: Int32
  private let handler: @Sendable (Request) -> Answer
  private let threads = DispatchGroup()
  private let open = Mutex<(sockets: Set<Int32>, isStopped: Bool)>(([], false))

  /// Listens on a port, on any free one where it is 0.
  init(port: Int = 0, _ handler: @escaping @Sendable (Request) -> Answer) throws {
    listener = try Self.listen(port: port)
    self.port = Self.port(of: listener)
    self.handler = handler
    run { self.acceptAll() }
  }

  /// How many connections are open.
  var connections: Int { open.withLock { $0.sockets.count } }

  /// Closes the port, lets requests that have come be answered, and closes all connections: whoever was answered
  /// knows it.
  func stop() {
    open.withLock { open in
      open.isStopped = true
      for socket in open.sockets { shutdown(socket, Int32(SHUT_RD)) }
    }
    shutdown(listener, Int32(SHUT_RDWR))
    threads.wait()
    close(listener)
  }

  // MARK: Sockets

  /// A listening socket that nobody accepts from is a peer that takes requests and never answers.
  static func listen(port: Int = 0) throws -> Int32 {
    let socket = Glibc.socket(AF_INET, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
    guard socket >= 0 else { throw BenchError("socket: \(String(cString: strerror(errno)))") }
    var one: Int32 = 1
    setsockopt(socket, SOL_SOCKET, SO_REUSEADDR, &one, 4)
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_port = in_port_t(port).bigEndian
    address.sin_addr.s_addr = in_addr_t(0x7F00_0001).bigEndian
    let bound = withUnsafeBytes(of: &address) { bytes in
      bytes.withMemoryRebound(to: sockaddr.self) {
        bind(socket, $0.baseAddress, socklen_t(MemoryLayout<sockaddr_in>.size))
      }
    }
    guard bound == 0, Glibc.listen(socket, 4096) == 0 else {
      let cause = String(cString: strerror(errno))
      close(socket)
      throw BenchError("cannot listen on port \(port): \(cause)")
    }
    return socket
  }

  static func port(of socket: Int32) -> Int {
    var address = sockaddr_in()
    var length = socklen_t(MemoryLayout<sockaddr_in>.size)
    withUnsafeMutableBytes(of: &address) { bytes in
      _ = bytes.withMemoryRebound(to: sockaddr.self) { getsockname(socket, $0.baseAddress, &length) }
    }
    return Int(in_port_t(bigEndian: address.sin_port))
  }

  private func run(_ work: @escaping @Sendable () -> Void) {
    threads.enter()
    Thread.detachNewThread { [threads] in
      work()
      threads.leave()
    }
  }

  private func acceptAll() {
    while true {
      let socket = accept(listener, nil, nil)
      let isStopped = open.withLock { open in
        if socket >= 0, !open.isStopped { open.sockets.insert(socket) }
        return open.isStopped
      }
      if isStopped {
        if socket >= 0 { close(socket) }
        return
      }
      if socket < 0 { usleep(1000) } else { run { self.serve(socket) } }
    }
  }

  private func serve(_ socket: Int32) {
    var one: Int32 = 1
    setsockopt(socket, Int32(IPPROTO_TCP), TCP_NODELAY, &one, 4)
    var buffer: [UInt8] = []
    while let request = Self.next(socket, &buffer) {
      let answer = handler(request)
      let text = "HTTP/1.1 \(answer.status) Answer\r\nContent-Length: \(answer.body.utf8.count)\r\n\r\n"
      let bytes = Array((text + answer.body).utf8)
      if send(socket, bytes, bytes.count, Int32(MSG_NOSIGNAL)) != bytes.count { break }
    }
    open.withLock { open in
      open.sockets.remove(socket)
      close(socket)
    }
  }

  // MARK: Requests

  /// The next whole request; nil where the peer has left.
  private static func next(_ socket: Int32, _ buffer: inout [UInt8]) -> Request? {
    let mark: [UInt8] = [13, 10, 13, 10]
    while true {
      if let end = buffer.firstRange(of: mark) {
        let lines = String(decoding: buffer[..<end.lowerBound], as: UTF8.self).split(separator: "\r\n")
        var headers: [String: String] = [:]
        for line in lines.dropFirst() {
          guard let colon = line.firstIndex(of: ":") else { continue }
          let value = line[line.index(after: colon)...].trimmingCharacters(in: .whitespaces)
          headers[line[..<colon].lowercased()] = value
        }
        let length = headers["content-length"].flatMap { Int($0) } ?? 0
        if buffer.count >= end.upperBound + length {
          let body = Array(buffer[end.upperBound..<(end.upperBound + length)])
          buffer.removeFirst(end.upperBound + length)
          let words = lines.first?.split(separator: " ") ?? []
          return Request(path: words.count > 1 ? String(words[1]) : "", headers: headers, body: body)
        }
      }
      var chunk = [UInt8](repeating: 0, count: 65536)
      let count = recv(socket, &chunk, chunk.count, 0)
      if count < 0, errno == EINTR { continue }
      guard count > 0 else { return nil }
      buffer.append(contentsOf: chunk[..<count])
    }
  }
}
