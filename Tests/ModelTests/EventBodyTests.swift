import TestSupport
import Testing

@testable import Model

@Suite struct EventBodyTests {
  private func text(_ event: Event, _ body: EventBody = .event) -> String {
    String(decoding: body.render(.event(event)), as: UTF8.self)
  }

  @Test func aTransition() {
    #expect(
      text(sampleEvent(labels: ["b": "2", "a": "x\"\n"]))
        == #"{"type":"task.succeeded","timestamp":"2026-05-01T12:47:47.351Z","data":{"source":"runway","#
        + #""id":"d0658ae1","status":"SUCCEEDED","state":"succeeded","previous_status":"RUNNING","sequence":3,"#
        + #""labels":{"a":"x\"\n","b":"2"},"files":[],"task":"# + sampleTask + "}}")
  }

  @Test func firstSight() {
    let event = sampleEvent(previous: nil, previousState: nil)
    #expect(text(event).contains(#""previous_status":null,"sequence":3,"labels":{},"#))
    #expect(!text(event).contains("progress\"") && !text(event).contains("reason"))
  }

  @Test func progress() {
    let event = sampleEvent(.progress, progress: 0.25, previousProgress: 0.2)
    #expect(text(event).contains(#""type":"task.progress""#))
    #expect(text(event).contains(#""sequence":3,"progress":0.25,"labels""#))
  }

  @Test func theWatchersOwnEventsSayWhy() {
    let event = sampleEvent(
      .notFound, status: nil, state: nil, previous: nil, task: nil, reason: "unknown for 60s")
    #expect(
      text(event)
        == #"{"type":"task.not_found","timestamp":"2026-05-01T12:47:47.351Z","data":{"source":"runway","#
        + #""id":"d0658ae1","status":null,"state":null,"previous_status":null,"sequence":3,"#
        + #""reason":"unknown for 60s","labels":{},"files":[],"task":null}}"#)
  }

  @Test func aSourcesEventHasNoId() {
    let event = sampleEvent(
      .sourceDown, status: nil, state: nil, previous: nil, id: nil, task: nil, reason: "401")
    #expect(text(event).contains(#""source":"runway","id":null,"status":null"#))
  }

  @Test func theFilesThatWereSaved() {
    var event = sampleEvent()
    event.createdAt = event.timestamp
    event.files = [
      SavedFile(
        url: "https://cdn.example/a.mp4?sig=1", path: "/out/a.mp4", bytes: 12, sha256: "ab",
        contentType: "video/mp4")
    ]
    #expect(
      text(event).contains(
        #""labels":{},"files":[{"url":"https://cdn.example/a.mp4?sig=1","path":"/out/a.mp4","bytes":12,"#
          + #""sha256":"ab","content_type":"video/mp4"}],"task":{"#))
    #expect(!text(event).contains("created_at"))
    #expect(text(event, .task) == sampleTask)
  }

  @Test func everyBodyIsJSON() throws {
    for type in EventType.all {
      let event = sampleEvent(type, id: "\u{1}\"\\\u{7F}/\u{2028}", labels: ["\0": "🎬"], reason: "\u{1B}[1m")
      let root = try JSONDocument(EventBody.event.render(.event(event))).root
      #expect(root["type"]?.string == type.name)
      #expect(root["data"]?["id"]?.string == event.taskID)
      #expect(root["data"]?["labels"]?["\0"]?.string == "🎬")
    }
  }

  @Test(arguments: [
    #"{ "a" : 1.0e+02 ,"unknown":[ ] ,"a":2}"#, #"{"u":"\u00e9\ud83c\udfac","n":12345678901234567890}"#,
  ])
  func theTaskIsLeftByteForByte(task: String) {
    #expect(text(sampleEvent(task: task)).hasSuffix(#""task":"# + task + "}}"))
    #expect(text(sampleEvent(task: task), .task) == task)
  }

  @Test func aTaskThatIsNotThereIsNull() { #expect(text(sampleEvent(task: nil), .task) == "null") }

  @Test(arguments: [
    (0, "1970-01-01T00:00:00.000Z"), (-1, "1969-12-31T23:59:59.999Z"),
    (951_782_400_007, "2000-02-29T00:00:00.007Z"),
    (1_777_639_667_351, "2026-05-01T12:47:47.351Z"), (4_107_542_399_999, "2100-02-28T23:59:59.999Z"),
    (4_107_542_400_000, "2100-03-01T00:00:00.000Z"), (253_402_300_799_999, "9999-12-31T23:59:59.999Z"),
  ])
  func timestamps(milliseconds: Int64, text: String) {
    #expect(Timestamp(milliseconds: milliseconds).iso8601 == text)
  }
}
