import Model
import Synchronization

@testable import Hooks

/// A token server and a receiver in one transport: gives `tok-1`, `tok-2`…, and takes the tokens that it is told
/// to take.
final class TokenServer: HTTPTransport {
  struct State {
    var given = 0
    var held = false
    var gates: [CheckedContinuation<Void, Never>] = []
    var tokenRequests: [HTTPRequest] = []
    var requests: [HTTPRequest] = []
    /// What the token server answers in place of a token.
    var tokenAnswer: Result<HTTPResponse, HTTPError>?
    var expiresIn = "600"
    /// Which tokens the receiver takes; nil for all.
    var taken: Set<String>?
    var echo = ""
    var hangs = false
  }

  private let state = Mutex(State())
  static let tokenURL = "https://auth.example.com/realm/token"

  func with<Value: Sendable>(_ change: (inout State) -> Value) -> Value { state.withLock { change(&$0) } }

  var tokenRequests: [HTTPRequest] { with { $0.tokenRequests } }
  var requests: [HTTPRequest] { with { $0.requests } }
  /// The tokens that came to the receiver, in order.
  var seen: [String] {
    requests.map { $0.headers.first { $0.name == "authorization" }?.value ?? "none" }
  }

  /// Keeps requests for tokens waiting until `open`.
  func hold() { with { $0.held = true } }
  func open() {
    let gates = with { state in
      state.held = false
      defer { state.gates = [] }
      return state.gates
    }
    for gate in gates { gate.resume() }
  }

  func send(_ request: HTTPRequest) async throws(HTTPError) -> HTTPResponse {
    if request.url == Self.tokenURL { return try await giveToken(request) }
    let (hangs, answer) = with { state -> (Bool, HTTPResponse) in
      state.requests.append(request)
      let token = request.headers.first { $0.name == "authorization" }?.value.dropFirst("Bearer ".count)
      let isTaken = state.taken.map { $0.contains(String(token ?? "")) } ?? true
      return (state.hangs, HTTPResponse(status: isTaken ? 200 : 401, body: Array(state.echo.utf8)))
    }
    return hangs ? try await HangingTransport().send(request) : answer
  }

  private func giveToken(_ request: HTTPRequest) async throws(HTTPError) -> HTTPResponse {
    with { $0.tokenRequests.append(request) }
    await withCheckedContinuation { (gate: CheckedContinuation<Void, Never>) in
      let isOpen = with { state in
        if state.held { state.gates.append(gate) }
        return !state.held
      }
      if isOpen { gate.resume() }
    }
    if Task.isCancelled { throw HTTPError(.cancelled, "the request was cancelled") }
    let answer = with { state -> Result<HTTPResponse, HTTPError> in
      if let answer = state.tokenAnswer { return answer }
      state.given += 1
      let body =
        #"{"access_token":"tok-\#(state.given)-abcdef","token_type":"bearer","expires_in":\#(state.expiresIn)}"#
      return .success(HTTPResponse(status: 200, body: Array(body.utf8)))
    }
    return try answer.get()
  }
}
