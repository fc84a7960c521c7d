import Model
import TestSupport
import Testing

@testable import Server

@Suite struct WaitingBytesTests {
  @Test func theOldestGoesFirst() {
    var waiting = WaitingBytes()
    #expect(waiting.since == nil)
    for number in 0..<200 { waiting.add(10, at: .start + .seconds(number)) }
    #expect(waiting.bytes == 2000 && waiting.since == .start)
    for number in 1...199 {
      waiting.left()
      #expect(waiting.bytes == 2000 - number * 10 && waiting.since == .start + .seconds(number))
    }
    waiting.left()
    waiting.left()
    #expect(waiting.bytes == 0 && waiting.since == nil)
  }

  @Test func longBurstsAreWrittenInPieces() {
    let task = "\"" + String(repeating: "x", count: 100_000) + "\""
    let events = (1...10).map { RecordedEvent(row: $0, event: sampleEvent(task: task)) }
    var frames = EventFrames(events)
    let all = frames.pieces(for: EventFilter(), after: 0)
    #expect(all.count == 4 && all.allSatisfy { $0.readableBytes < EventFrames.piece + 101_000 })
    #expect(all.reduce(0) { $0 + $1.readableBytes } > 1_000_000)
    #expect(frames.pieces(for: EventFilter(withTask: false), after: 0).count == 1)
    #expect(frames.pieces(for: EventFilter(), after: 10).isEmpty)
    #expect(frames.pieces(for: EventFilter(id: "other"), after: 0).isEmpty)
  }
}
