import Model
import Synchronization
import Testing

/// Gives the answers it was given, in order, and notes what it was asked.
final class ScriptedTransport: HTTPTransport {
  typealias Answer = Result<HTTPResponse, HTTPError>

  private let state: Mutex<(answers: [Answer], requests: [HTTPRequest])>

  init(_ answers: Answer...) { state = Mutex((answers, [])) }

  var requests: [HTTPRequest] { state.withLock { $0.requests } }

  func send(_ request: HTTPRequest) async throws(HTTPError) -> HTTPResponse {
    let answer: Answer? = state.withLock { state in
      state.requests.append(request)
      return state.answers.isEmpty ? nil : state.answers.removeFirst()
    }
    guard let answer else {
      Issue.record("a request that no answer was scripted for")
      throw HTTPError(.other, "unscripted")
    }
    return try answer.get()
  }
}

/// Answers nothing until the caller is cancelled.
struct HangingTransport: HTTPTransport {
  func send(_ request: HTTPRequest) async throws(HTTPError) -> HTTPResponse {
    let never = AsyncStream<Void> { _ in }
    for await _ in never {}
    throw HTTPError(.cancelled, "the request was cancelled")
  }
}
