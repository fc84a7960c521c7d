import Foundation
import Model
import Server
import TestSupport
import Testing

@testable import taskhook

@Suite struct TaskReportTests {
  private static let file = SavedFile(
    url: "https://cdn.example/a.mp4", path: "/out/a.mp4", bytes: 4_194_304, sha256: "ab12",
    contentType: "video/mp4")

  private static func event(_ type: EventType, _ sequence: Int) -> Event {
    Event(
      type: type, source: "runway", taskID: "a", sequence: sequence, timestamp: .start,
      status: "SUCCEEDED", state: .succeeded, previousStatus: "RUNNING",
      reason: type == .saveFailed ? "output 2: HTTP 404\u{7}" : nil,
      files: type == .task(.succeeded) ? [] : [file])
  }

  private static func history(_ types: [EventType]) -> [HistoryEntry] {
    types.enumerated().map { HistoryEntry(event: event($1, $0 + 1), deliveries: []) }
  }

  private static func pending(_ files: [Int: SaveProgress]) -> PendingSave {
    PendingSave(
      row: 1, ref: TaskRef(source: "runway", id: "a"), event: event(.task(.succeeded), 1),
      outputs: (0..<3).map { TaskOutput(url: "https://cdn.example/\($0)") }, files: files, orderedAt: .start)
  }

  private static func report(_ save: PendingSave?, _ history: [HistoryEntry]) -> TaskReport {
    let task = TaskRecord(
      row: 1, ref: TaskRef(source: "runway", id: "a"), url: "https://api.example/op?key=secret",
      status: "SUCCEEDED", state: .succeeded, sequence: 2, firstSeen: .start,
      createdAt: Timestamp(milliseconds: Timestamp.start.milliseconds - 5000), ending: .terminal)
    return TaskReport(task: task, history: history, save: SaveStatus(save, history))
  }

  @Test func aSaveThatIsPending() {
    let part = PartialFile(path: "/out/.b.part")
    let report = Self.report(
      Self.pending([0: .saved(Self.file), 1: .partial(part)]), Self.history([.task(.succeeded), .saveFailed]))
    #expect(
      report.lines(now: .start).contains(
        "  outputs     being saved, 1 of 3 so far, since 2026-01-01T00:00:00.000Z"))
  }

  @Test(
    arguments: [
      ([.task(.succeeded), .saved], "  outputs     saved, 1 file"),
      ([.task(.succeeded), .saved, .saveFailed], "  outputs     not all saved, 1 file: output 2: HTTP 404 "),
      ([.task(.succeeded), .saveFailed, .saved], "  outputs     saved, 1 file"),
    ] as [([EventType], String)])
  func aSaveThatHasEnded(types: [EventType], line: String) {
    let lines = Self.report(nil, Self.history(types)).lines(now: .start)
    #expect(lines.contains(line))
    #expect(
      lines.filter { $0 == "   /out/a.mp4  4194304 bytes  video/mp4  sha256 ab12" }.count == types.count - 1)
  }

  @Test func nothingToSave() {
    let lines = Self.report(nil, Self.history([.task(.succeeded)])).lines(now: .start)
    #expect(!lines.contains { $0.hasPrefix("  outputs") })
  }

  @Test func theURLOfATaskIsNotShown() throws {
    let report = Self.report(nil, [])
    let lines = report.lines(now: .start)
    #expect(lines.contains { $0.hasPrefix("  url         https://api.example/…#") })
    #expect(lines.contains("  created     2025-12-31T23:59:55.000Z"))
    #expect(!lines.joined().contains("secret"))
    #expect(!String(decoding: report.json, as: UTF8.self).contains("secret"))
  }

  @Test func asJSON() throws {
    let history = Self.history([.task(.succeeded), .saved])
    let ended = try JSONDocument(Self.report(nil, history).json).root
    #expect(ended["task"]?["created_at"]?.string == "2025-12-31T23:59:55.000Z")
    #expect(ended["task"]?["url"]?.string?.hasPrefix("https://api.example/…#") == true)
    #expect(ended["save"]?["state"]?.string == "saved" && ended["save"]?["saved"]?.number == 1)
    #expect(ended["save"]?["outputs"]?.isNull == true && ended["save"]?["reason"]?.isNull == true)
    let files = try #require(ended["events"]?[1]?["files"])
    #expect(SavedFile.list(from: Array(files.bytes)) == [Self.file])
    let pending = try JSONDocument(Self.report(Self.pending([:]), history).json).root
    #expect(pending["save"]?["state"]?.string == "pending" && pending["save"]?["outputs"]?.number == 3)
    let none = try JSONDocument(Self.report(nil, []).json).root
    #expect(none["save"]?.isNull == true)
  }
}
