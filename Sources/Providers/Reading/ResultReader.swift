import Model

extension AnswerReader {
  /// What the answer to the second request means, together with the task for whose sake it was made.
  func find(_ found: FoundTask, http: Int, result response: HTTPResponse, now: Timestamp) -> Finding {
    let body = AnswerBody { () throws(JSONSyntaxError) in try JSONDocument(response.body).root }
    func whole(with json: ArraySlice<UInt8>) -> FoundTask? {
      Self.task(found.task, with: json).map {
        rules.task(found, with: $0, Exchange(http: http, resultHTTP: response.status))
      }
    }
    if (200..<300).contains(response.status), case .success(let root) = body,
      let whole = whole(with: root.bytes)
    {
      return .task(whole)
    }
    // A case can make an outcome of what is an error otherwise, whatever its body.
    let json = (try? body.get())?.bytes ?? Array("null".utf8)[...]
    if rules.cases.contains(where: { $0.resultHTTP.contains(response.status) }),
      let whole = whole(with: json), isOfResult(whole, response.status)
    {
      return .task(whole)
    }
    return .reading(failure(response, body, now: now))
  }

  /// Whether it was a case for the answer's HTTP status that gave a task's status.
  private func isOfResult(_ found: FoundTask, _ status: Int) -> Bool {
    switch found.source {
    case .path: false
    case .rule(let index), .rulePath(let index, _): rules.cases[index].resultHTTP.contains(status)
    }
  }

  private func failure(_ response: HTTPResponse, _ body: AnswerBody, now: Timestamp) -> PollReading {
    if (200..<300).contains(response.status), case .failure(let error) = body {
      return Self.ofResult(reasons.notJSON(response, error))
    }
    return switch refusal(response, body, now: now) {
    // The API knows the task: its result alone is not there, or not yet.
    case .notFound, .gone, nil: .failed(reason: "the result: " + reasons.reason(response, body))
    case let reading?: Self.ofResult(reading)
    }
  }

  private static func ofResult(_ reading: PollReading) -> PollReading {
    switch reading {
    case .failed(let reason): .failed(reason: "the result: " + reason)
    case .refused(let reason): .refused(reason: "the result: " + reason)
    case .unreadable(let reason, let hint): .unreadable(reason: "the result: " + reason, hint: hint)
    case .observed, .notFound, .gone, .throttled: reading
    }
  }

  /// A task object with the result as its last member; nil where that cannot be. What was there before stays byte
  /// for byte.
  static func task(_ task: JSONSlice, with result: ArraySlice<UInt8>) -> JSONSlice? {
    guard task.kind == .object else { return nil }
    var name = "result"
    while task[name] != nil { name += "_" }
    var bytes = Array(task.bytes.dropLast())
    let isEmpty = !task.members.contains { _ in true }
    bytes += Array((isEmpty ? "\"\(name)\":" : ",\"\(name)\":").utf8) + result + [UInt8(ascii: "}")]
    return try? JSONDocument(bytes).root
  }
}
