import Model
import TestSupport
import Testing

@testable import Server

/// The JSON forms that callers and the command line share, member by member.
@Suite struct FormTests {
  private static func text(_ bytes: [UInt8]) -> String { String(decoding: bytes, as: UTF8.self) }

  @Test func aTask() {
    var task = TaskRecord(
      ref: TaskRef(source: "runway", id: "a"), url: "https://api.example/op?key=secret",
      labels: ["b": "2", "a": "1"],
      status: "RUNNING", state: .running, progress: 0.25, firstSeen: .start, changedAt: .start,
      callback: TaskCallback(
        url: SecretURL("https://h.example/secret"), secret: Secret("hidden"), on: #"["FAILED"]"#))
    #expect(
      Self.text(TaskJSON.bytes(task)) == #"{"source":"runway","id":"a","status":"RUNNING","state":"running","#
        + #""progress":0.25,"labels":{"a":"1","b":"2"},"first_seen":"2026-01-01T00:00:00.000Z","#
        + #""changed_at":"2026-01-01T00:00:00.000Z","last_polled":null,"ended":null,"created_at":null,"#
        + #""url":"\#(SecretURL("https://api.example/op?key=secret"))","#
        + #""callback":{"url":"\#(SecretURL("https://h.example/secret"))","on":["FAILED"]}}"#)
    task.ending = .timedOut
    task.callback = nil
    #expect(Self.text(TaskJSON.bytes(task)).contains(#""ended":"timed_out""#))
    #expect(Self.text(TaskJSON.bytes(task)).hasSuffix(#""callback":null}"#))
  }

  private static func delivery(about hook: String? = nil) -> DeliveryRow {
    DeliveryRow(
      row: 1, id: "msg_1", hook: "pipeline", eventType: hook == nil ? .task(.failed) : .hookDown,
      source: hook == nil ? "runway" : "", aboutHook: hook, taskID: hook == nil ? "a" : nil, sequence: 2,
      state: .ready, attempts: 1, createdAt: .start, nextAttempt: .start, lastError: "HTTP 500")
  }

  @Test func aDelivery() {
    #expect(
      Self.text(DeliveryJSON.bytes(Self.delivery()))
        == #"{"id":"msg_1","hook":"pipeline","event":"task.failed","source":"runway","task":"a","state":"ready","#
        + #""attempts":1,"next_attempt":"2026-01-01T00:00:00.000Z","last_error":"HTTP 500","#
        + #""created_at":"2026-01-01T00:00:00.000Z"}"#)
    #expect(
      Self.text(DeliveryJSON.bytes(Self.delivery(about: "other")))
        .contains(#""event":"hook.down","source":null,"task":null,"about_hook":"other","state""#))
  }

  @Test func aHistory() throws {
    let file = SavedFile(
      url: "https://x/1.mp4", path: "/o/1.mp4", bytes: 9, sha256: "ab", contentType: "video/mp4")
    var success = sampleEvent(task: "{\n\"a\": 1}")
    success.files = [file]
    let attempt = AttemptRecord(
      number: 1, at: .start, duration: .milliseconds(12), error: "HTTP 500", code: 500, detail: "no")
    let history = [HistoryEntry(event: success, deliveries: [(Self.delivery(), [attempt])])]
    let task = TaskRecord(ref: TaskRef(source: "runway", id: "a"), firstSeen: .start)
    var writer = JSONWriter()
    HistoryJSON.write(
      task, save: SaveStatus(nil, history),
      outputs: [TaskOutput(url: "https://x/1.mp4"), TaskOutput(url: "https://x/2")],
      history: history, to: &writer)
    let root = try JSONDocument(writer.bytes).root
    #expect(root.members.map(\.key) == ["task", "save", "outputs", "events"])
    #expect(root["save"]?.isNull == true)
    #expect(root["outputs"]?[0]?["content_type"]?.string == "video/mp4")
    #expect(root["outputs"]?[1]?["content_type"]?.isNull == true)
    let event = try #require(root["events"]?[0])
    #expect(
      event.members.map(\.key) == [
        "id", "type", "timestamp", "sequence", "status", "state", "previous_status", "reason", "files",
        "task",
        "deliveries",
      ])
    #expect(Self.text(Array(event["task"]?.bytes ?? [])) == #"{ "a": 1}"#)
    let told = try #require(event["deliveries"]?[0]?["attempts"]?[0])
    #expect(
      Self.text(Array(told.bytes))
        == #"{"number":1,"at":"2026-01-01T00:00:00.000Z","duration_ms":12,"code":500,"error":"HTTP 500","detail":"no"}"#
    )
  }

  @Test func aSave() {
    let event = sampleEvent(.saveFailed, reason: "output 2: HTTP 404")
    let status = SaveStatus(nil, [HistoryEntry(event: event, deliveries: [])])
    var writer = JSONWriter()
    status?.write(to: &writer)
    #expect(
      Self.text(writer.bytes)
        == #"{"state":"failed","since":"2026-05-01T12:47:47.351Z","saved":0,"outputs":null,"reason":"output 2: HTTP 404"}"#
    )
    let pending = PendingSave(
      row: 1, ref: TaskRef(source: "runway", id: "a"), event: event,
      outputs: [TaskOutput(url: "https://x/1")],
      orderedAt: .start)
    #expect(SaveStatus(pending, [])?.state == .pending && SaveStatus(pending, [])?.outputs == 1)
    #expect(SaveStatus(nil, []) == nil)
  }
}
