import Model

/// What is told of answers that show no task: reasons and hints, fit for logs.
struct AnswerReasons: Sendable {
  let rules: ReadRules
  let text: ReasonText
  /// The host that `base_url` names, for hints.
  let host: String

  /// `HTTP 401: Invalid token (invalid_api_key)`: the status, then the API's own message and code. Headers
  /// have no part in it.
  func reason(_ response: HTTPResponse, _ body: AnswerBody, _ addition: String = "") -> String {
    var reason = "HTTP \(response.status)\(addition)"
    switch body {
    case .success(let root):
      if let message = message(in: root) { reason += ": \(message)" }
      if let code = rules.error.code.first(in: root), code.kind == .string || code.kind == .number {
        if let word = code.scalarText.flatMap(text.clean) { reason += " (\(word))" }
      }
    case .failure(let error):
      if error.problem == .empty { break }
      if isHTML(response) {
        reason += " with an HTML page"
      } else if let plain = String(validating: response.body.prefix(2000), as: UTF8.self) {
        if let plain = text.clean(plain) { reason += ": \(plain)" }
      }
    }
    return reason
  }

  func message(in root: JSONSlice) -> String? {
    for path in rules.error.message {
      if let message = path.first(in: root)?.string, let clean = text.clean(message) { return clean }
    }
    return nil
  }

  /// Of an answer that should be JSON and is not.
  func notJSON(_ response: HTTPResponse, _ error: JSONSyntaxError) -> PollReading {
    let status = response.status
    if error.problem == .empty {
      return .unreadable(
        reason: "HTTP \(status) with an empty body",
        hint: "check base_url (\(host)), and whether a proxy stands in between")
    }
    if isHTML(response) {
      return .unreadable(
        reason: "HTTP \(status) with an HTML page",
        hint: "check base_url (\(host)): a web page is served there, perhaps the login page of a proxy")
    }
    return .unreadable(
      reason: "HTTP \(status) with a body that is not JSON: \(error)",
      hint: "check base_url (\(host)), and whether a proxy changes or cuts the answers")
  }

  /// Of JSON that is no object.
  func notObject(_ response: HTTPResponse, _ root: JSONSlice) -> PollReading {
    .unreadable(
      reason: "HTTP \(response.status) with JSON that is \(ReadRules.name(of: root.kind)), not an object",
      hint: "check base_url (\(host)): no task API seems to answer there")
  }

  func redirect(_ response: HTTPResponse) -> PollReading {
    let target = response.headers["location"].map { RedirectTarget(location: $0, from: host).description }
    let place = target.flatMap(text.clean)
    return .unreadable(
      reason: "HTTP \(response.status)" + (place.map { ", a redirect to \($0)" } ?? ""),
      hint: place == nil
        ? "check base_url (\(host)): no task API seems to answer there"
        : "redirects are never followed with a key; check base_url (\(host)), which may lack https or a prefix"
    )
  }

  /// Of an object without what the mapping looks for in it.
  func lacking(_ response: HTTPResponse, _ root: JSONSlice, _ problem: String, expected: String)
    -> PollReading
  {
    let message = message(in: root).map { "; it says: \($0)" } ?? ""
    return .unreadable(
      reason: "HTTP \(response.status) with JSON, but \(problem)\(message)",
      hint: "check provider and base_url (\(host)): \(expected)")
  }

  private func isHTML(_ response: HTTPResponse) -> Bool {
    let start = response.body.drop { [0xEF, 0xBB, 0xBF, 0x20, 0x09, 0x0A, 0x0D].contains($0) }
    return start.first == UInt8(ascii: "<")
      || response.headers["content-type"]?.lowercased().hasPrefix("text/html") == true
  }
}
