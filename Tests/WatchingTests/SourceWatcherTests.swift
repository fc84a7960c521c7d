import Model
import TestSupport
import Testing

@testable import Watching

@Suite struct SourceWatcherTests {
  @Test func aTaskIsPolledAtItsPaceUntilItEnds() async {
    let polls = Counter()
    let bench = WatcherBench { _ in
      let count = polls.next()
      return WatcherBench.body(count < 3 ? "RUNNING \(count)" : "SUCCEEDED")
    }
    await bench.add(1)
    await bench.loop.advance(by: .seconds(60))
    #expect(bench.store.events.map(\.type.name) == ["task.running", "task.succeeded"])
    let requests = bench.loop.requests
    #expect(requests.count == 3, "a task that has ended is polled no more")
    for (earlier, later) in zip(requests, requests.dropFirst()) {
      #expect(later.at - earlier.at >= .seconds(6) && later.at - earlier.at <= .seconds(6.4))
    }
    #expect(await bench.watcher.count == 0)
  }

  @Test func theSameBodyIsNotReadAgain() async {
    let bench = WatcherBench { _ in WatcherBench.body("RUNNING") }
    await bench.add(1)
    await bench.loop.advance(by: .seconds(120))
    #expect(bench.loop.requests.count > 15)
    #expect(bench.words.reads.count.load(ordering: .relaxed) == 1)
    #expect(bench.store.commits.count == 1)
  }

  @Test func aHerdIsSpreadOverThePace() async {
    var rules = WatchRules()
    rules.rate = Rate(10_000, per: .seconds(1))
    rules.connections = 1000
    let bench = WatcherBench(rules: rules) { _ in WatcherBench.body("RUNNING") }
    await bench.add(600, spread: true)
    await bench.loop.advance(by: .seconds(5.999))
    let starts = bench.loop.requests.map { ($0.at - .start).seconds }
    #expect(Set(bench.loop.requests.map(\.url)).count == 600)
    for second in 0..<6 {
      let count = starts.count { Int($0) == second }
      #expect((90...110).contains(count), "second \(second): \(count)")
    }
  }

  @Test func theBudgetOfTheSourceHolds() async {
    let bench = WatcherBench { _ in WatcherBench.body("RUNNING") }
    await bench.add(500)
    await bench.loop.advance(by: .seconds(10))
    let starts = bench.loop.requests.map(\.at)
    #expect((195...202).contains(starts.count))
    for (index, moment) in starts.enumerated() where index >= 21 {
      #expect(moment - starts[index - 21] >= .seconds(1))
    }
  }

  @Test func nothingIsPolledWhileItsChangeIsNotWritten() async {
    let polls = Counter()
    let bench = WatcherBench { _ in WatcherBench.body(polls.next() == 1 ? "PENDING" : "RUNNING") }
    bench.store.failCommits(3)
    await bench.add(1)
    await bench.loop.advance(by: .milliseconds(1))
    await eventually { bench.time.sleepers == 1 }
    #expect(bench.loop.requests.count == 1)
    // 1 s, 2 s and 4 s between the tries.
    for _ in 0..<3 {
      bench.time.advance(by: .seconds(5))
      try? await Task.sleep(for: .milliseconds(5))
    }
    await eventually { bench.store.commits.count == 1 }
    await bench.loop.advance(by: .seconds(10))
    #expect(bench.store.events.map(\.type.name) == ["task.pending", "task.running"], "nothing was lost")
  }

  @Test func aChangeThatContradictsTheStoreHoldsUpNoOther() async {
    let bench = WatcherBench { _ in WatcherBench.body("RUNNING") }
    // The store has an event of t2 that this watch does not know of.
    bench.store.hold(
      TaskRecord(
        row: 2, ref: TaskRef(source: "runway", id: "t2"), status: "PENDING", state: .pending, sequence: 1,
        firstSeen: .start))
    await bench.add(4)
    await bench.loop.advance(by: .seconds(1))
    await eventually { bench.store.events.count >= 3 }
    await bench.loop.advance(by: .seconds(20))
    await eventually { bench.store.events.count == 4 }
    let late = bench.store.events.first { $0.taskID == "t2" }
    #expect(late?.sequence == 2 && late?.previousStatus == "PENDING", "decided anew on what the store has")
    #expect(Set(bench.store.events.compactMap(\.taskID)).count == 4)
  }

  @Test func newIdsAreAskedForEveryThreeSecondsThenGivenUp() async {
    let bench = WatcherBench { _ in WatcherBench.body("", 404) }
    await bench.add(1)
    await bench.loop.advance(by: .seconds(120))
    #expect(bench.store.events.map(\.type.name) == ["task.not_found"])
    let starts = bench.loop.requests.map { ($0.at - .start).seconds }
    #expect(starts.count == 21, "\(starts)")
    #expect(zip(starts, starts.dropFirst()).allSatisfy { $1 - $0 >= 2.999 && $1 - $0 < 3.1 })
  }

  @Test func refusedCredentialsTakeTheSourceDownOnceAndNoTaskWithIt() async {
    let flag = Flag()
    let bench = WatcherBench { _ in flag.isSet ? WatcherBench.body("RUNNING") : WatcherBench.body("", 401) }
    await bench.add(50)
    await bench.loop.advance(by: .seconds(300))
    #expect(bench.store.events.map(\.type.name) == ["source.down"])
    let probes = bench.loop.requests.count
    #expect((4...25).contains(probes), "one a minute, beside those that ran already: \(probes)")
    flag.set()
    await bench.loop.advance(by: .seconds(70))
    #expect(bench.store.events.count { $0.type == .sourceUp } == 1)
    #expect(bench.store.events.count { $0.type == .task(.running) } == 50)
    #expect(bench.store.events.filter { $0.taskID == nil }.map(\.sequence) == [1, 2])
  }

  @Test func aDownSourceIsStillDownAfterARestart() async {
    let bench = WatcherBench(down: "401") { _ in WatcherBench.body("", 401) }
    await bench.add(1)
    await bench.loop.advance(by: .seconds(200))
    #expect(bench.store.events.isEmpty, "told before")
  }

  @Test func failuresBackOffAndTheTaskLives() async {
    let polls = Counter()
    let bench = WatcherBench { _ in
      polls.next() <= 4 ? WatcherBench.body("", 503) : WatcherBench.body("SUCCEEDED")
    }
    await bench.add(1)
    await bench.loop.advance(by: .seconds(120))
    #expect(bench.store.events.map(\.type.name) == ["task.succeeded"])
    let starts = bench.loop.requests.map { ($0.at - .start).seconds }
    let gaps = zip(starts, starts.dropFirst()).map { $1 - $0 }
    for (gap, base) in zip(gaps, [6.0, 12, 24, 48]) { #expect(gap >= base && gap <= base * 1.21) }
  }

  @Test func alarmsDoNotPileUp() async {
    // One task is asked for every 6 s, the other seldom: each alarm for the first is earlier than one that
    // is set for the second.
    let bench = WatcherBench { request in
      request.url.hasSuffix("t1") ? WatcherBench.body("RUNNING") : WatcherBench.body("", 503)
    }
    await bench.add(2)
    await bench.loop.advance(by: .seconds(280))
    #expect(bench.loop.requests.count > 40)
    #expect(bench.loop.timers <= 15, "one that is heeded, and the last minute's that are not")
  }

  @Test func tasksGrowTooOldEvenWhileTheSourceIsDown() async {
    var rules = WatchRules()
    rules.giveUpAfter = .seconds(100)
    let bench = WatcherBench(rules: rules) { _ in WatcherBench.body("", 401) }
    await bench.add(3)
    await bench.loop.advance(by: .seconds(130))
    #expect(bench.store.events.count { $0.type == .timedOut } == 3)
    #expect(await bench.watcher.count == 0)
  }

  @Test func aRemovedTaskIsPolledNoMore() async {
    let bench = WatcherBench { _ in WatcherBench.body("RUNNING") }
    await bench.add(2)
    await bench.loop.advance(by: .seconds(1))
    await bench.watcher.remove(row: 1)
    let before = bench.loop.requests.count
    await bench.loop.advance(by: .seconds(30))
    #expect(bench.loop.requests.dropFirst(before).allSatisfy { $0.url.hasSuffix("t2") })
    #expect(bench.loop.requests.count > before)
  }

  @Test func aJumpOfTheWallClockChangesNothing() async {
    let bench = WatcherBench { _ in WatcherBench.body("RUNNING") }
    await bench.add(1)
    await bench.loop.advance(by: .seconds(10))
    bench.time.jumpWall(by: .seconds(1_000_000))
    await bench.loop.advance(by: .seconds(30))
    bench.time.jumpWall(by: .seconds(-2_000_000))
    await bench.loop.advance(by: .seconds(30))
    #expect(bench.store.events.map(\.type.name) == ["task.running"])
    let starts = bench.loop.requests.map(\.at)
    #expect(zip(starts, starts.dropFirst()).allSatisfy { $1 - $0 >= .seconds(6) && $1 - $0 < .seconds(7) })
  }

  @Test func pollTimesAreHandedOutOnce() async {
    let bench = WatcherBench { _ in WatcherBench.body("RUNNING") }
    await bench.add(30)
    await bench.loop.advance(by: .seconds(20))
    var rows: [Int64] = []
    for _ in 0..<4 { rows += await bench.watcher.untouched(limit: 10).map(\.row) }
    #expect(Set(rows).count == rows.count && rows.count == 30)
  }
}
