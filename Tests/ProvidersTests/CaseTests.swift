import Config
import Model
import Testing

@testable import Providers

/// Cases that give the status of an answer.
@Suite struct CaseTests {
  private func outcome(_ cases: String, _ body: String, http: Int = 200, more: String = "") throws -> String {
    try Fixtures.own(read: "status: s, cases: [\(cases)]\(more)").outcome(http, body)
  }

  /// Boolean completion, with or without an error.
  @Test(arguments: [
    (#"{"done":true,"error":{"code":5}}"#, "observed: bad failed"),
    (#"{"done":true,"response":{}}"#, "observed: fine succeeded"),
    (#"{"done":true,"error":null}"#, "observed: fine succeeded"),
    (#"{"done":true,"error":{}}"#, "observed: fine succeeded"),
    (#"{"done":true,"error":""}"#, "observed: fine succeeded"),
    (#"{"done":true,"error":[]}"#, "observed: fine succeeded"),
    (#"{"done":true,"error":false}"#, "observed: fine succeeded"),
    (#"{"done":true,"error":0}"#, "observed: bad failed"),
    (#"{"done":true,"error":" "}"#, "observed: bad failed"),
    (#"{"done":true,"error":[null]}"#, "observed: bad failed"),
    (#"{"done":false,"s":"busy"}"#, "observed: busy running"), (#"{"s":"busy"}"#, "observed: busy running"),
    // A case comes before the status.
    (#"{"done":true,"s":"busy"}"#, "observed: fine succeeded"),
    // A text is no boolean.
    (#"{"done":"true","s":"busy"}"#, "observed: busy running"),
    (#"{"done":1,"s":"busy"}"#, "observed: busy running"),
    (#"{"done":false}"#, "unreadable: HTTP 200 with JSON, but no status in it"),
  ])
  func done(body: String, expected: String) throws {
    #expect(
      try outcome("{if: {done: true}, has: error, status: bad}, {if: {done: true}, status: fine}", body)
        == expected)
  }

  @Test(arguments: [
    ("{phase: Done}", #"{"phase":"done"}"#, true), ("{phase: Done}", #"{"phase":"DONE"}"#, true),
    ("{phase: Done}", #"{"phase":"done "}"#, false), ("{phase: [a, b]}", #"{"phase":"B"}"#, true),
    ("{phase: [a, b]}", #"{"phase":"c"}"#, false), ("{code: 0}", #"{"code":0}"#, true),
    ("{code: 0}", #"{"code":0.0}"#, true), ("{code: 0}", #"{"code":-0}"#, true),
    ("{code: 0}", #"{"code":"0"}"#, false),
    ("{code: '0'}", #"{"code":"0"}"#, true), ("{code: '0'}", #"{"code":0}"#, false),
    ("{code: 1.5e2}", #"{"code":150}"#, true), ("{a: false}", #"{"a":false}"#, true),
    ("{a: false}", #"{}"#, false), ("{a: 'false'}", #"{"a":false}"#, false),
    ("{a: x, b: y}", #"{"a":"x","b":"y"}"#, true),
    ("{a: x, b: y}", #"{"a":"x"}"#, false), ("{\"a[*].t\": x}", #"{"a":[{"t":"y"},{"t":"x"}]}"#, true),
    ("{\"a[1]\": x}", #"{"a":["x","y"]}"#, false),
    ("{a: 'é'}", #"{"a":"É"}"#, true), ("{a: x}", #"{"a":["x"]}"#, false),
    ("{a: off}", #"{"a":"off"}"#, true),
  ])
  func values(condition: String, body: String, fits: Bool) throws {
    #expect(
      try outcome("{if: \(condition), status: fine}", body)
        == (fits ? "observed: fine succeeded" : "unreadable: HTTP 200 with JSON, but no status in it"))
  }

  /// All conditions of a case, all paths of `has` and of `lacks`.
  @Test(arguments: [
    (#"{"a":1,"b":2}"#, true), (#"{"a":1}"#, false), (#"{"a":1,"b":2,"x":1}"#, false),
    (#"{"a":1,"b":2,"y":"z"}"#, false),
    (#"{"a":1,"b":2,"x":null,"y":""}"#, true), (#"{"a":1,"b":false}"#, false),
  ])
  func allMustHold(body: String, fits: Bool) throws {
    let reading = try outcome("{has: [a, b], lacks: [x, y], status: fine}", body)
    #expect((reading == "observed: fine succeeded") == fits)
  }

  /// Two fields: while there is no conclusion the status counts.
  @Test(arguments: [
    (#"{"s":"completed","conclusion":"success"}"#, "observed: success unknown"),
    (#"{"s":"completed","conclusion":"bad"}"#, "observed: bad failed"),
    (#"{"s":"busy","conclusion":null}"#, "observed: busy running"),
    (#"{"s":"completed"}"#, "observed: completed unknown"),
    (#"{"s":"completed","conclusion":[1]}"#, "observed: completed unknown"),
    (#"{"s":"completed","conclusion":""}"#, "observed: completed unknown"),
  ])
  func theStatusStandsElsewhere(body: String, expected: String) throws {
    #expect(try outcome("{if: {s: completed}, status_at: [nothing, conclusion]}", body) == expected)
  }

  @Test func twoFieldsWithoutCases() throws {
    let provider = try Fixtures.own(read: "status: [conclusion, s]")
    #expect(provider.outcome(200, #"{"s":"completed","conclusion":"fine"}"#) == "observed: fine succeeded")
    #expect(provider.outcome(200, #"{"s":"busy","conclusion":null}"#) == "observed: busy running")
  }

  /// Completion by the HTTP status, with a body or without.
  @Test(arguments: [
    (202, "", "observed: busy running", "{}"), (202, "{}", "observed: busy running", "{}"),
    (202, #"{"s":"queued"}"#, "observed: busy running", #"{"s":"queued"}"#),
    (200, #"{"value":1}"#, "observed: fine succeeded", #"{"value":1}"#),
    (200, "", "observed: fine succeeded", "{}"),
    (201, #"{"s":"queued"}"#, "observed: queued pending", #"{"s":"queued"}"#),
  ])
  func byHTTPStatus(status: Int, body: String, expected: String, task: String) throws {
    let provider = try Fixtures.own(
      read: "status: s, cases: [{http: 202, status: busy}, {http: 200, status: fine}]")
    let reading = provider.read(Fixtures.answer(status, body))
    #expect(reading.summary == expected)
    #expect(reading.observation.map { String(decoding: $0.task, as: UTF8.self) } == task)
  }

  @Test(arguments: [
    (204, "", "unreadable: HTTP 204 with an empty body"),
    (202, "<html>", "unreadable: HTTP 202 with an HTML page"),
    (202, "[]", "unreadable: HTTP 202 with JSON that is an array, not an object"),
    (202, "{", "unreadable: HTTP 202 with a body that is not JSON: the text ends too soon (byte 1)"),
  ])
  func otherAnswersAreReadAsEver(status: Int, body: String, expected: String) throws {
    #expect(try outcome("{http: 202, status: busy}", body, http: status) == expected)
  }

  /// A status that is an error otherwise counts only where a case names it, and all else that the case asks for
  /// holds.
  @Test(arguments: [
    (500, #"{"error":"boom"}"#, "observed: bad failed"), (500, #"{"s":"busy"}"#, "failed: HTTP 500"),
    (500, "", "failed: HTTP 500"), (502, #"{"error":"boom"}"#, "failed: HTTP 502"),
    (404, #"{"id":"t1"}"#, "observed: queued pending"), (404, #"{"x":1}"#, "not found"),
    (404, "", "not found"),
    (410, "", "observed: fine succeeded"), (410, "<html>", "gone: HTTP 410 with an HTML page"),
    (429, #"{"error":"x"}"#, "throttled: nil"), (409, #"{"done":true}"#, "failed: HTTP 409"),
    (404, #"{"s":"gone!","id":"t1"}"#, "observed: queued pending"),
  ])
  func errorsThatAreNone(status: Int, body: String, expected: String) throws {
    let cases =
      "{http: 500, has: error, status: bad}, {http: [404, 425], has: id, status: queued}, "
      + "{http: 410, status: fine}, {if: {done: true}, status: fine}"
    #expect(
      try outcome(cases, body, http: status, more: ", not_found: {words: 'gone!', at: s}") == expected)
  }

  /// What is not there says nothing of the objects around a task, and nothing where the answer tells of an error.
  @Test(
    arguments: [
      (#"{"id":"t1"}"#, "observed: queued pending", "{\"id\":\"t1\"}"),
      (#"{"code":"ok","data":{"id":"t1"}}"#, "observed: queued pending", "{\"id\":\"t1\"}"),
      (
        #"{"code":"ok","data":{"id":"t1","s":"busy"}}"#, "observed: busy running",
        "{\"id\":\"t1\",\"s\":\"busy\"}"
      ),
      (
        #"{"code":"ok","data":{"id":"t1","s":"busy","data":{"url":"x"}}}"#, "observed: busy running",
        "{\"id\":\"t1\",\"s\":\"busy\",\"data\":{\"url\":\"x\"}}"
      ),
      (#"{"code":"no","message":"m"}"#, "failed: HTTP 200 with an error: m", nil),
      (#"{"error":"flat"}"#, "failed: HTTP 200 with an error", nil),
      (#"{"id":"t1","video":"x"}"#, "unreadable: HTTP 200 with JSON, but no status in it", nil),
      (#"{"id":"t1","s":7}"#, "unreadable: HTTP 200 with JSON, but its status is a number", nil),
    ] as [(String, String, String?)])
  func aLackIsAskedLast(body: String, expected: String, task: String?) throws {
    let provider = try Fixtures.own(
      read: "status: s, id: id, cases: [{lacks: [s, error, video], status: queued}], "
        + "envelope: {at: [data, data.data], code: code, fine: ok}, error: {at: error, message: message}")
    let reading = provider.read(Fixtures.answer(200, body))
    #expect(reading.summary == expected)
    #expect(reading.observation.map { String(decoding: $0.task, as: UTF8.self) } == task)
  }

  /// Cases are asked of each object, as the status is.
  @Test(arguments: [
    (#"{"code":"ok","data":{"done":true,"s":"busy"}}"#, "observed: fine succeeded"),
    (#"{"code":"ok","done":true,"data":{"s":"busy"}}"#, "observed: fine succeeded"),
    (#"{"code":"ok","done":true,"data":{"s":"bad"}}"#, "observed: fine succeeded"),
    (#"{"code":"ok","s":"busy","data":{"done":true}}"#, "observed: fine succeeded"),
  ])
  func withinEnvelopes(body: String, expected: String) throws {
    #expect(
      try outcome(
        "{if: {done: true}, status: fine}", body, more: ", envelope: {at: data, code: code, fine: ok}")
        == expected)
  }

  /// Numbers and booleans are statuses where the mapping has a word for them.
  @Test(arguments: [
    (#"{"s":1}"#, "observed: 1 running"), (#"{"s":"1"}"#, "observed: 1 running"),
    (#"{"s":true}"#, "observed: true succeeded"),
    (#"{"s":2}"#, "unreadable: HTTP 200 with JSON, but its status is a number"),
    (#"{"s":1.0}"#, "unreadable: HTTP 200 with JSON, but its status is a number"),
    (#"{"s":false}"#, "unreadable: HTTP 200 with JSON, but its status is true or false"),
    (#"{"s":"2"}"#, "observed: 2 unknown"),
  ])
  func numbersAndBooleans(body: String, expected: String) throws {
    #expect(try Fixtures.own(read: "status: s").outcome(200, body) == expected)
  }

  @Test(arguments: [
    (#"{"s":"BUSY"}"#, 200, "observed: BUSY running"),
    (#"{"code":"NO_SUCH_TASK"}"#, 200, "gone: HTTP 200 (NO_SUCH_TASK)"),
    (#"{"code":"no_such_task","s":"fine"}"#, 500, "gone: HTTP 500 (no_such_task)"),
    ("", 404, "gone: HTTP 404"),
    (#"{"code":"purged"}"#, 404, "not found"), ("", 410, "failed: HTTP 410"),
    (#"{"code":"no_such_task"}"#, 401, "gone: HTTP 401 (no_such_task)"),
  ])
  func whatIsGone(body: String, status: Int, expected: String) throws {
    let provider = try Fixtures.own(
      read: "status: s, not_found: {words: purged, at: code, http: 499}, error: {code: code}, "
        + "gone: {words: [no_such_task, deleted], at: [x, code], http: 404}")
    #expect(provider.outcome(status, body) == expected)
  }
}
