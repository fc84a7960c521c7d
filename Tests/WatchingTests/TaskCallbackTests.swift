import Model
import TestSupport
import Testing

@testable import Watching

/// What tasks' own webhooks have to do with watching.
@Suite struct TaskCallbackTests {
  /// Binds each event for its task's own webhook alone.
  private struct CallbackRouter: EventRouter {
    func hooks(for event: Event) -> [String] { event.callback.map { [$0.hook] } ?? [] }
    func wantsProgress(of source: String) -> Bool { false }
    func wantsProgress(_ callback: TaskCallback) -> Bool { callback.on == "progress" }
  }

  private static func callback(_ on: String) -> TaskCallback {
    TaskCallback(url: SecretURL("https://tasks.example/x"), on: on)
  }

  private static func decide(_ callback: TaskCallback?, _ sighting: Sighting) -> Decision {
    var task = DecisionTests.task(status: "RUNNING", state: .running, progress: 0.25, sequence: 2)
    task.callback = callback
    return Decision(
      from: task, of: "runway", seeing: sighting,
      at: Instant(now: .start + .seconds(6), wall: .start), rules: WatchRules(), router: CallbackRouter())
  }

  @Test func eventsBringItAlong() {
    let decision = Self.decide(Self.callback("done"), DecisionTests.seen("SUCCEEDED", .succeeded))
    #expect(decision.events.map(\.event.callback) == [Self.callback("done")])
    #expect(decision.events.map(\.hooks) == [["callback:https://tasks.example"]])
    let lost = Self.decide(Self.callback("done"), .gone("404"))
    #expect(lost.events.map(\.event.callback) == [Self.callback("done")])
  }

  @Test func progressIsRecordedForThoseThatAskForIt() {
    let progress = DecisionTests.seen("RUNNING", .running, 0.5)
    #expect(Self.decide(Self.callback("progress"), progress).events.map(\.event.type) == [.progress])
    for callback in [Self.callback("done"), nil] {
      let decision = Self.decide(callback, progress)
      #expect(!decision.isNews && decision.task.sequence == 2 && decision.task.progress == 0.5)
    }
  }

  @Test func aWatchedTaskMayGetAnother() async {
    let polls = Counter()
    let bench = WatcherBench { _ in WatcherBench.body(polls.next() == 1 ? "PENDING" : "RUNNING") }
    let record = TaskRecord(
      row: 1, ref: TaskRef(source: "runway", id: "t1"), firstSeen: .start, callback: Self.callback("old"))
    await bench.watcher.add([record], spread: false)
    await bench.watcher.start()
    await bench.loop.advance(by: .seconds(1))
    await bench.watcher.set(Self.callback("new"), of: 1)
    await bench.watcher.set(Self.callback("nobody"), of: 99)
    await bench.loop.advance(by: .seconds(10))
    #expect(bench.store.events.map(\.type.name) == ["task.pending", "task.running"])
    #expect(bench.store.events.map(\.callback) == [Self.callback("old"), Self.callback("new")])
  }
}
