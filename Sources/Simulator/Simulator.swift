import Model

/// A stand-in for the task API on this machine: CometAPI's Runway routes, with seeded random lifecycles and,
/// where asked for, troubles. Many may run in one process.
package final class Simulator: Sendable {
  private let api: SimulatedAPI
  private let listener: Listener

  /// Largest request body taken: creations carry images as data URIs of a few megabytes.
  private static let bodyLimit = 32 << 20

  package init(_ options: SimulatorOptions, time: any TimeSource) {
    let api = SimulatedAPI(options, time: time)
    self.api = api
    listener = Listener(
      host: options.host, port: options.port, bodyLimit: Self.bodyLimit,
      pause: { try await time.sleep(until: time.now + $0) },
      answer: { call in
        var reply = api.answer(call)
        reply.headers.append(HTTPHeader("date", HTTPDate.text(time.wall)))
        return reply
      })
  }

  /// Listens; answers the base address, `http://HOST:PORT`. After `stop` it listens on the same address
  /// again, with the tasks it had.
  @discardableResult
  package func start() async throws(SimulatorError) -> String {
    if let refusal = api.options.refusal { throw SimulatorError("cannot simulate: \(refusal)") }
    return try await listener.start()
  }

  /// Returns when it was stopped, or the caller cancelled; then it no longer listens.
  package func run() async {
    await listener.wait()
    await listener.stop()
  }

  /// Closes the address and all connections; requests that wait for an answer get none.
  package func stop() async { await listener.stop() }

  /// Creates a task as `POST …/image_to_video` would; answers its id.
  package func create() -> String { api.create(.video) }

  package var stats: SimulatorStats { api.stats }
}
