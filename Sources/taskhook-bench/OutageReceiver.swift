import Foundation
import Synchronization

/// A receiver that can be down, and writes down what came in the order in which it came.
final class OutageReceiver: Sendable {
  struct Arrival: Sendable {
    /// `webhook-id`
    var id: String
    var task: String
    var sequence: Int
    var status: String
    /// Whether it was answered with 200.
    var isAccepted: Bool
  }

  private struct State {
    var arrivals: [Arrival] = []
    var accepted: Set<String> = []
    var isFailing = false
    var server: Server?
  }

  let port: Int
  /// How long it thinks about each request, as receivers do that write to a database.
  private let pause: Duration
  private let state = Mutex(State())

  init(pause: Duration) throws {
    self.pause = pause
    // Below the ports that the system gives to clients, so that none takes it while it is closed.
    port = Int.random(in: 20_000...29_999)
    try open()
  }

  // MARK: Up and down

  /// Listens, and answers 200.
  func open() throws {
    let isOpen = state.withLock { state in
      state.isFailing = false
      return state.server != nil
    }
    if isOpen { return }
    let server = try Server(port: port) { [self] in take($0) }
    state.withLock { $0.server = server }
  }

  /// Listens, and answers 500.
  func fail() throws {
    try open()
    state.withLock { $0.isFailing = true }
  }

  /// Connections are refused from now on.
  func close() {
    let server = state.withLock { state in
      defer { state.server = nil }
      return state.server
    }
    server?.stop()
  }

  // MARK: What came

  var arrivals: [Arrival] { state.withLock { $0.arrivals } }
  /// The ids that were accepted at least once.
  var accepted: Set<String> { state.withLock { $0.accepted } }
  var connections: Int { state.withLock { $0.server }?.connections ?? 0 }

  private func take(_ request: Server.Request) -> Server.Answer {
    let json = try? JSONSerialization.jsonObject(with: Data(request.body)) as? [String: Any]
    let data = json?["data"] as? [String: Any] ?? [:]
    let isAccepted = state.withLock { state in
      let id = request.headers["webhook-id"] ?? ""
      state.arrivals.append(
        Arrival(
          id: id, task: data["id"] as? String ?? "", sequence: data["sequence"] as? Int ?? 0,
          status: data["status"] as? String ?? "", isAccepted: !state.isFailing))
      if !state.isFailing { state.accepted.insert(id) }
      return !state.isFailing
    }
    Thread.sleep(forTimeInterval: pause / .seconds(1))
    return Server.Answer(status: isAccepted ? 200 : 500)
  }
}
