import Model
import TestSupport
import Testing

@testable import Watching

@Suite struct ReloadTests {
  @Test func dueTimesArePulledNearWhereTheyLieBeyondTheNewPace() {
    var due = DueList()
    due.insert(slot: 0, generation: 0, due: .start + .seconds(1))
    for slot in 1...4 { due.insert(slot: slot, generation: 0, due: .start + .seconds(600 + slot)) }
    due.pull(to: .start, spread: .seconds(8))
    var seen: [Int: Double] = [:]
    while let entry = due.pop(at: .start + .seconds(8)) { seen[entry.slot] = (entry.due - .start).seconds }
    #expect(seen.count == 5, "all are due within the spread")
    #expect(seen[0] == 1, "what is due soon stays")
    #expect(Set(seen.values).count > 3, "and they are not due all at once")
  }

  @Test func onlyEntriesThatStillCountAreOverdue() {
    var due = DueList()
    for slot in 0..<10 { due.insert(slot: slot, generation: 0, due: .start + .seconds(slot)) }
    #expect(due.count(until: .start + .seconds(4)) { _, _ in true } == 5)
    #expect(due.count(until: .start + .seconds(4)) { slot, _ in slot % 2 == 0 } == 3)
  }

  @Test func aSourceThatIsDownIsTriedAtOnceByOtherRules() {
    var random = SystemRandomNumberGenerator()
    var gate = SourceGate(rules: WatchRules())
    gate.begin(at: .start)
    _ = gate.end(.refused(reason: "401"), multiplexed: false, at: .start, using: &random)
    #expect(gate.admits(at: .start + .seconds(1)) == .wait(until: .start + .seconds(60)))
    gate.reconfigure(WatchRules(), at: .start + .seconds(1))
    #expect(gate.admits(at: .start + .seconds(1)) == .go)
    #expect(gate.isDown, "until a poll shows that it works")
  }

  @Test func aPauseThatTheAPIAskedForOutlastsAReload() {
    var random = SystemRandomNumberGenerator()
    var gate = SourceGate(rules: WatchRules())
    gate.begin(at: .start)
    _ = gate.end(.throttled(retryAfter: .seconds(100)), multiplexed: false, at: .start, using: &random)
    gate.reconfigure(WatchRules(), at: .start + .seconds(1))
    #expect(gate.admits(at: .start + .seconds(1)) == .wait(until: .start + .seconds(100)))
  }

  @Test func connectionsFollowTheRulesAlsoWhereTheyCarryMany() {
    var random = SystemRandomNumberGenerator()
    var rules = WatchRules()
    rules.rate = Rate(1_000_000, per: .seconds(1))
    rules.connections = 2
    var gate = SourceGate(rules: rules)
    gate.begin(at: .start)
    let seen = PollReading.observed(Observation(status: "RUNNING", state: .running, task: []))
    _ = gate.end(seen, multiplexed: true, at: .start, using: &random)
    rules.connections = 1
    gate.reconfigure(rules, at: .start)
    for _ in 0..<WatchRules.streams { gate.begin(at: .start) }
    #expect(gate.admits(at: .start + .seconds(1)) == .full)
    gate.abandon()
    #expect(gate.admits(at: .start + .seconds(1)) == .go)
  }

  @Test func tasksAreKeptAndPolledByTheNewRules() async {
    var rules = WatchRules()
    rules.every = .seconds(600)
    let bench = WatcherBench(rules: rules) { _ in WatcherBench.body("RUNNING") }
    await bench.add(3)
    await bench.loop.advance(by: .seconds(10))
    #expect(bench.loop.requests.count == 3)
    rules.every = .seconds(6)
    await bench.watcher.reconfigure(
      provider: bench.words, rules: rules, router: FixedRouter(), saving: .nothing, isChanged: true)
    await bench.loop.advance(by: .seconds(6))
    #expect(bench.loop.requests.count == 6, "none waits for ten minutes more")
    #expect(bench.store.events.count == 3, "what was recorded is not told again")
    #expect(await bench.watcher.status.watched == 3)
  }

  @Test func anUnchangedSourceGoesOnAsItWas() async {
    var rules = WatchRules()
    rules.every = .seconds(600)
    let bench = WatcherBench(rules: rules) { _ in WatcherBench.body("RUNNING") }
    await bench.add(1)
    await bench.loop.advance(by: .seconds(1))
    await bench.watcher.reconfigure(
      provider: bench.words, rules: rules, router: FixedRouter(), saving: .nothing, isChanged: false)
    await bench.loop.advance(by: .seconds(60))
    #expect(bench.loop.requests.count == 1)
  }

  @Test func answersToRequestsOfBeforeAreAskedForAnew() async {
    let bench = WatcherBench { _ in WatcherBench.body("RUNNING") }
    bench.loop.holdAnswers()
    await bench.add(1)
    await bench.loop.advance(by: .milliseconds(1))
    #expect(bench.loop.requests.count == 1)
    await bench.watcher.reconfigure(
      provider: bench.words, rules: WatchRules(), router: FixedRouter(), saving: .nothing, isChanged: true)
    bench.loop.releaseAnswers()
    await bench.loop.advance(by: .seconds(1))
    #expect(bench.loop.requests.count == 2)
    #expect(bench.store.events.count == 1)
    #expect(await bench.watcher.status.running == 0)
  }

  @Test func statusAndLiveTasksTellWhatPollsBrought() async {
    let bench = WatcherBench { _ in WatcherBench.body("RUNNING") }
    await bench.add(2)
    await bench.loop.advance(by: .seconds(1))
    let status = await bench.watcher.status
    #expect(status.watched == 2 && status.polls == 2 && status.failures == 0 && status.pollsLastMinute == 2)
    #expect(status.overdue == 0 && status.running == 0 && status.down == nil)
    let live = await bench.watcher.live([1, 2, 99])
    #expect(Set(live.keys) == [1, 2])
    #expect(live[1]?.lastPolled != nil)
    #expect(await bench.watcher.stuckFor == .zero)
  }
}
