import Model
import Testing

@testable import Providers

/// APIs that answer for many tasks at once.
@Suite struct BatchTests {
  static let read = "items: [data, jobs], id: [id, task.id], status: s, envelope: {code: code, fine: ok}"
  static let request = "{url: '/jobs?ids={ids}', batch: 50}"

  private func provider(_ read: String = read, _ request: String = request) throws -> MappedProvider {
    try Fixtures.own(
      read: read
        + ", not_found: {words: unknown, at: [code, why], null_at: data}, gone: {words: purged, at: why}, error: {message: message}",
      request: request)
  }

  private func read(_ status: Int, _ body: String, _ ids: [String] = ["a", "b"]) throws -> [String] {
    try provider().read(Fixtures.answer(status, body), of: ids.map { TaskAddress(id: $0) }).map(\.summary)
  }

  @Test func oneRequestForAll() throws {
    let provider = try provider()
    #expect(provider.batch == 50)
    let tasks = ["a", "b c", "d,e"].map { TaskAddress(id: $0) }
    #expect(try provider.request(for: tasks).url == "https://api.test/v1/jobs?ids=a,b%20c,d%2Ce")
    #expect(try provider.request(for: "a").url == "https://api.test/v1/jobs?ids=a")
    #expect(try Fixtures.provider().batch == 1)
  }

  @Test(arguments: [
    // Whatever their order, and whatever else is there.
    (
      #"{"data":[{"id":"b","s":"fine"},{"id":"x","s":"bad"},{"id":"a","s":"busy"}]}"#,
      ["observed: busy running", "observed: fine succeeded"]
    ),
    (#"{"jobs":[{"task":{"id":"a"},"s":"busy"}]}"#, ["observed: busy running", "not found"]),
    // By their keys.
    (
      #"{"data":{"a":{"s":"busy"},"b":{"s":"REVIEW"}}}"#,
      ["observed: busy running", "observed: REVIEW unknown"]
    ),
    (#"{"data":[]}"#, ["not found", "not found"]), (#"{"data":{}}"#, ["not found", "not found"]),
    (#"{"data":[null,1,"a",[],{"s":"busy"}]}"#, ["not found", "not found"]),
    // The first of two.
    (#"{"data":[{"id":"a","s":"busy"},{"id":"a","s":"fine"}]}"#, ["observed: busy running", "not found"]),
    // What one says is no matter of the others.
    (
      #"{"data":[{"id":"a","s":"busy"},{"id":"b","s":3}]}"#,
      [
        "observed: busy running",
        "unreadable: HTTP 200 with JSON, but of one of its tasks its status is a number",
      ]
    ),
    (
      #"{"data":[{"id":"a"},{"id":"b","why":"unknown"}]}"#,
      ["unreadable: HTTP 200 with JSON, but no status in one of its tasks", "not found"]
    ),
    (
      #"{"data":[{"id":"a","s":"busy"},{"id":"b","why":"PURGED","message":"too old"}]}"#,
      ["observed: busy running", "gone: HTTP 200: too old"]
    ),
  ])
  func eachTaskIsReadByItsID(body: String, expected: [String]) throws {
    #expect(try read(200, body) == expected)
  }

  @Test(arguments: [
    (500, #"{"message":"boom"}"#, "failed: HTTP 500: boom"), (401, "", "refused: HTTP 401"),
    (404, "", "not found"),
    (410, "", "gone: HTTP 410"), (429, "", "throttled: nil"), (302, "", "unreadable: HTTP 302"),
    (200, "", "unreadable: HTTP 200 with an empty body"), (200, #"{"code":"unknown"}"#, "not found"),
    (200, #"{"code":"ok","data":null}"#, "not found"),
    (200, #"{"code":"no","message":"m","data":null}"#, "failed: HTTP 200 with an error: m"),
    (200, #"{"message":"hello"}"#, "unreadable: HTTP 200 with JSON, but no tasks in it; it says: hello"),
    (200, #"{"data":"x"}"#, "unreadable: HTTP 200 with JSON, but no tasks in it"),
    (200, "[]", "unreadable: HTTP 200 with JSON, but no tasks in it"),
  ])
  func whatFailsFailsForAll(status: Int, body: String, expected: String) throws {
    #expect(try read(status, body) == [expected, expected])
  }

  @Test func idsThatAreNumbers() throws {
    #expect(
      try read(200, #"{"data":[{"id":12,"s":"fine"}]}"#, ["12", "012"]) == [
        "observed: fine succeeded", "not found",
      ])
  }

  /// The answer to one task, as the watcher asks for it where it stands alone.
  @Test func oneTask() throws {
    let provider = try provider()
    let list = Fixtures.answer(200, #"{"data":[{"id":"b","s":"busy"},{"id":"t1","s":"fine"}]}"#)
    #expect(provider.outcome(list) == "observed: fine succeeded")
    #expect(provider.outcome(200, #"{"data":[]}"#) == "not found")
    let alone = Fixtures.answer(200, #"{"id":"t1","s":"busy"}"#)
    #expect(provider.outcome(alone) == "unreadable: HTTP 200 with JSON, but no tasks in it")
    let own = TaskAddress(id: "t1", url: "https://api.test/v1/jobs/t1")
    #expect(provider.outcome(alone, of: own) == "observed: busy running")
    #expect(provider.outcome(list, of: own) == "observed: fine succeeded")
    // As in a file that a person has.
    #expect(provider.read(alone).summary == "observed: busy running")
    #expect(
      provider.read(Fixtures.answer(200, #"{"data":[{"id":"z","s":"busy"}]}"#)).summary
        == "observed: busy running")
    #expect(provider.read(list).summary == "not found")
  }

  @Test func theTaskIsKeptByteForByteAndMayBeWrapped() throws {
    let provider = try Fixtures.own(
      read: "items: data, id: id, status: s, envelope: {at: task}", request: Self.request)
    let inner = #"{ "id":"i","s":"busy","n":1.0 }"#
    let answer = Fixtures.answer(
      200, #"{"data":[{"id":"a","s":"fine","task":\#(inner)},{"id":"b","task":\#(inner)}]}"#)
    let readings = provider.read(answer, of: [TaskAddress(id: "a"), TaskAddress(id: "b")])
    #expect(readings.map(\.summary) == ["observed: fine succeeded", "observed: busy running"])
    #expect(readings.allSatisfy { $0.observation.map { String(decoding: $0.task, as: UTF8.self) } == inner })
  }

  @Test func aThousandTasks() throws {
    let ids = (0..<1000).map { "task-\($0)" }
    let body = ids.reversed().map { #"{"id":"\#($0)","s":"busy"}"# }.joined(separator: ",")
    #expect(try read(200, #"{"data":[\#(body)]}"#, ids) == ids.map { _ in "observed: busy running" })
  }
}
