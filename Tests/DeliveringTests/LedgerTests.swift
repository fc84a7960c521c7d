import Model
import TestSupport
import Testing

@testable import Delivering

@Suite struct LedgerTests {
  private static func entry(_ row: Int64, state: HookState? = nil) -> Ledger.Entry {
    let event = Event(
      type: .task(.running), source: "s", taskID: "t", sequence: 1, timestamp: .start)
    let attempt = AttemptRecord(
      number: 1, at: .start, duration: .zero, error: nil, code: nil, detail: "")
    return Ledger.Entry(
      delivery: ClaimedDelivery(row: row, id: "msg_\(row)", event: event, attempts: 0, tries: 0),
      settlement: Settlement(row: row, hook: "h", result: .delivered, attempt: attempt, hookState: state))
  }

  private static func rows(_ batch: Ledger.Batch?) -> [Int64]? {
    guard case .entries(let entries) = batch else { return nil }
    return entries.map(\.settlement.row)
  }

  @Test func batchesAreInOrderAndBounded() {
    var ledger = Ledger(HookState())
    #expect(ledger.next(HookState()) == nil)
    ledger.add((1...600).map { Self.entry($0) })
    ledger.add([Self.entry(601)])
    #expect(Self.rows(ledger.next(HookState())) == Array(1...500))
    #expect(Self.rows(ledger.next(HookState())) == Array(501...601))
    #expect(ledger.next(HookState()) == nil)
  }

  @Test func theStateIsWrittenWithTheAttemptThatChangedIt() {
    var ledger = Ledger(HookState())
    let down = HookState(down: "d")
    ledger.add([Self.entry(1), Self.entry(2, state: down), Self.entry(3)])
    guard let batch = ledger.next(down), case .entries(let entries) = batch else {
      Issue.record("nothing to write")
      return
    }
    #expect(entries.map(\.settlement.hookState) == [nil, down, nil])
    ledger.wrote(batch)
    #expect(ledger.next(down) == nil)
  }

  /// Another process lifts the pause while attempts that ran before it are not written yet.
  @Test func aResumeIsNotUndone() {
    var ledger = Ledger(HookState())
    let paused = HookState(paused: "410", notBefore: .start, down: "d")
    ledger.add([Self.entry(1, state: paused)])
    let first = ledger.next(paused)!
    ledger.add([Self.entry(2, state: paused)])
    ledger.resumed()
    let state = HookState(down: "d")
    ledger.wrote(first)
    guard case .entries(let entries) = ledger.next(state) else {
      Issue.record("nothing to write")
      return
    }
    #expect(entries.map(\.settlement.hookState) == [state])
    ledger.wrote(.entries(entries))
    #expect(ledger.next(state) == nil)
  }

  @Test func whatWasWrittenBesideAResumeIsWrittenAgain() {
    var ledger = Ledger(HookState())
    let paused = HookState(paused: "410")
    ledger.add([Self.entry(1, state: paused)])
    let batch = ledger.next(paused)!
    ledger.resumed()
    ledger.wrote(batch)
    guard case .state(let state) = ledger.next(HookState()) else {
      Issue.record("nothing to write")
      return
    }
    #expect(state == HookState())
    ledger.wrote(.state(state))
    #expect(ledger.next(HookState()) == nil)
  }

  @Test func whatIsGivenUpIsNotWritten() {
    var ledger = Ledger(HookState())
    ledger.add([Self.entry(1, state: HookState(down: "d"))])
    ledger.giveUp(HookState(down: "d"))
    #expect(ledger.next(HookState(down: "d")) == nil)
  }
}

extension Ledger.Batch: Equatable {
  public static func == (a: Self, b: Self) -> Bool {
    switch (a, b) {
    case (.state(let a), .state(let b)): a == b
    case (.entries(let a), .entries(let b)): a.map(\.settlement.row) == b.map(\.settlement.row)
    default: false
    }
  }
}
