import Model
import TestSupport
import Testing

@testable import Server

@Suite struct CursorTests {
  @Test(arguments: [0, 1, 12, 12345, Int64.max]) func cursorsComeBack(row: Int64) {
    for newestFirst in [true, false] {
      let cursor = Cursor(row: row, newestFirst: newestFirst)
      #expect(Cursor(cursor.text) == cursor)
      #expect(cursor.text.allSatisfy { $0.isLetter || $0.isNumber || $0 == "-" || $0 == "_" })
    }
  }

  @Test(arguments: ["", "x", "bjEy=", "bjEy\n", "bi0x", "eDEy", "bjk5OTk5OTk5OTk5OTk5OTk5OTk5OTk"])
  func othersAreNone(text: String) { #expect(Cursor(text) == nil) }

  @Test func timesBack() {
    #expect(SinceText.parse("2026-05-01T12:47:47.351Z", now: .start) == sampleTime)
    #expect(
      SinceText.parse("2h", now: .start) == Timestamp(milliseconds: Timestamp.start.milliseconds - 7_200_000))
    #expect(SinceText.parse("yesterday", now: .start) == nil)
    #expect(SinceText.parse("106751d", now: .start) == Timestamp(milliseconds: 0))
  }
}
