import Model

extension MappedProvider {
  /// How an answer is read, with that to the second request where there was one.
  /// - Parameter task: The task that was asked for; nil where that is not known.
  package func trace(
    _ response: HTTPResponse, result: HTTPResponse? = nil, of task: TaskAddress? = nil
  ) -> AnswerTrace {
    let address = task ?? onlyTask(in: response)
    let tracer = Tracer(reader)
    let rest = hintRows(response)
    let found: FoundTask
    switch find(response, of: address) {
    case .task(let task): found = task
    case .reading(let reading):
      return AnswerTrace(rows: tracer.rows(reading, of: response) + rest, step: .read(reading))
    }
    func rows(_ whole: FoundTask) -> [AnswerTrace.Row] {
      let own = ownOutputs(of: whole.task, at: address)
      return tracer.rows(of: whole, original: found, asked: task?.id)
        + tracer.outputs(of: whole, tracer.place(of: found.task), own: own)
    }
    guard let result else {
      let step = step(.task(found), address)
      return AnswerTrace(rows: rows(found) + tracer.result(step) + rest, step: step)
    }
    let whole = reader.find(found, http: response.status, result: result, now: wall())
    let reading = reader.reading(of: whole)
    var shown = found
    if case .task(let task) = whole { shown = task }
    return AnswerTrace(rows: rows(shown) + [tracer.result(result, reading)] + rest, step: .read(reading))
  }

  private func hintRows(_ response: HTTPResponse) -> [AnswerTrace.Row] {
    guard let rule = rules.pollAfter else { return [] }
    guard let hint = rule.wait(response, now: wall(), most: AnswerReader.longestPause) else {
      return [AnswerTrace.Row("poll_after", note: "the answer does not say when to ask again")]
    }
    return [
      AnswerTrace.Row("poll_after", at: hint.place, as: "not before \(hint.wait.seconds) s have passed")
    ]
  }
}

extension Tracer {
  /// What is to be asked for next, or why it cannot be.
  func result(_ step: PollStep) -> [Row] {
    switch step {
    case .ask(let request):
      [
        Row(
          "result", value: "\(request.profile.method) \(text.clean(request.url) ?? "")", as: "asked for next")
      ]
    case .read(.observed): []
    case .read(.failed(let reason)), .read(.unreadable(let reason, _)): [Row("result", note: reason)]
    case .read: []
    }
  }

  /// What became of the second answer.
  func result(_ response: HTTPResponse, _ reading: PollReading) -> Row {
    let place = "HTTP \(response.status) of the second request"
    switch reading {
    case .observed: return Row("result", at: place, as: "the member \"result\" of the task")
    case .failed(let reason), .refused(let reason), .gone(let reason), .unreadable(let reason, _):
      return Row("result", at: place, note: reason)
    case .throttled: return Row("result", at: place, note: "asked to wait")
    case .notFound: return Row("result", at: place, note: "not found")
    }
  }
}
