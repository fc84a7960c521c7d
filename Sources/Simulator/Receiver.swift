import Model
import Synchronization

/// A webhook receiver on this machine: takes POST on any path, hands each request on, answers 200. Made to
/// fail, it shows how retries go.
package final class Receiver: Sendable {
  private let listener: Listener

  /// Largest body taken, in bytes: above what a delivery can carry.
  private static let bodyLimit = 16 << 20

  /// - Parameters:
  ///   - port: 0 for any free one.
  ///   - flaky: the share of deliveries, from 0 to 1, whose first attempt is answered with 503. They are
  ///     told apart by `webhook-id`; a request without one never fails.
  ///   - seed: which deliveries these are.
  ///   - received: called with each request before it is answered, many at once.
  package init(
    host: String = "127.0.0.1", port: Int = 0, flaky: Double = 0, seed: UInt64 = 1,
    received: @escaping @Sendable (ReceivedWebhook) async -> Void
  ) {
    let seen = Seen()
    // It never delays an answer.
    listener = Listener(host: host, port: port, bodyLimit: Self.bodyLimit, pause: { _ in }) { call in
      guard call.method == "POST" else {
        return Reply(
          405, "text/plain", Array("only POST\n".utf8), headers: [HTTPHeader("allow", "POST")])
      }
      guard let body = call.body else { return Reply(413) }
      var status = 200
      if flaky > 0, let id = call.header("webhook-id"), seen.isFirst(id) {
        var dice = Dice(seed: seed, "receiver", id)
        if dice.chance(flaky) { status = 503 }
      }
      await received(
        ReceivedWebhook(path: call.path, headers: call.headers, body: body, status: status))
      return Reply(status, "text/plain", Array((status == 200 ? "ok\n" : "try again\n").utf8))
    }
  }

  /// Listens; answers its base address, `http://HOST:PORT`.
  @discardableResult
  package func start() async throws(SimulatorError) -> String { try await listener.start() }

  /// Closes the address and all connections.
  package func stop() async { await listener.stop() }
}

/// A request as the receiver got it.
package struct ReceivedWebhook: Sendable {
  /// Percent-encoded, without the query.
  package var path: String
  package var headers: [HTTPHeader]
  package var body: [UInt8]
  /// What it is answered with: 200, or 503 where it is made to fail.
  package var status: Int

  /// The first value of a header, its name in any case.
  package func header(_ name: String) -> String? { headers.first(name) }
}

/// The deliveries that have come at least once.
private final class Seen: Sendable {
  private let ids = Mutex<Set<String>>([])

  func isFirst(_ id: String) -> Bool { ids.withLock { $0.insert(id).inserted } }
}
