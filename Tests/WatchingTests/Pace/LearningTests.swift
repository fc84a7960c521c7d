import Model
import Synchronization
import TestSupport
import Testing

@testable import Watching

/// A watcher that learns: with a scripted source and a clock that is turned by hand.
@Suite struct LearningTests {
  /// Tasks that take `lasting` seconds from when they are first asked for.
  private func bench(
    _ rules: WatchRules = WatchRules(), lasting: Double, body: @escaping @Sendable (String) -> String = { $0 }
  )
    -> WatcherBench
  {
    let begun = Begun()
    let time = Clock()
    let bench = WatcherBench(rules: rules) { request in
      let age = begun.age(of: request.url, at: time.now)
      return WatcherBench.body(body(age >= lasting ? "SUCCEEDED" : "RUNNING"))
    }
    time.source.withLock { $0 = bench.time }
    return bench
  }

  private func add(_ ids: ClosedRange<Int>, to bench: WatcherBench, labels: [String: String] = [:]) async {
    let wall = bench.time.wall
    let records = ids.map { id in
      TaskRecord(
        row: Int64(id), ref: TaskRef(source: "runway", id: "t\(id)"), labels: labels, firstSeen: wall,
        watchedSince: wall)
    }
    await bench.watcher.add(records, spread: false)
    await bench.watcher.start()
  }

  private func gaps(of id: Int, in bench: WatcherBench) -> [Double] {
    let polls = bench.loop.requests.filter { $0.url == "http://test/t\(id)" }.map(\.at)
    return zip(polls, polls.dropFirst()).map { ($1 - $0).seconds }
  }

  @Test func firstTasksArePolledAsEver() async {
    let bench = bench(lasting: 100)
    await add(1...3, to: bench)
    await bench.loop.advance(by: .seconds(120))
    #expect(bench.store.events.count { $0.type == .task(.succeeded) } == 3)
    for id in 1...3 {
      let gaps = gaps(of: id, in: bench)
      #expect(gaps.count >= 15 && gaps.allSatisfy { $0 >= 6 && $0 <= 6.4 })
    }
  }

  @Test func laterOnesAreLeftAloneUntilTheyMayEnd() async {
    let bench = bench(lasting: 100)
    for id in 1...30 {
      await add(id...id, to: bench)
      await bench.loop.advance(by: .seconds(130))
    }
    #expect(await bench.watcher.count == 0)
    await add(31...31, to: bench)
    await bench.loop.advance(by: .seconds(130))
    let gaps = gaps(of: 31, in: bench)
    #expect(gaps.count <= 8 && gaps[0] > 30, "\(gaps)")
    #expect(gaps.allSatisfy { $0 >= 6 && $0 <= 63 }, "no task is polled earlier than poll.every: \(gaps)")
    #expect(gaps.last! <= 7, "and often when it may end: \(gaps)")
  }

  @Test func whatWasLearntOutlivesTheWatcher() async {
    let first = bench(lasting: 100)
    for id in 1...30 {
      await add(id...id, to: first)
      await first.loop.advance(by: .seconds(130))
    }
    let learnt = await first.watcher.learnt(limit: 10)
    #expect(learnt.map(\.kind) == [""] && learnt[0].source == "runway")
    #expect(await first.watcher.learnt(limit: 10).isEmpty)
    let second = bench(lasting: 100)
    await second.watcher.recall(learnt)
    await add(1...1, to: second)
    await second.loop.advance(by: .seconds(130))
    #expect(gaps(of: 1, in: second)[0] > 30)
  }

  @Test func kindsAreToldApartByALabel() async {
    var rules = WatchRules()
    rules.groupBy = .label("model")
    let bench = bench(rules, lasting: 100)
    for id in 1...30 {
      await add(id...id, to: bench, labels: ["model": "slow"])
      await bench.loop.advance(by: .seconds(130))
    }
    #expect(await bench.watcher.learnt(limit: 10).map(\.kind) == ["", "labels.model=slow"])
  }

  @Test func anotherGroupingHoldsAtOnce() async {
    let bench = bench(lasting: 100)
    await add(1...1, to: bench, labels: ["model": "a"])
    await bench.loop.advance(by: .seconds(10))
    var rules = WatchRules()
    rules.groupBy = .label("model")
    await bench.watcher.reconfigure(
      provider: bench.words, rules: rules, router: FixedRouter(), saving: .nothing, isChanged: true)
    await bench.loop.advance(by: .seconds(130))
    #expect(await bench.watcher.learnt(limit: 10).map(\.kind) == ["", "labels.model=a"])
  }

  @Test func aTaskThatIsOlderThanItsWatchTeachesNothing() {
    let now = Timestamp(milliseconds: 1_800_000_000_000)
    let ago = { (seconds: Int64) in Timestamp(milliseconds: now.milliseconds - seconds * 1000) }
    let since = { (created: Timestamp?, state: TaskState) in
      WatchedTask.since(created: created, watchedSince: ago(2), state: state, now: now)
    }
    #expect(since(nil, .running) == 0)
    #expect(since(ago(5), .running) == -3)
    #expect(since(ago(1), .running) == 1)
    #expect(since(ago(600), .running).isNaN)
    #expect(since(ago(600), .pending) == -598, "it has left no state yet")
    #expect(since(ago(-9), .running) == 0, "of a clock that is ahead")
    #expect(since(Timestamp(milliseconds: 0), .pending).isNaN)
  }
}

/// When each task was first asked for.
private final class Begun: Sendable {
  private let moments = Mutex<[String: Moment]>([:])

  func age(of task: String, at now: Moment) -> Double {
    moments.withLock { moments in
      let begun = moments[task] ?? now
      moments[task] = begun
      return (now - begun).seconds
    }
  }
}

/// The bench's clock, which is made after the answers that go by it.
private final class Clock: Sendable {
  let source = Mutex<ManualTime?>(nil)
  var now: Moment { source.withLock { $0?.now ?? .start } }
}
