import Foundation
import Model
import Synchronization
import TestSupport

/// A webhook receiver: records each request in the order they came, answers as a script says.
final class TestReceiver: Sendable {
  struct Delivery: Sendable {
    var request: LoopbackServer.Request
    var at: ContinuousClock.Instant
    /// What it was answered with; nil for anything but a plain answer.
    var status: Int?

    func header(_ name: String) -> String? { request.headers[name] }

    var body: [UInt8] { request.body }
    var json: JSON { JSON(body) }
    /// `webhook-id`.
    var id: String { header("webhook-id") ?? "" }
    var attempt: Int { header("taskhook-attempt").flatMap { Int($0) } ?? 0 }
    var isAccepted: Bool { status.map { (200..<300).contains($0) } ?? false }
    /// Of a body in the format `event`.
    var type: String { json["type"].text ?? "" }
    var task: String { json["data"]["id"].text ?? "" }
    var sequence: Int { json["data"]["sequence"].integer ?? 0 }
  }

  typealias Script = @Sendable (_ request: LoopbackServer.Request, _ number: Int) -> LoopbackServer.Answer

  private let log: Log
  private let server: LoopbackServer

  private final class Log: Sendable {
    let deliveries = Mutex<[Delivery]>([])
  }

  /// - Parameters:
  ///   - port: 0 for any free one.
  ///   - script: asked for each request, which are numbered from 1; where it is left out all are answered 200.
  init(port: Int = 0, _ script: @escaping Script = { _, _ in .respond(200, body: "ok") }) throws {
    let log = Log()
    self.log = log
    let count = Mutex(0)
    server = try LoopbackServer(port: port) { request in
      let at = ContinuousClock.now
      let number = count.withLock { count in
        count += 1
        return count
      }
      let answer = script(request, number)
      let status: Int? =
        switch answer {
        case .respond(let status, _, _), .bytes(let status, _, _): status
        case .script: nil
        }
      log.deliveries.withLock { $0.append(Delivery(request: request, at: at, status: status)) }
      return answer
    }
  }

  var port: Int { server.port }

  func url(_ path: String = "/hook") -> String { server.url(path) }

  /// All that came, in the order in which they were answered.
  var deliveries: [Delivery] { log.deliveries.withLock { $0 } }
  /// Those answered with success.
  var accepted: [Delivery] { deliveries.filter(\.isAccepted) }

  /// The accepted ones of a task, as `TYPE` in the order of their arrival.
  func types(of task: String) -> [String] { accepted.filter { $0.task == task }.map(\.type) }

  var openConnections: Int { server.openConnections }

  func stop() { server.stop() }
}
