import Model
import Testing

@testable import Providers

/// Which object of an answer is the task, byte for byte, and whose status counts.
@Suite struct EnvelopeTests {
  private func read(_ body: String) throws -> Observation? {
    try Fixtures.provider().read(Fixtures.answer(200, body)).observation
  }

  /// Odd spellings that a parser and printer would lose.
  static let task =
    "{ \"z\":1.50,\"id\" :\"d0658ae1\",\"status\":\"RUNNING\", \"n\":1e400,\"m\":-0,\"big\":12345678901234567890,"
    + "\"u\":\"\\u00e9\\/é\",\"new\":{\"a\":[ ]},\"z\":2 }"

  @Test(arguments: [
    ("", ""), ("\u{FEFF} ", "\n"), ("{\"code\":\"success\",\"message\":\"\",\"data\":", "}"),
    ("{\"code\":\"success\",\"data\":{\"task_id\":\"x\",\"status\":\"IN_PROGRESS\",\"data\": ", " } }"),
    ("{\"code\":\"success\",\"data\":{\"data\":", ",\"fail_reason\":\"\"}}"),
    ("{\"data\":", "}"), ("{\"code\":200,\"data\":", "}"), ("{\"code\":0,\"status\":200,\"data\":", "}"),
    ("{\"status\":\"success\",\"data\":", "}"), ("{\"code\":\"success\",\"status\":\"ok\",\"data\":", "}"),
    ("{\"id\":\"e\",\"status\":\"IN_PROGRESS\",\"data\":", "}"),
  ])
  func theTaskIsKeptByteForByte(before: String, after: String) throws {
    let seen = try #require(try read(before + Self.task + after))
    #expect(String(decoding: seen.task, as: UTF8.self) == Self.task)
    #expect(seen.status == "RUNNING" && seen.state == .running)
  }

  /// A task may have a member named like the envelope's.
  @Test(arguments: [
    #"{"id":"a","status":"RUNNING","data":{"status":"fine"}}"#, #"{"id":"a","status":"RUNNING","data":null}"#,
    #"{"id":"a","status":"RUNNING","data":[1]}"#, #"{"id":"a","status":"RUNNING","data":{"id":"b"}}"#,
    #"{"id":"a","status":"RUNNING","code":"x","data":{"frames":3}}"#,
    #"{"status":"RUNNING","data":"text"}"#,
  ])
  func dataOfATaskIsNoEnvelope(body: String) throws {
    let seen = try #require(try read(body))
    #expect(String(decoding: seen.task, as: UTF8.self) == body)
    #expect(seen.status == "RUNNING")
  }

  @Test(arguments: [
    // (status outside, status inside, what counts)
    ("FAILURE", "RUNNING", "FAILURE failed"), ("SUCCESS", "RUNNING", "SUCCESS succeeded"),
    ("FAILURE", "SUCCEEDED", "FAILURE failed"), ("SUCCESS", "FAILED", "SUCCESS succeeded"),
    ("CANCELED", "PENDING", "CANCELED cancelled"), ("FAILURE", "REVIEWING", "FAILURE failed"),
    // Where both mean the same, the task's own word stands.
    ("SUCCESS", "SUCCEEDED", "SUCCEEDED succeeded"), ("FAILURE", "FAILED", "FAILED failed"),
    // An outer status that is not terminal says nothing against the inner one.
    ("IN_PROGRESS", "SUCCEEDED", "SUCCEEDED succeeded"), ("QUEUED", "RUNNING", "RUNNING running"),
    ("NOT_START", "FAILED", "FAILED failed"), ("UNKNOWN", "SUCCEEDED", "SUCCEEDED succeeded"),
  ])
  func aTerminalOuterStatusWins(outer: String, inner: String, expected: String) throws {
    let task = #"{"id":"d","status":"\#(inner)"}"#
    let shapes = [
      #"{"code":"success","message":"","data":{"task_id":"t","status":"\#(outer)","data":\#(task)}}"#,
      #"{"code":"success","data":{"status":"\#(outer)","fail_reason":"https://cdn/x","data":\#(task)}}"#,
      #"{"code":"success","status":"\#(outer)","data":\#(task)}"#,
      #"{"code":"success","status":"\#(outer)","data":{"data":\#(task)}}"#,
    ]
    for shape in shapes {
      let seen = try #require(try read(shape))
      #expect("\(seen.status) \(seen.state)" == expected, "\(shape)")
      #expect(String(decoding: seen.task, as: UTF8.self) == task)
    }
  }

  /// What the outermost object says of the request does not end a task.
  @Test(arguments: ["success", "ok", "error", "fail"])
  func aWordOnTheRequestIsNoStatus(word: String) throws {
    let seen = try read(#"{"code":"success","status":"\#(word)","data":{"id":"d","status":"RUNNING"}}"#)
    #expect(seen?.status == "RUNNING")
  }

  /// Where the innermost object has no status that can be used, the one around it is the task.
  @Test(arguments: ["null", "{}", "[]", "\"\"", #"{"id":"d"}"#, #"{"status":""}"#, #"{"status":1}"#])
  func anInnerObjectWithoutAStatusIsNoTask(inner: String) throws {
    let task = #"{"task_id":"t","status":"QUEUED","progress":"0%","data":\#(inner)}"#
    let seen = try #require(try read(#"{"code":"success","data":\#(task)}"#))
    #expect(seen.status == "QUEUED" && seen.state == .pending && seen.progress == 0)
    #expect(String(decoding: seen.task, as: UTF8.self) == task)
  }

  @Test func aBadInnerStatusIsNamed() throws {
    let reading = try Fixtures.provider().read(
      Fixtures.answer(200, #"{"code":"success","data":{"id":"d","status":7}}"#))
    #expect(reading.summary == "unreadable: HTTP 200 with JSON, but its status is a number")
  }

  /// The inner progress counts, else that of the object around it.
  @Test(
    arguments: [
      (#","progress":0.5"#, #","progress":"10%""#, 0.5), ("", #","progress":"10%""#, 0.1),
      (#","progress":null"#, #","progress":"10%""#, 0.1), ("", "", nil), (#","progress":"x""#, "", nil),
    ] as [(String, String, Double?)])
  func progressFromWithin(inner: String, outer: String, expected: Double?) throws {
    let seen = try read(
      #"{"code":"success","data":{"status":"IN_PROGRESS"\#(outer),"data":{"id":"d","status":"RUNNING"\#(inner)}}}"#
    )
    #expect(seen != nil)
    #expect(seen?.progress == expected)
  }
}
