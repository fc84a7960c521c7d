import Model

extension AnswerReader {
  /// What an answer with several tasks means for each of those that were asked for, in their order.
  func find(_ response: HTTPResponse, of ids: [String], now: Timestamp) -> [Finding] {
    func all(_ reading: PollReading) -> [Finding] { ids.map { _ in .reading(reading) } }
    let body = AnswerBody { () throws(JSONSyntaxError) in try JSONDocument(response.body).root }
    if let reading = refusal(response, body, now: now) { return all(reading) }
    let root: JSONSlice
    switch body {
    case .success(let value): root = value
    case .failure(let error): return all(reasons.notJSON(response, error))
    }
    guard let tasks = items(in: root) else {
      return all(
        error(response, root)
          ?? reasons.lacking(
            response, root, "no tasks in it",
            expected: "the tasks are expected in " + rules.items.map { "\"\($0)\"" }.joined(separator: " or ")
          ))
    }
    return ids.map { id in tasks[id].map { find(item: $0, response) } ?? .reading(.notFound) }
  }

  /// The task objects of an answer by the ids of their tasks; of several for one id the first. Nil where there is
  /// no place for them.
  func items(in root: JSONSlice) -> [String: JSONSlice]? {
    guard let container = rules.items.first(in: root) else { return nil }
    var tasks: [String: JSONSlice] = [:]
    func add(_ id: String, _ task: JSONSlice) {
      if task.kind == .object, tasks[id] == nil { tasks[id] = task }
    }
    switch container.kind {
    case .array:
      for task in container.elements {
        if let id = rules.id.first(in: task)?.scalarText { add(id, task) }
      }
    case .object: for (id, task) in container.members { add(id, task) }
    case .null, .bool, .number, .string: return nil
    }
    return tasks
  }

  /// What one of several tasks tells of itself.
  private func find(item: JSONSlice, _ response: HTTPResponse) -> Finding {
    if rules.notFoundWord(in: item) != nil { return .reading(.notFound) }
    if rules.goneWord(in: item) != nil {
      return .reading(.gone(reason: reasons.reason(response, .success(item))))
    }
    do throws(NoTask) {
      return .task(try rules.task(in: item, Exchange(http: response.status), isItem: true))
    } catch {
      let problem =
        switch error {
        case .noStatus: "no status in one of its tasks"
        case .badStatus(let problem): "of one of its tasks " + problem
        }
      return .reading(reasons.lacking(response, item, problem, expected: rules.expectedStatus))
    }
  }
}
