import Logging
import Model
import TestSupport
import Testing

@testable import Delivering

@Suite struct QueueTableTests {
  private static let time = ManualTime()
  private static let callback = "callback:https://one.example"

  private static func entry(_ name: String) -> Dispatcher.Entry {
    Dispatcher.Entry(name: name, hook: ScriptedHook(time: time) { _ in .delivered }, rules: .callback)
  }

  private static func queue(_ entry: Dispatcher.Entry) -> HookQueue {
    HookQueue(
      name: entry.name, hook: entry.hook, rules: entry.rules, state: HookState(), store: ScriptedStore(),
      router: FixedRouter([]), executor: SerialThread(), time: time,
      log: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() },
      observer: nil)
  }

  /// One that runs, with the queue of hook `a`.
  private static func table(callbacks: Bool = true) -> QueueTable {
    var maker: Dispatcher.CallbackEntry?
    if callbacks { maker = { entry($0) } }
    var table = QueueTable([entry("a")], callbacks: maker)
    table.add(queue(entry("a")), at: .start)
    table.phase = .running
    return table
  }

  private static func opened(_ table: inout QueueTable, at now: Moment = .start) throws -> HookQueue {
    _ = table.call(callback, at: now)
    let opened = table.opened(callback, at: now, make: queue)
    return try #require(opened).0
  }

  private static func name(_ step: QueueTable.Step) -> String {
    switch step {
    case .tell(let queue): "tell \(queue.name)"
    case .open: "open"
    case .nothing: "nothing"
    }
  }

  @Test func onlyQueuesOfCallbacksAreMadeByCalls() {
    var table = Self.table()
    #expect(Self.name(table.call("a", at: .start)) == "tell a")
    #expect(Self.name(table.call("b", at: .start)) == "nothing")
    #expect(
      Self.name(table.call(Self.callback, resumed: true, at: .start)) == "nothing", "it has nothing to do")
    #expect(!table.isBetween)
    #expect(Self.name(table.call(Self.callback, at: .start)) == "open")
    #expect(Self.name(table.call(Self.callback, at: .start)) == "nothing", "that is under way")
    #expect(table.isBetween && table.queues.map(\.name) == ["a"])
    var other = Self.table(callbacks: false)
    #expect(Self.name(other.call(Self.callback, at: .start)) == "nothing")
  }

  @Test func whatIsAskedForWhileItOpensIsKept() throws {
    var table = Self.table()
    _ = table.call(Self.callback, at: .start)
    _ = table.call(Self.callback, resumed: true, at: .start)
    let opened = table.opened(Self.callback, at: .start, make: Self.queue)
    #expect(try #require(opened).1.isResumed && !table.isBetween)
    #expect(Self.name(table.call(Self.callback, at: .start)) == "tell \(Self.callback)")
    #expect(table.opened(Self.callback, at: .start, make: Self.queue) == nil, "it is there")
  }

  @Test func afterTheEndNothingOpens() {
    var table = Self.table()
    _ = table.call(Self.callback, at: .start)
    table.phase = .stopped
    #expect(table.opened(Self.callback, at: .start, make: Self.queue) == nil)
    #expect(Self.name(table.call("a", at: .start)) == "nothing")
    #expect(table.idlers(at: .start + .hours(99)).isEmpty)
  }

  @Test func idleQueuesOfCallbacksMayGo() throws {
    var table = Self.table()
    let queue = try Self.opened(&table)
    #expect(table.idlers(at: .start + QueueTable.idle - .seconds(1)).isEmpty)
    #expect(table.idlers(at: .start + QueueTable.idle).isEmpty, "it was looked a second ago")
    let later = Moment.start + QueueTable.idle + QueueTable.pause
    #expect(table.idlers(at: later).map(\.name) == [Self.callback])
    #expect(table.idlers(at: later + .hours(1)).isEmpty, "it is being asked, and hooks never go")
    #expect(table.asked(queue, isGone: true, at: later) == QueueTable.Calls())
    #expect(table.queues.map(\.name) == ["a"])
    #expect(Self.name(table.call(Self.callback, at: later)) == "open")
  }

  @Test(arguments: [true, false])
  func aCallWhileAQueueIsAskedIsKept(isGone: Bool) throws {
    var table = Self.table()
    let queue = try Self.opened(&table)
    let later = Moment.start + .hours(2)
    #expect(table.idlers(at: later).count == 1 && !table.isBetween)
    #expect(Self.name(table.call(Self.callback, at: later)) == "nothing")
    #expect(table.isBetween)
    #expect(table.asked(queue, isGone: isGone, at: later) == QueueTable.Calls(isWanted: true))
    #expect(Self.name(table.call(Self.callback, at: later)) == (isGone ? "open" : "tell \(Self.callback)"))
  }

  @Test func aCallKeepsAQueue() throws {
    var table = Self.table()
    _ = try Self.opened(&table)
    _ = table.call(Self.callback, at: .start + .hours(2))
    #expect(table.idlers(at: .start + .hours(2.5)).isEmpty)
  }

  @Test func anotherConfig() throws {
    var table = Self.table()
    _ = try Self.opened(&table)
    var turn = table.turn(to: [Self.entry("a"), Self.entry("b")], unchanged: ["a"], callbacks: nil)
    #expect(turn.changed.isEmpty && turn.gone.isEmpty && turn.new == ["b"])
    #expect(table.opened("b", at: .start, make: Self.queue) != nil)

    turn = table.turn(to: [Self.entry("b")], unchanged: [], callbacks: { Self.entry($0) })
    #expect(Set(turn.changed.map(\.queue.name)) == ["b", Self.callback])
    #expect(turn.gone.map(\.name) == ["a"] && turn.new.isEmpty)
    #expect(table.leaving.keys.sorted() == ["a"])
    #expect(Self.name(table.call("a", at: .start)) == "nothing")

    let gone = try #require(turn.gone.first)
    turn = table.turn(to: [Self.entry("a"), Self.entry("b")], unchanged: ["b"], callbacks: nil)
    #expect(turn.new == ["a"] && table.leaving["a"] === gone)
    table.left(gone)
    #expect(table.leaving.isEmpty)
    // Gone again before it is there.
    turn = table.turn(to: [Self.entry("b")], unchanged: ["b"], callbacks: nil)
    #expect(turn.gone.isEmpty && table.opened("a", at: .start, make: Self.queue) == nil)
  }
}

extension Duration {
  fileprivate static func hours(_ count: Double) -> Duration { .seconds(3600 * count) }
}
