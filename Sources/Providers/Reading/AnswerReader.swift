import Model

/// An answer's body as JSON, or why it is none.
typealias AnswerBody = Result<JSONSlice, JSONSyntaxError>

/// What an answer of a task API means: a pure function of the answer, the rules and the time.
struct AnswerReader: Sendable {
  /// A server that asks for more than this is asked again all the same.
  static let longestPause = Duration.seconds(3600)

  let rules: ReadRules
  let reasons: AnswerReasons

  init(rules: ReadRules, text: ReasonText, host: String) {
    self.rules = rules
    reasons = AnswerReasons(rules: rules, text: text, host: host)
  }

  /// A task that an answer shows, or what the answer means without one.
  enum Finding {
    case task(FoundTask)
    case reading(PollReading)
  }

  func find(_ response: HTTPResponse, now: Timestamp) -> Finding {
    let body = AnswerBody { () throws(JSONSyntaxError) in try JSONDocument(response.body).root }
    if let found = named(response, body) { return .task(found) }
    if let reading = refusal(response, body, now: now) { return .reading(reading) }
    let root: JSONSlice
    switch body {
    case .success(let value): root = value
    case .failure(let error): return .reading(reasons.notJSON(response, error))
    }
    guard root.kind == .object else { return .reading(reasons.notObject(response, root)) }
    do throws(NoTask) {
      let found = try rules.task(in: root, Exchange(http: response.status))
      if isError(root, found) { return .reading(.failed(reason: reasons.reason(response, .success(root)))) }
      return .task(found)
    } catch {
      return .reading(noTask(response, root, error))
    }
  }

  func reading(of finding: Finding) -> PollReading {
    switch finding {
    case .task(let found): .observed(observation(of: found))
    case .reading(let reading): reading
    }
  }

  func observation(of found: FoundTask) -> Observation {
    Observation(
      status: found.status, state: found.state, progress: progress(of: found)?.value,
      task: found.task.copy, createdAt: createdAt(of: found))
  }

  /// The task's own progress, else that of an object around it.
  func progress(of found: FoundTask) -> (value: Double?, object: JSONSlice)? {
    guard let rule = rules.progress else { return nil }
    for object in found.fromWithin {
      if let told = rule.told(by: object, state: found.state) { return (told, object) }
    }
    return nil
  }

  /// The task's own, else that of an object around it.
  func createdAt(of found: FoundTask) -> Timestamp? {
    if rules.createdAt.isEmpty { return nil }
    return createdAtHit(of: found).flatMap { CreationTime.read($0.value) }
  }

  /// Where it is told: the object, and there the path by its place in its list.
  func createdAtHit(of found: FoundTask) -> (object: JSONSlice, index: Int, value: JSONSlice)? {
    for object in found.fromWithin {
      if let hit = rules.createdAt.hit(in: object) { return (object, hit.index, hit.value) }
    }
    return nil
  }

  // MARK: Answers that show no task

  /// The task where a case names the answer's HTTP status: then it is no error, and an empty body is as good as
  /// an empty object.
  private func named(_ response: HTTPResponse, _ body: AnswerBody) -> FoundTask? {
    guard rules.cases.contains(where: { $0.http.contains(response.status) }) else { return nil }
    let root: JSONSlice
    switch body {
    case .success(let value):
      guard value.kind == .object else { return nil }
      if (200..<300).contains(response.status) { return nil }
      root = value
    case .failure(let error):
      guard error.problem == .empty, let empty = try? JSONDocument(Array("{}".utf8)).root else { return nil }
      root = empty
    }
    return try? rules.task(in: root, Exchange(http: response.status, isNamed: true))
  }

  /// What an answer means that is none on a task, by its words and its HTTP status.
  func refusal(_ response: HTTPResponse, _ body: AnswerBody, now: Timestamp) -> PollReading? {
    if case .success(let root) = body, root.kind == .object {
      if rules.notFoundWord(in: root) != nil { return .notFound }
      if rules.goneWord(in: root) != nil { return .gone(reason: reasons.reason(response, body)) }
    }
    switch response.status {
    case 200..<300: return nil
    case _ where rules.notFound.http.contains(response.status): return .notFound
    case _ where rules.gone.http.contains(response.status):
      return .gone(reason: reasons.reason(response, body))
    case 401, 403: return .refused(reason: reasons.reason(response, body))
    case 429:
      return .throttled(
        retryAfter: RetryAfter.parse(response.headers["retry-after"], now: now, most: Self.longestPause))
    case 300..<400: return reasons.redirect(response)
    default: return .failed(reason: reasons.reason(response, body))
    }
  }

  /// An error that came with HTTP 200: an error object beside a status such as "error", and no task named.
  private func isError(_ root: JSONSlice, _ found: FoundTask) -> Bool {
    guard let error = rules.error.at.first(in: root), error.kind == .object else { return false }
    return rules.id.first(in: found.task) == nil
  }

  private func noTask(_ response: HTTPResponse, _ root: JSONSlice, _ why: NoTask) -> PollReading {
    switch why {
    case .noStatus:
      return error(response, root)
        ?? reasons.lacking(response, root, "no status in it", expected: rules.expectedStatus)
    case .badStatus(let problem):
      return reasons.lacking(response, root, problem, expected: rules.expectedStatus)
    }
  }

  /// What an object without a task says of the request.
  func error(_ response: HTTPResponse, _ root: JSONSlice) -> PollReading? {
    if rules.nullThatSaysNotFound(in: root) != nil { return .notFound }
    if rules.outcome(of: root) == .badly || rules.error.at.first(in: root) != nil {
      return .failed(reason: reasons.reason(response, .success(root), " with an error"))
    }
    return nil
  }
}

extension ReadRules {
  /// What was looked for where no status was found.
  var expectedStatus: String {
    if status.isEmpty { return "none of the mapping's cases fits" }
    return "the status of a task is expected in " + status.map { "\"\($0)\"" }.joined(separator: " or ")
  }
}
