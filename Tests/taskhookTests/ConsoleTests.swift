import Foundation
import Logging
import Model
import TestSupport
import Testing

@testable import taskhook

@Suite struct BoardTests {
  private static func seen(_ status: String, _ state: TaskState, _ progress: Double? = nil) -> Observation {
    Observation(status: status, state: state, progress: progress, task: [])
  }

  @Test func aLineATask() {
    var board = Board(ids: ["a", "bb", "a"], at: .start, colour: false)
    board.saw(Self.seen("RUNNING", .running, 0.42), of: "a", at: .start + .seconds(3))
    board.saw(Self.seen("SUCCEEDED", .succeeded), of: "bb", at: .start + .seconds(65))
    #expect(
      board.lines(width: 80, height: 24, now: .start + .seconds(200)) == [
        "a   RUNNING    ████░░░░░░  42%  3m20s",
        "bb  SUCCEEDED  ██████████ 100%  1m5s",
      ])
  }

  @Test func moreTasksThanLines() {
    let ids = (0..<100).map { "t\($0)" }
    var board = Board(ids: ids, at: .start, colour: false)
    for id in ids.prefix(90) { board.saw(Self.seen("FAILED", .failed), of: id, at: .start) }
    let lines = board.lines(width: 80, height: 10, now: .start)
    #expect(lines.count == 9)
    #expect(lines.first?.hasPrefix("t90") == true, "those that run come first")
    #expect(lines.last == "… 100 tasks, 90 ended")
  }

  @Test func nothingPlaysWithTheTerminal() {
    var board = Board(ids: ["x"], at: .start, colour: false)
    board.saw(Self.seen("\u{1B}[2J\u{7}evil", .unknown), of: "x", at: .start)
    let line = board.lines(width: 80, height: 24, now: .start).joined()
    #expect(!line.unicodeScalars.contains { $0.value < 0x20 })
  }
}

@Suite struct TextTests {
  @Test(arguments: [
    (0, "0s"), (59, "59s"), (60, "1m"), (61, "1m1s"), (3600, "1h0m"), (86399, "23h59m"), (90_000, "1d1h"),
    (-5, "0s"),
  ])
  func spans(seconds: Int, text: String) { #expect(Span.text(.seconds(seconds)) == text) }

  @Test func timestampsAreRFC3339() {
    #expect(Timestamp.start.iso8601 == "2026-01-01T00:00:00.000Z")
    #expect(Timestamp(milliseconds: 951_782_399_999).iso8601 == "2000-02-28T23:59:59.999Z")
    #expect(Timestamp(milliseconds: 951_868_799_000).iso8601 == "2000-02-29T23:59:59.000Z")
    #expect(Timestamp(milliseconds: -1).iso8601 == "1969-12-31T23:59:59.999Z")
  }

  @Test(arguments: [
    ("2h", -7_200_000), ("30s", -30_000), ("2d", -172_800_000), ("2026-01-01T00:00:00Z", 0),
    ("2025-12-31T23:59:59.500Z", -500), ("2025-12-31", -86_400_000),
  ])
  func sinceTimes(text: String, offset: Int64) throws {
    #expect(try Since.parse(text, now: .start).milliseconds == Timestamp.start.milliseconds + offset)
  }

  @Test(arguments: ["", "soon", "0s", "-5m", "12", "2026-13-01"])
  func noTimes(text: String) {
    #expect(throws: Failure.self) { try Since.parse(text, now: .start) }
  }

  @Test func tablesAreAsWideAsTheyNeedToBe() {
    var table = Table("A", "LONGER", "C")
    table.add("x", "y", "z\n!")
    #expect(table.lines == ["A  LONGER  C", "x  y       z !"])
  }

  @Test func jsonOnOneLine() {
    #expect(OneLine.json(Array("{\n \"a\":\r\n1}".utf8)) == Array("{  \"a\":  1}".utf8))
  }
}
