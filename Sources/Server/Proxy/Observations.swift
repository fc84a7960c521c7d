import Hummingbird
import Model

/// What is known here of a task that somebody asks the API for.
struct Observations: Sendable {
  /// After its end, a task is answered for from the store so long; then the API is asked again, which may have renewed
  /// the URLs of its files.
  static let keptAfterEnd: Duration = .seconds(600)
  /// Longest wait for a poll.
  static let patience: Duration = .seconds(30)

  let store: any Store
  let time: any TimeSource

  /// Nil where the API is to be asked. `fresh` nil: an answer may be as old as the source's pace.
  func answer(
    for ref: TaskRef, from source: ProxySource, notOlderThan fresh: Duration?
  ) async -> Response? {
    guard let traffic = source.traffic,
      let record = try? await store.tasks(TaskQuery(source: ref.source, id: ref.id, limit: 1)).first
    else { return nil }
    switch record.ending {
    case nil:
      // A task with a URL of its own is polled there, which need not be here.
      guard record.url == nil, let answer = await latest(record.row, source, fresh ?? source.pollEvery) else {
        return nil
      }
      let bare = traffic.bare(answer.response)
      return Passage.response(
        answer.response, body: bare ?? answer.response.body, isChanged: bare != nil, age: time.now - answer.at
      )
    case .terminal where traffic.answersWithTask: return await end(of: ref)
    case .terminal, .notFound, .lost, .timedOut, .removed: return nil
    }
  }

  private func latest(_ row: Int64, _ source: ProxySource, _ age: Duration) async -> LatestAnswer? {
    await withTaskGroup(of: LatestAnswer?.self) { group in
      group.addTask { await source.latest(row, age) }
      group.addTask {
        try? await time.sleep(until: time.now + Self.patience)
        return nil
      }
      defer { group.cancelAll() }
      return await group.next() ?? nil
    }
  }

  private func end(of ref: TaskRef) async -> Response? {
    guard let history = try? await store.history(of: ref),
      let event = history.last(where: { $0.event.state?.isTerminal == true && $0.event.task != nil })?.event,
      let task = event.task
    else { return nil }
    let age = time.wall - event.timestamp
    guard age >= .zero, age < Self.keptAfterEnd else { return nil }
    let response = Model.HTTPResponse(
      status: 200, headers: HTTPHeaders([HTTPHeader("Content-Type", "application/json")]))
    return Passage.response(response, body: task, isChanged: true, age: age)
  }
}
