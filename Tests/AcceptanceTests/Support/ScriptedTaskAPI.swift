import Foundation
import Model
import Synchronization
import TestSupport

/// A task API that answers by script: for each id a list of answers, one a poll, of which the last repeats.
final class ScriptedTaskAPI: Sendable {
  typealias Answer = LoopbackServer.Answer

  struct Poll: Sendable {
    /// Percent-decoded.
    var id: String
    var request: LoopbackServer.Request
    var at: ContinuousClock.Instant
  }

  private struct State {
    var scripts: [String: [Answer]] = [:]
    var asked: [String: Int] = [:]
    var polls: [Poll] = []
    var unscripted: [String] = []
  }

  private final class Book: Sendable {
    let state = Mutex(State())
  }

  private let book: Book
  private let server: LoopbackServer

  /// - Parameter override: asked first, with the id and the number of its polls from 1; nil leaves the answer to
  ///   the scripts.
  init(override: @escaping @Sendable (_ id: String, _ number: Int) -> Answer? = { _, _ in nil }) throws {
    let book = Book()
    self.book = book
    server = try LoopbackServer { request in
      let at = ContinuousClock.now
      let prefix = "/runwayml/v1/tasks/"
      guard request.method == "GET", request.target.hasPrefix(prefix),
        let id = String(request.target.dropFirst(prefix.count)).removingPercentEncoding
      else {
        book.state.withLock { $0.unscripted.append("\(request.method) \(request.target)") }
        return .respond(404, body: "no such route")
      }
      let number = book.state.withLock { state in
        state.polls.append(Poll(id: id, request: request, at: at))
        state.asked[id, default: 0] += 1
        return state.asked[id]!
      }
      if let answer = override(id, number) { return answer }
      return book.state.withLock { state in
        guard let script = state.scripts[id], !script.isEmpty else {
          state.unscripted.append(id)
          return Self.notExist()
        }
        return script[min(number, script.count) - 1]
      }
    }
  }

  var url: String { server.url("") }

  /// Sets what polls of an id are answered from now on; its polls count anew.
  func script(_ id: String, _ answers: Answer...) { script(id, answers) }

  func script(_ id: String, _ answers: [Answer]) {
    book.state.withLock { state in
      state.scripts[id] = answers
      state.asked[id] = 0
    }
  }

  /// All polls so far, in order.
  var polls: [Poll] { book.state.withLock { $0.polls } }

  func polls(of id: String) -> [Poll] { polls.filter { $0.id == id } }

  /// What was asked for without a script.
  var unscripted: [String] { book.state.withLock { $0.unscripted } }

  func stop() { server.stop() }

  // MARK: Answers

  /// The task object, as the API answers it.
  static func body(_ id: String, _ status: String, _ rest: String = "") -> String {
    #"{"id":"\#(id)","status":"\#(status)"\#(rest.isEmpty ? "" : ",\(rest)")}"#
  }

  static func task(_ id: String, _ status: String, _ rest: String = "") -> Answer {
    json(200, body(id, status, rest))
  }

  static func json(_ status: Int, _ text: String, headers: [HTTPHeader] = []) -> Answer {
    .respond(status, headers: [HTTPHeader("content-type", "application/json")] + headers, body: text)
  }

  static func notExist(_ status: Int = 400) -> Answer {
    json(status, #"{"code":"task_not_exist","message":"task_not_exist","data":null}"#)
  }
}
