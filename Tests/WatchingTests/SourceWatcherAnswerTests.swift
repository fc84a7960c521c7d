import Model
import TestSupport
import Testing

@testable import Watching

/// An API that tells of many tasks in one answer (`t1=RUNNING t2=…`), or of a task in two.
private struct ScriptedProvider: Provider {
  let vocabulary = ["RUNNING", "SUCCEEDED"]
  var batch = 1
  /// Asked for once a task is done.
  var result: String?
  let ownHeaders: [HTTPHeader] = []

  private static let profile = HTTPProfile(method: "GET", timeout: .seconds(30), bodyLimit: 1000)

  func request(for tasks: [TaskAddress]) throws(AddressRefusal) -> HTTPRequest {
    if tasks.contains(where: { $0.id == "bad" }) { throw AddressRefusal("not to be asked") }
    let url = tasks.count == 1 ? tasks[0].url : nil
    return HTTPRequest(Self.profile, url: url ?? "http://test/\(tasks.map(\.id).joined(separator: ","))")
  }

  func request(for task: TaskAddress) throws(AddressRefusal) -> HTTPRequest { try request(for: [task]) }

  func read(_ response: HTTPResponse, of task: TaskAddress) -> PollStep {
    if let result, text(response) == "DONE" { return .ask(HTTPRequest(Self.profile, url: result)) }
    return .read(reading(text(response), response.status))
  }

  func read(_ response: HTTPResponse, result: HTTPResponse, of task: TaskAddress) -> PollReading {
    reading(text(result), result.status)
  }

  func read(_ response: HTTPResponse, of tasks: [TaskAddress]) -> [PollReading] {
    let words = text(response).split(separator: " ").map { $0.split(separator: "=") }
    return tasks.map { task in
      if response.status != 200 { return reading("", response.status) }
      guard let told = words.first(where: { $0[0] == task.id }) else { return .notFound }
      return reading(String(told[1]), 200)
    }
  }

  func hint(_ response: HTTPResponse) -> Duration? {
    response.headers["retry-after"].flatMap { Int($0) }.map { .seconds($0) }
  }

  func outputs(of task: [UInt8], at address: TaskAddress) -> [TaskOutput] {
    String(decoding: task, as: UTF8.self).contains("EMPTY")
      ? [] : [TaskOutput(url: "http://files/\(address.id)")]
  }

  private func text(_ response: HTTPResponse) -> String { String(decoding: response.body, as: UTF8.self) }

  private func reading(_ text: String, _ status: Int) -> PollReading {
    switch status {
    case 200:
      let state: TaskState =
        text.hasPrefix("SUCCEEDED") ? .succeeded : text.hasPrefix("FAILED") ? .failed : .running
      return .observed(
        Observation(status: text, state: state, task: Array(text.utf8), createdAt: .start))
    case 404: return .notFound
    case 410: return .gone(reason: "no such thing")
    default: return .failed(reason: "HTTP \(status)")
    }
  }
}

@Suite struct SourceWatcherAnswerTests {
  // MARK: Many tasks by one request

  @Test func aHundredTasksCostOnePoll() async {
    let bench = WatcherBench(provider: ScriptedProvider(batch: 100)) { request in
      let ids = request.url.dropFirst("http://test/".count).split(separator: ",")
      return WatcherBench.body(ids.map { "\($0)=RUNNING" }.joined(separator: " "))
    }
    await bench.add(100)
    await bench.loop.advance(by: .seconds(61))
    #expect(bench.store.events.count { $0.type == .task(.running) } == 100)
    let requests = bench.loop.requests
    #expect((10...12).contains(requests.count), "one each 6 s: \(requests.count)")
    for (earlier, later) in zip(requests, requests.dropFirst()) {
      #expect(later.at - earlier.at >= .seconds(5.99), "no task is polled more often than its pace")
    }
  }

  @Test func moreThanOneRequestTakesAreSplit() async {
    let bench = WatcherBench(provider: ScriptedProvider(batch: 40)) { request in
      let ids = request.url.dropFirst("http://test/".count).split(separator: ",")
      #expect(ids.count <= 40)
      return WatcherBench.body(ids.map { "\($0)=SUCCEEDED" }.joined(separator: " "))
    }
    await bench.add(100)
    await bench.loop.advance(by: .seconds(2))
    #expect(bench.loop.requests.count == 3)
    await eventually { bench.store.events.count { $0.type == .task(.succeeded) } == 100 }
    await bench.loop.advance(by: .seconds(1))
    #expect(bench.loop.requests.count == 3)
  }

  @Test func eachOfABatchHasItsOwnOutcome() async {
    let bench = WatcherBench(provider: ScriptedProvider(batch: 10)) { _ in
      WatcherBench.body("t1=RUNNING t2=SUCCEEDED t3=FAILED")
    }
    await bench.add(4)
    await bench.loop.advance(by: .seconds(70))
    let told = Dictionary(grouping: bench.store.events, by: { $0.taskID ?? "" }).mapValues {
      $0.map(\.type.name)
    }
    #expect(
      told == [
        "t1": ["task.running"], "t2": ["task.succeeded"], "t3": ["task.failed"], "t4": ["task.not_found"],
      ])
  }

  @Test func aBatchThatFailsIsOneFailureOfTheSource() async {
    let bench = WatcherBench(provider: ScriptedProvider(batch: 100)) { _ in WatcherBench.body("", 503) }
    await bench.add(100)
    await bench.loop.advance(by: .seconds(20))
    #expect(bench.store.events.isEmpty, "ten polls in a row would be: this was at most three")
  }

  @Test func oneThatMayNotBeAskedDoesNotKeepTheOthersFromIt() async {
    let bench = WatcherBench(provider: ScriptedProvider(batch: 10)) { request in
      let ids = request.url.dropFirst("http://test/".count).split(separator: ",")
      return WatcherBench.body(ids.map { "\($0)=RUNNING" }.joined(separator: " "))
    }
    let records = ["t1", "bad", "t3"].enumerated().map { index, id in
      TaskRecord(row: Int64(index + 1), ref: TaskRef(source: "runway", id: id), firstSeen: .start)
    }
    await bench.watcher.add(records, spread: false)
    await bench.watcher.start()
    await bench.loop.advance(by: .seconds(30))
    let told = bench.store.events.map { "\($0.taskID ?? "") \($0.type.name)" }
    #expect(Set(told) == ["t1 task.running", "t3 task.running", "bad task.not_found"])
  }

  @Test func oneWithAURLIsAskedByItAlone() async {
    let bench = WatcherBench(provider: ScriptedProvider(batch: 10)) { request in
      request.url == "http://test/own"
        ? WatcherBench.body("SUCCEEDED") : WatcherBench.body("t1=SUCCEEDED t3=SUCCEEDED")
    }
    let records = ["t1", "t2", "t3"].enumerated().map { index, id in
      TaskRecord(
        row: Int64(index + 1), ref: TaskRef(source: "runway", id: id),
        url: id == "t2" ? "http://test/own" : nil, firstSeen: .start)
    }
    await bench.watcher.add(records, spread: false)
    await bench.watcher.start()
    await bench.loop.advance(by: .seconds(1))
    #expect(Set(bench.loop.requests.map(\.url)) == ["http://test/own", "http://test/t1,t3"])
    #expect(bench.store.events.count == 3)
  }

  // MARK: Answers in two steps

  @Test func whatIsDoneIsOnlyToldOnceItsResultIsKnown() async {
    let results = Counter()
    let bench = WatcherBench(provider: ScriptedProvider(result: "http://test/result")) { request in
      if request.url != "http://test/result" { return WatcherBench.body("DONE") }
      return results.next() == 1 ? WatcherBench.body("", 500) : WatcherBench.body("FAILED")
    }
    await bench.add(1)
    await bench.loop.advance(by: .seconds(1))
    #expect(bench.store.events.isEmpty)
    await bench.loop.advance(by: .seconds(20))
    #expect(bench.store.events.map(\.type.name) == ["task.failed"])
    #expect(
      bench.loop.requests.map(\.url) == [
        "http://test/t1", "http://test/result", "http://test/t1", "http://test/result",
      ])
  }

  @Test func secondRequestsCountAgainstTheBudget() async {
    var rules = WatchRules()
    rules.rate = Rate(10, per: .seconds(1))
    rules.connections = 1
    let bench = WatcherBench(rules: rules, provider: ScriptedProvider(result: "http://test/result")) {
      request in
      WatcherBench.body(request.url == "http://test/result" ? "SUCCEEDED" : "DONE")
    }
    await bench.add(100)
    await bench.loop.advance(by: .seconds(10))
    #expect((95...103).contains(bench.loop.requests.count), "\(bench.loop.requests.count)")
  }

  // MARK: Ends, hints, times

  @Test func anAPIThatWillNeverTellEndsTheWatch() async {
    let polls = Counter()
    let bench = WatcherBench(provider: ScriptedProvider()) { request in
      request.url.hasSuffix("t2") && polls.next() == 1
        ? WatcherBench.body("RUNNING") : WatcherBench.body("", 410)
    }
    await bench.add(2)
    await bench.loop.advance(by: .seconds(10))
    let told = bench.store.events.map { "\($0.taskID ?? "") \($0.type.name)" }
    #expect(Set(told) == ["t1 task.not_found", "t2 task.running", "t2 task.lost"])
    #expect(bench.store.events.last?.reason == "no such thing")
    #expect(await bench.watcher.count == 0)
    #expect(bench.loop.requests.count == 3)
  }

  @Test func anAnswerCanAskForALongerWait() async {
    let bench = WatcherBench(provider: ScriptedProvider()) { _ in
      .success(
        HTTPResponse(
          status: 200, headers: HTTPHeaders([HTTPHeader("Retry-After", "20")]), body: Array("RUNNING".utf8)))
    }
    await bench.add(1)
    await bench.loop.advance(by: .seconds(61))
    #expect(bench.loop.requests.count == 4, "also where the answer is the same as the last")
    let events = bench.store.events
    #expect(events.first?.createdAt == .start)
  }

  // MARK: Outputs

  @Test(arguments: [SourceWatcher.Saving.nothing, .outputs, .outputsBeforeHooks])
  func aSuccessOrdersItsOutputsToBeKept(saving: SourceWatcher.Saving) async throws {
    let bench = WatcherBench(provider: ScriptedProvider(), saving: saving) { request in
      let word =
        request.url.hasSuffix("t2") ? "FAILED" : request.url.hasSuffix("t3") ? "SUCCEEDED EMPTY" : "SUCCEEDED"
      return WatcherBench.body(word)
    }
    await bench.add(3)
    await bench.loop.advance(by: .seconds(1))
    var orders: [String: SaveOrder] = [:]
    for case .task(let record, let events) in bench.store.commits.flatMap(\.self) {
      orders[record.ref.id] = events.compactMap(\.save).first
    }
    let order = SaveOrder(
      outputs: [TaskOutput(url: "http://files/t1")], holds: saving == .outputsBeforeHooks)
    #expect(orders == (saving == .nothing ? [:] : ["t1": order]))
  }

  // MARK: Looking

  @Test func aLookAsksOnceWithinTheBudget() async throws {
    let bench = WatcherBench(provider: ScriptedProvider(result: "http://test/result")) { request in
      WatcherBench.body(request.url == "http://test/result" ? "SUCCEEDED" : "DONE")
    }
    await bench.watcher.start()
    async let reading = bench.watcher.look(at: TaskAddress(id: "old"))
    await bench.loop.advance(by: .seconds(1))
    #expect(
      await reading
        == .observed(
          Observation(
            status: "SUCCEEDED", state: .succeeded, task: Array("SUCCEEDED".utf8), createdAt: .start)))
    #expect(bench.loop.requests.map(\.url) == ["http://test/old", "http://test/result"])
    #expect(bench.store.events.isEmpty)
    #expect(await bench.watcher.look(at: TaskAddress(id: "bad")) == .gone(reason: "not to be asked"))
  }

  @Test func aLookIsAnsweredWhenTheWatcherStops() async {
    let bench = WatcherBench(provider: ScriptedProvider(), answer: { _ in nil })
    await bench.watcher.stop()
    let reading = await bench.watcher.look(at: TaskAddress(id: "old"))
    if case .failed = reading { return }
    Issue.record("\(reading)")
  }
}
