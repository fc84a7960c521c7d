import Foundation
import Model

/// An HTTP/1.1 server on loopback whose answers, and misbehaviour, are scripted by the test.
///
/// Each connection has a thread of its own; the handler is called there, for one request at a time. It serves
/// as a stand-in for a task API and as a receiver of webhooks alike. It ends with `stop` or its last reference.
package final class LoopbackServer: Sendable {
  /// A request as it came.
  package struct Request: Sendable {
    package var method: String
    /// Path and query, byte for byte.
    package var target: String
    package var headers: HTTPHeaders
    package var body: [UInt8]
    /// Which connection it came on, counted from 1.
    package var connection: Int
    /// Which request of its connection it is, counted from 1.
    package var ordinal: Int

    /// The body as text.
    package var text: String { String(decoding: body, as: UTF8.self) }
  }

  /// What is answered.
  package enum Answer: Sendable {
    /// A plain answer with its Content-Length; the connection is kept.
    case respond(_ status: Int, headers: [HTTPHeader] = [], body: String = "")
    /// As `respond`, with bytes.
    case bytes(_ status: Int, headers: [HTTPHeader] = [], body: [UInt8])
    /// Step by step; the connection is kept where no step ends it.
    case script([Step])
  }

  /// One step of a script.
  package enum Step: Sendable {
    case send(String)
    case sendBytes([UInt8])
    /// Sends the chunk again and again until `total` bytes are gone or the peer has left.
    case flood(_ chunk: [UInt8], total: Int)
    /// Waits; ends early where the peer leaves or the server is stopped.
    case pause(Duration)
    /// Neither answers nor closes until the peer leaves or the server is stopped.
    case hang
    /// Closes in good order.
    case close
    /// Closes with a TCP reset.
    case reset
  }

  package typealias Handler = @Sendable (Request) -> Answer

  package let port: Int
  private let host: String
  private let core: LoopbackCore

  /// Listens on a port of 127.0.0.1, or of ::1; on a free one where none is given. Throws where it cannot.
  package init(ipv6: Bool = false, port: Int = 0, _ handler: @escaping Handler) throws {
    host = ipv6 ? "[::1]" : "127.0.0.1"
    let (listener, kept) = try LoopbackWire.listen(ipv6: ipv6, port: port)
    self.port = LoopbackWire.port(of: listener)
    core = LoopbackCore(listener: listener, kept: kept, handler: handler)
    core.begin()
  }

  deinit { core.stop() }

  /// `http://HOST:PORT` and the path.
  package func url(_ path: String = "/") -> String { "http://\(host):\(port)\(path)" }

  /// All requests so far, in the order in which they had come whole.
  package var requests: [Request] { core.requests }

  /// How many connections have been accepted so far.
  package var connections: Int { core.connections }

  /// How many connections are open.
  package var openConnections: Int { core.open }

  /// Waits until at least `count` requests have come, and returns all; throws after `limit`.
  package func requests(_ count: Int, within limit: Duration = .seconds(120)) async throws -> [Request] {
    let end = ContinuousClock.now + limit
    while true {
      let all = requests
      if all.count >= count { return all }
      guard ContinuousClock.now < end else { throw LoopbackError("\(all.count) of \(count) requests came") }
      try await Task.sleep(for: .milliseconds(5))
    }
  }

  /// Closes the connections without a word, as servers do with those that rest.
  package func closeConnections() { core.closeConnections() }

  /// Closes the port and all connections, and waits until the handler runs no more. May be called again.
  package func stop() { core.stop() }
}

/// Why a loopback server failed its test.
package struct LoopbackError: Error, CustomStringConvertible {
  package let description: String

  package init(_ description: String) { self.description = description }
}
