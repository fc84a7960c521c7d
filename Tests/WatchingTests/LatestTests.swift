import Model
import Synchronization
import TestSupport
import Testing

@testable import Watching

/// What the API last said, for many who ask.
@Suite struct LatestTests {
  private func text(_ answer: LatestAnswer?) -> String? {
    answer.map { "\($0.response.status) " + String(decoding: $0.response.body, as: UTF8.self) }
  }

  /// Lets callers come to wait, then the clock run.
  private func ask(
    _ bench: WatcherBench, callers: Int = 1, age: Duration = .seconds(6), run: Duration = .seconds(1)
  ) async -> [String?] {
    await withTaskGroup(of: LatestAnswer?.self) { group in
      for _ in 0..<callers {
        group.addTask { await bench.watcher.latest(of: 1, notOlderThan: age) }
      }
      let over = Flag()
      group.addTask {
        while !over.isSet { await bench.loop.advance(by: run / 10) }
        return nil
      }
      var answers: [String?] = []
      while answers.count < callers, let answer = await group.next() { answers.append(text(answer)) }
      over.set()
      return answers
    }
  }

  @Test func aHundredCallersCostOnePoll() async {
    let bench = WatcherBench { _ in WatcherBench.body("RUNNING") }
    await bench.add(1)
    await bench.loop.advance(by: .seconds(3))
    #expect(bench.loop.requests.count == 1)
    // Until `poll.every` has passed, all wait.
    let answers = await ask(bench, callers: 100, age: .zero, run: .milliseconds(10))
    #expect(answers.count == 100 && answers.allSatisfy { $0 == "200 RUNNING" })
    let polls = bench.loop.requests
    #expect(polls.count == 2 && polls[1].at - polls[0].at == .seconds(6))
  }

  /// One poll in a minute is the pace of a task that has been still for long: who asks brings the next one forward.
  @Test func aStillTaskIsPolledForThoseWhoAsk() async {
    let bench = WatcherBench { _ in WatcherBench.body("RUNNING") }
    await bench.add(1)
    await bench.loop.advance(by: .seconds(1700))
    let before = bench.loop.requests.count
    while bench.loop.requests.count == before { await bench.loop.advance(by: .seconds(1)) }
    await bench.loop.advance(by: .seconds(8))
    let now = bench.time.now
    #expect(bench.loop.requests.count == before + 1, "the next one is 20 s away")
    #expect(await ask(bench, run: .milliseconds(10)) == ["200 RUNNING"])
    #expect(bench.loop.requests.count == before + 2)
    #expect(bench.loop.requests.last!.at - now < .seconds(1))
  }

  /// While its polls fail, a task is not asked for any sooner.
  @Test func aFailingTaskKeepsItsPace() async {
    let polls = Counter()
    let bench = WatcherBench { _ in
      polls.next() == 1 ? WatcherBench.body("RUNNING") : WatcherBench.body("", 500)
    }
    await bench.add(1)
    await bench.loop.advance(by: .seconds(10))
    let before = bench.loop.requests.count
    for _ in 0..<20 { #expect(await bench.watcher.latest(of: 1, notOlderThan: .seconds(1)) == nil) }
    await bench.loop.advance(by: .milliseconds(10))
    #expect(bench.loop.requests.count == before)
  }

  @Test func aFreshAnswerCostsNone() async {
    let bench = WatcherBench { _ in WatcherBench.body("RUNNING") }
    await bench.add(1)
    await bench.loop.advance(by: .milliseconds(100))
    // Nothing was kept, as nobody had asked.
    #expect(await bench.watcher.asked.isEmpty)
    _ = await ask(bench, run: .milliseconds(10))
    let polls = bench.loop.requests.count
    for _ in 0..<10 {
      #expect(text(await bench.watcher.latest(of: 1, notOlderThan: .seconds(5))) == "200 RUNNING")
    }
    #expect(bench.loop.requests.count == polls)
  }

  /// A poll that was brought forward takes the place of the next one.
  @Test func thePaceStaysTheSame() async {
    let bench = WatcherBench { _ in WatcherBench.body("RUNNING") }
    await bench.add(1)
    await bench.loop.advance(by: .seconds(3))
    _ = await ask(bench, age: .zero, run: .milliseconds(10))
    let before = bench.loop.requests.count
    await bench.loop.advance(by: .seconds(60))
    let more = bench.loop.requests.count - before
    #expect((9...10).contains(more), "\(more)")
  }

  @Test func aNewIDIsWaitedFor() async {
    let polls = Counter()
    let bench = WatcherBench { _ in
      polls.next() < 4 ? WatcherBench.body("", 404) : WatcherBench.body("PENDING")
    }
    await bench.add(1)
    await bench.loop.advance(by: .milliseconds(1))
    #expect(await ask(bench, callers: 3) == ["200 PENDING", "200 PENDING", "200 PENDING"])
    let starts = bench.loop.requests.map { ($0.at - .start).seconds.rounded() }
    #expect(starts == [0, 3, 6, 9], "asked no more often for it")
  }

  @Test func anIDThatNeverAppearsIsTold() async {
    let bench = WatcherBench { _ in WatcherBench.body("none", 404) }
    await bench.add(1)
    await bench.loop.advance(by: .milliseconds(1))
    #expect(await ask(bench) == ["404 none"])
    #expect(bench.time.now - .start >= .seconds(60))
    #expect(await bench.watcher.latest(of: 1, notOlderThan: .seconds(6)) == nil)
  }

  @Test(arguments: [(429, "429 slow"), (500, nil), (401, nil)])
  func whatIsOfNoUseToOthersIsNotTold(status: Int, answer: String?) async {
    let polls = Counter()
    let bench = WatcherBench { _ in
      polls.next() == 1 ? WatcherBench.body("RUNNING") : WatcherBench.body("slow", status)
    }
    await bench.add(1)
    await bench.loop.advance(by: .milliseconds(1))
    #expect(await ask(bench, callers: 2, age: .zero) == [answer, answer])
  }

  @Test func answersNobodyAsksForAreDropped() async {
    let bench = WatcherBench { _ in WatcherBench.body("RUNNING") }
    await bench.add(2)
    await bench.loop.advance(by: .seconds(1))
    _ = await ask(bench)
    #expect(await bench.watcher.asked.kept == 1)
    await bench.loop.advance(by: .seconds(400))
    async let other = bench.watcher.latest(of: 2, notOlderThan: .seconds(3600))
    await eventually { await bench.watcher.asked.holds(2) }
    #expect(await bench.watcher.asked.holds(1) == false)
    await bench.loop.advance(by: .seconds(10))
    #expect(text(await other) == "200 RUNNING")
  }

  @Test func whoWaitsForATaskThatGoesIsTold() async {
    let bench = WatcherBench { _ in nil }
    await bench.add(3)
    let waiting = (1...3).map { row in
      Task { await bench.watcher.latest(of: Int64(row), notOlderThan: .zero) }
    }
    for row in 1...3 { await eventually { await bench.watcher.asked.holds(Int64(row)) } }
    await bench.watcher.remove(row: 1)
    #expect(await waiting[0].value == nil)
    waiting[1].cancel()
    #expect(await waiting[1].value == nil)
    await bench.watcher.stop()
    #expect(await waiting[2].value == nil)
    #expect(await bench.watcher.latest(of: 3, notOlderThan: .zero) == nil)
    #expect(await bench.watcher.asked.isEmpty)
  }

  /// The last bytes of an end are told too, and kept no longer.
  @Test func anEndIsTold() async {
    let polls = Counter()
    let bench = WatcherBench { _ in WatcherBench.body(polls.next() == 1 ? "RUNNING" : "SUCCEEDED") }
    await bench.add(1)
    await bench.loop.advance(by: .milliseconds(1))
    #expect(await ask(bench, age: .zero) == ["200 SUCCEEDED"])
    await eventually { await bench.watcher.count == 0 }
    #expect(await bench.watcher.asked.isEmpty)
  }

  /// Answers are bounded by bytes, not by how many tasks are asked for.
  @Test func answersAreBounded() {
    var asked = AskedTasks()
    let now = Moment(nanoseconds: 0)
    let body = [UInt8](repeating: 1, count: 1 << 20)
    for row in Int64(0)..<200 {
      let moment = now + .seconds(Int(row) / 10)
      _ = asked.answer(of: row, since: moment, at: moment)
      asked.tell(row, LatestAnswer(response: HTTPResponse(status: 200, body: body), at: moment))
      #expect(asked.kept <= 65)
    }
    #expect(asked.holds(199) && !asked.holds(0))
  }
}
