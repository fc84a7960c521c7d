import Foundation
import Synchronization

/// A server for one upload: counts the bytes of a body and keeps none, then answers with 200.
package final class DrainingServer: Sendable {
  /// Without a path after the slash.
  package let url: String
  private let listener: Int32
  private let count = Count()
  private let gate = DispatchSemaphore(value: 0)
  private let thread = DispatchGroup()

  /// - Parameters:
  ///   - pausingAfter: bytes after which it reads no more until `goOn`.
  ///   - answeringEarly: a status that it answers with before that pause.
  package init(pausingAfter: Int? = nil, answeringEarly early: String? = nil) throws {
    // A port that is free: the server that found it makes room.
    let finder = try LoopbackServer { _ in .respond(200) }
    finder.stop()
    url = "http://127.0.0.1:\(finder.port)/"
    listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
    var one: Int32 = 1
    setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &one, 4)
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_port = in_port_t(finder.port).bigEndian
    address.sin_addr.s_addr = in_addr_t(0x7F00_0001).bigEndian
    let bound = withUnsafeBytes(of: &address) {
      $0.withMemoryRebound(to: sockaddr.self) {
        bind(listener, $0.baseAddress, socklen_t(MemoryLayout<sockaddr_in>.size))
      }
    }
    guard bound == 0, listen(listener, 8) == 0 else {
      close(listener)
      throw LoopbackError("cannot listen")
    }
    thread.enter()
    Thread.detachNewThread { [listener, count, gate, thread] in
      let connection = accept(listener, nil, nil)
      if connection >= 0 {
        Self.drain(connection, pausingAfter, early, gate) { count.value.add($0, ordering: .relaxed) }
        close(connection)
      }
      thread.leave()
    }
  }

  deinit {
    gate.signal()
    shutdown(listener, Int32(SHUT_RDWR))
    thread.wait()
    close(listener)
  }

  private final class Count: Sendable {
    let value = Atomic(0)
  }

  /// Bytes of the body so far.
  package var received: Int { count.value.load(ordering: .relaxed) }

  package func goOn() { gate.signal() }

  private static func drain(
    _ connection: Int32, _ pause: Int?, _ early: String?, _ gate: DispatchSemaphore, _ count: (Int) -> Void
  ) {
    var buffer = [UInt8](repeating: 0, count: 64 * 1024)
    var head: [UInt8] = []
    var end: Range<Int>?
    while end == nil {
      let read = recv(connection, &buffer, buffer.count, 0)
      guard read > 0 else { return }
      head += buffer[..<read]
      end = head.firstRange(of: Array("\r\n\r\n".utf8))
    }
    let lines = String(decoding: head[..<(end?.lowerBound ?? 0)], as: UTF8.self).lowercased()
    let length = lines.firstMatch(of: /content-length: (\d+)/).flatMap { Int($0.1) } ?? 0
    var received = head.count - (end?.upperBound ?? 0)
    count(received)
    var pause = pause
    while received < length {
      if let limit = pause, received >= limit {
        if let early { answer(connection, early) }
        gate.wait()
        pause = nil
      }
      let read = recv(connection, &buffer, buffer.count, 0)
      guard read > 0 else { return }
      received += read
      count(read)
    }
    answer(connection, "200 OK")
  }

  private static func answer(_ connection: Int32, _ status: String) {
    let bytes = Array("HTTP/1.1 \(status)\r\nContent-Length: 0\r\n\r\n".utf8)
    _ = send(connection, bytes, bytes.count, Int32(MSG_NOSIGNAL))
  }
}
