import Model
import Testing

@testable import taskhook

@Suite struct SignalOrderTests {
  private static func again(_ row: Int64) -> Signal {
    .watchAgain(TaskRecord(row: row, ref: ref(row), sequence: 3, firstSeen: .start))
  }

  private static func unwatch(_ row: Int64) -> Signal { .unwatch(row: row, ref: ref(row)) }

  private static func ref(_ row: Int64) -> TaskRef { TaskRef(source: "s", id: "t\(row)") }

  @Test(
    arguments: [
      ([], []),
      ([unwatch(1), again(1)], [again(1)]),
      ([again(1), unwatch(1)], [unwatch(1)]),
      ([unwatch(1), again(1), unwatch(1), again(1)], [again(1)]),
      ([unwatch(1), again(2), again(1)], [again(2), again(1)]),
      ([.tasksAdded, unwatch(1), again(1)], [again(1), .tasksAdded]),
      (
        [.resumed(hook: "h"), .tasksAdded, .replayed(hook: "h")],
        [.resumed(hook: "h"), .replayed(hook: "h"), .tasksAdded]
      ),
    ] as [([Signal], [Signal])])
  func theLastWordOnATaskCounts(_ signals: [Signal], _ expected: [Signal]) {
    #expect(SignalOrder.of(signals) == expected)
  }
}
