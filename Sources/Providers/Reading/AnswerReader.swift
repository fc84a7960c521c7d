import Model

/// What an answer of a task API means: a pure function of the answer, the rules and the time.
struct AnswerReader: Sendable {
  /// A server that asks for more than this is asked again all the same.
  static let longestPause = Duration.seconds(3600)

  let rules: ReadRules
  let text: ReasonText
  /// The host that `base_url` names, for hints.
  let host: String

  func read(_ response: HTTPResponse, now: Timestamp) -> PollReading {
    let body = Result { () throws(JSONSyntaxError) in try JSONDocument(response.body).root }
    if case .success(let root) = body, saysNotFound(root) { return .notFound }
    switch response.status {
    case 200..<300: return success(response, body)
    case _ where rules.notFound.http.contains(response.status): return .notFound
    case 401, 403: return .refused(reason: reason(response, body))
    case 429:
      return .throttled(
        retryAfter: RetryAfter.parse(response.headers["retry-after"], now: now, most: Self.longestPause))
    case 300..<400: return redirect(response)
    default: return .failed(reason: reason(response, body))
    }
  }

  // MARK: An answer that should show the task

  private func success(
    _ response: HTTPResponse, _ body: Result<JSONSlice, JSONSyntaxError>
  ) -> PollReading {
    let root: JSONSlice
    switch body {
    case .success(let value): root = value
    case .failure(let error): return notJSON(response, error)
    }
    guard root.kind == .object else {
      return .unreadable(
        reason: "HTTP \(response.status) with JSON that is \(ReadRules.name(of: root.kind)), not an object",
        hint: "check base_url (\(host)): no task API seems to answer there")
    }
    do throws(NoTask) {
      let found = try rules.task(in: root)
      if isError(root, found) { return .failed(reason: reason(response, .success(root))) }
      return .observed(
        Observation(
          status: found.status, state: found.state, progress: progress(of: found),
          task: Array(found.task.bytes)))
    } catch {
      return noTask(response, root, error)
    }
  }

  /// The task's own progress, else that of an object around it.
  private func progress(of found: FoundTask) -> Double? {
    guard let rule = rules.progress else { return nil }
    if let told = rule.at.first(in: found.task) { return rule.value(of: told, state: found.state) }
    for object in found.around.reversed() {
      if let told = rule.at.first(in: object) { return rule.value(of: told, state: found.state) }
    }
    return nil
  }

  /// An error that came with HTTP 200: an error object beside a status such as "error", and no task named.
  private func isError(_ root: JSONSlice, _ found: FoundTask) -> Bool {
    guard let error = rules.error.at.first(in: root), error.kind == .object else { return false }
    return rules.id.first(in: found.task) == nil
  }

  private func noTask(_ response: HTTPResponse, _ root: JSONSlice, _ why: NoTask) -> PollReading {
    if case .noStatus = why {
      let went = outcome(root)
      if went != .badly, went == .well || rules.envelope?.code.isEmpty != false,
        rules.notFound.nullAt.contains(where: { $0.first(in: root)?.isNull == true })
      {
        return .notFound
      }
      if went == .badly || rules.error.at.first(in: root) != nil {
        return .failed(reason: reason(response, .success(root), " with an error"))
      }
    }
    let problem =
      switch why {
      case .noStatus: "no status in it"
      case .badStatus(let problem): problem
      }
    let message = message(in: root).map { "; it says: \($0)" } ?? ""
    return .unreadable(
      reason: "HTTP \(response.status) with JSON, but \(problem)\(message)",
      hint: "check provider and base_url (\(host)): the status of a task is expected in "
        + rules.status.map { "\"\($0)\"" }.joined(separator: " or "))
  }

  private enum Outcome { case well, badly, untold }

  /// How the request went by the envelope's code.
  private func outcome(_ root: JSONSlice) -> Outcome {
    guard let envelope = rules.envelope, let code = envelope.code.first(in: root) else { return .untold }
    return code.string.map { envelope.fine.contains($0.lowercased()) } == true ? .well : .badly
  }

  private func saysNotFound(_ root: JSONSlice) -> Bool {
    guard !rules.notFound.words.isEmpty, root.kind == .object else { return false }
    return rules.notFound.at.contains { path in isNotFound(path.first(in: root)) }
      || (rules.envelope?.at ?? []).contains { path in
        path.first(in: root).map { inner in rules.status.contains { isNotFound($0.first(in: inner)) } }
          ?? false
      }
  }

  private func isNotFound(_ value: JSONSlice?) -> Bool {
    guard let word = value?.string else { return false }
    return rules.notFound.words.contains(word.lowercased())
  }

  // MARK: Answers that show none

  private func notJSON(_ response: HTTPResponse, _ error: JSONSyntaxError) -> PollReading {
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

  private func redirect(_ response: HTTPResponse) -> PollReading {
    let target = response.headers["location"].map { RedirectTarget(location: $0, from: host).description }
    let place = target.flatMap(text.clean)
    return .unreadable(
      reason: "HTTP \(response.status)" + (place.map { ", a redirect to \($0)" } ?? ""),
      hint: place == nil
        ? "check base_url (\(host)): no task API seems to answer there"
        : "redirects are never followed with a key; check base_url (\(host)), which may lack https or a prefix"
    )
  }

  private func isHTML(_ response: HTTPResponse) -> Bool {
    let start = response.body.drop { [0xEF, 0xBB, 0xBF, 0x20, 0x09, 0x0A, 0x0D].contains($0) }
    return start.first == UInt8(ascii: "<")
      || response.headers["content-type"]?.lowercased().hasPrefix("text/html") == true
  }

  // MARK: Reasons

  /// `HTTP 401: Invalid token (invalid_api_key)`: the status, then the API's own message and code. Headers
  /// have no part in it.
  private func reason(
    _ response: HTTPResponse, _ body: Result<JSONSlice, JSONSyntaxError>, _ addition: String = ""
  ) -> String {
    var reason = "HTTP \(response.status)\(addition)"
    switch body {
    case .success(let root):
      if let message = message(in: root) { reason += ": \(message)" }
      if let code = rules.error.code.first(in: root), code.kind == .string || code.kind == .number {
        let word = code.string ?? String(decoding: code.bytes, as: UTF8.self)
        if let word = text.clean(word) { reason += " (\(word))" }
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

  private func message(in root: JSONSlice) -> String? {
    for path in rules.error.message {
      if let message = path.first(in: root)?.string, let clean = text.clean(message) { return clean }
    }
    return nil
  }
}
