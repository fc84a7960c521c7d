import Model
import Testing

@testable import Providers

/// APIs that tell the result only when asked for it.
@Suite struct ResultTests {
  private func provider(
    url: String = "'{task.result_url}'", on: String = "", more: String = "",
    base: String = "https://api.test/v1",
    request: String = Fixtures.request
  ) throws -> MappedProvider {
    try Fixtures.own(
      read: "status: s, result: {url: \(url)\(on)}, cases: [{result_http: [400, 422], status: bad}, "
        + "{result_http: 200, has: result.failure, status: bad}], error: {message: detail}, outputs: {at: result}\(more)",
      request: request, base: base)
  }

  static let done = #"{"s":"fine","result_url":"https://api.test/v1/jobs/t1/result?x=1"}"#

  @Test(arguments: [
    (done, "asks GET https://api.test/v1/jobs/t1/result?x=1"),
    (
      #"{"s":"fine","result_url":"https://API.test:443/elsewhere"}"#,
      "asks GET https://API.test:443/elsewhere"
    ),
    (#"{"s":"busy","result_url":"https://api.test/v1/r"}"#, "observed: busy running"),
    (#"{"s":"bad","result_url":"https://api.test/v1/r"}"#, "observed: bad failed"),
    (
      #"{"s":"fine","result_url":"https://evil.test:8/r?token=s3cret"}"#,
      "failed: the result is at another host, evil.test:8: the key goes to api.test alone"
    ),
    (
      #"{"s":"fine","result_url":"http://api.test/v1/r"}"#,
      "failed: the result is at another host, api.test: the key goes to api.test alone"
    ),
    (
      #"{"s":"fine","result_url":"https://user:pw@api.test/v1/r"}"#,
      "failed: the place of the result is no URL that can be asked"
    ),
    (#"{"s":"fine","result_url":"/r"}"#, "failed: the place of the result is no URL that can be asked"),
    (
      #"{"s":"fine","result_url":"https://api.test/v1/../r"}"#,
      "failed: the place of the result is no URL that can be asked"
    ),
    (
      #"{"s":"fine","result_url":"https://api.test/r\r\nX: y"}"#,
      "failed: the place of the result is no URL that can be asked"
    ),
    (#"{"s":"fine"}"#, "unreadable: the task is fine, but does not say where its result is"),
    (
      #"{"s":"fine","result_url":null}"#, "unreadable: the task is fine, but does not say where its result is"
    ),
    (#"{"s":"fine","result_url":""}"#, "unreadable: the task is fine, but does not say where its result is"),
    (
      #"{"s":"fine","result_url":["x"]}"#,
      "unreadable: the task is fine, but does not say where its result is"
    ),
  ])
  func whatFollowsFromTheFirstAnswer(body: String, expected: String) throws {
    let outcome = try provider().outcome(200, body)
    #expect(outcome == expected)
    #expect(!outcome.contains("s3cret") && !outcome.contains("pw@"))
  }

  @Test(arguments: [
    ("'/jobs/{id}/result'", "asks GET https://api.test/v1/jobs/t%201/result"),
    ("'/files/{task.file.id}?n={task.n}'", "asks GET https://api.test/v1/files/a%2F..%2Fb?n=7"),
    ("'{task.base}/x/{task.file.id}'", "asks GET https://api.test/v9/x/a%2F..%2Fb"),
    ("'/files/{task.other}'", "unreadable: the task is fine, but does not say where its result is"),
    ("'/files/{+id}'", "asks GET https://api.test/v1/files/t%201"),
  ])
  func places(url: String, expected: String) throws {
    let body = #"{"s":"fine","file":{"id":"a/../b"},"n":7,"base":"https://api.test/v9"}"#
    #expect(
      try provider(url: url).outcome(Fixtures.answer(200, body), of: TaskAddress(id: "t 1")) == expected)
  }

  /// A POST asks for the task, and a GET without a body for its result.
  @Test func theSecondRequest() throws {
    let provider = try provider(
      request: "{method: POST, url: '/q', body: {id: '{id}'}, headers: {Authorization: 'Bearer {api_key}'}}")
    guard case .ask(let request) = provider.read(Fixtures.answer(200, Self.done), of: TaskAddress(id: "t1"))
    else {
      Issue.record("no request")
      return
    }
    #expect(request.profile.method == "GET" && request.body == nil)
    #expect(
      request.profile.headers == [
        HTTPHeader("Authorization", "Bearer sk-secret-123"), HTTPHeader("Accept", "application/json"),
        HTTPHeader("User-Agent", Version.userAgent),
      ])
  }

  @Test func onCertainStatusesOnly() throws {
    let provider = try provider(on: ", on: [BAD, Busy]")
    #expect(provider.outcome(200, Self.done) == "observed: fine succeeded")
    #expect(provider.outcome(200, Self.done.replacing("fine", with: "busy")).hasPrefix("asks"))
    #expect(provider.outcome(200, Self.done.replacing("fine", with: "bad")).hasPrefix("asks"))
  }

  private func read(_ status: Int, _ body: String, first: String = done) throws -> (String, String?) {
    let reading = try provider().read(
      Fixtures.answer(200, first), result: Fixtures.answer(status, body), of: TaskAddress(id: "t1"))
    return (reading.summary, reading.observation.map { String(decoding: $0.task, as: UTF8.self) })
  }

  @Test(arguments: [
    (
      200, #" { "video":{"url":"https://cdn/x"}, "n":1.0 } "#,
      #"{ "video":{"url":"https://cdn/x"}, "n":1.0 }"#, "observed: fine succeeded"
    ),
    (200, "[1,2]", "[1,2]", "observed: fine succeeded"), (200, "\"x\"", "\"x\"", "observed: fine succeeded"),
    (201, "null", "null", "observed: fine succeeded"),
    (200, #"{"failure":"nsfw"}"#, #"{"failure":"nsfw"}"#, "observed: bad failed"),
    (
      422, #"{"detail":[{"msg":"bad prompt"}]}"#, #"{"detail":[{"msg":"bad prompt"}]}"#,
      "observed: bad failed"
    ),
    (422, "", "null", "observed: bad failed"), (400, "<html>", "null", "observed: bad failed"),
  ])
  func theResultBecomesAMember(status: Int, body: String, member: String, expected: String) throws {
    let (summary, task) = try read(status, body)
    #expect(summary == expected)
    #expect(task == Self.done.dropLast() + ",\"result\":" + member + "}")
  }

  @Test(arguments: [
    (200, "", "unreadable: the result: HTTP 200 with an empty body"),
    (200, "<html>", "unreadable: the result: HTTP 200 with an HTML page"),
    (401, #"{"detail":"no"}"#, "refused: the result: HTTP 401: no"),
    (403, "", "refused: the result: HTTP 403"),
    (429, "", "throttled: nil"), (404, "", "failed: the result: HTTP 404"),
    (410, "", "failed: the result: HTTP 410"),
    (500, #"{"detail":"boom"}"#, "failed: the result: HTTP 500: boom"),
    (503, "", "failed: the result: HTTP 503"),
    (302, "", "unreadable: the result: HTTP 302"),
  ])
  func aResultThatCannotBeHad(status: Int, body: String, expected: String) throws {
    #expect(try read(status, body).0 == expected)
  }

  @Test func namesThatAreTaken() throws {
    #expect(
      try read(200, "7", first: #"{"s":"fine","result":1,"result_":2, "result_url":"x"}"#).1
        == #"{"s":"fine","result":1,"result_":2, "result_url":"x","result__":7}"#)
    #expect(try read(200, "7", first: #"{ "s":"fine" }"#).1 == #"{ "s":"fine" ,"result":7}"#)
  }

  @Test func outputsAreReadFromIt() throws {
    let provider = try provider()
    let (_, task) = try read(200, #"{"video":{"url":"https://cdn/x"}}"#)
    #expect(
      provider.outputs(of: Array(try #require(task).utf8), at: TaskAddress(id: "t1"))
        == [TaskOutput(url: "https://cdn/x")])
  }

  /// What an object around a task says stays said.
  @Test func withinAnEnvelope() throws {
    let provider = try provider(
      url: "'/r/{id}'", more: ", envelope: {at: data, code: code, fine: ok}, created_at: at")
    let first = Fixtures.answer(200, #"{"code":"ok","s":"fine","at":1700000000,"data":{"s":"busy","x":1}}"#)
    #expect(provider.outcome(first) == "asks GET https://api.test/v1/r/t1")
    let reading = provider.read(first, result: Fixtures.answer(200, "{}"), of: TaskAddress(id: "t1"))
    #expect(reading.summary == "observed: fine succeeded")
    #expect(
      reading.observation.map { String(decoding: $0.task, as: UTF8.self) }
        == #"{"s":"busy","x":1,"result":{}}"#)
    #expect(reading.observation?.createdAt == Timestamp(milliseconds: 1_700_000_000_000))
  }

  /// The first answer counts as ever where it is none.
  @Test func aFirstAnswerThatIsNone() throws {
    let reading = try provider().read(
      Fixtures.answer(404, ""), result: Fixtures.answer(200, "{}"), of: TaskAddress(id: "t1"))
    #expect(reading == .notFound)
  }
}
