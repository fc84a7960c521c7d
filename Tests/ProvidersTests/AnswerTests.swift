import Model
import Testing

@testable import Providers

/// Every row of the polling table, and every oddity known of CometAPI and Runway, as the Runway preset reads it.
@Suite struct AnswerTests {
  static let task = #"{"id":"d0658ae1","status":"RUNNING"}"#

  @Test(
    arguments: [
      // A status, in 2xx alone.
      (200, task, "observed: RUNNING running"),
      (201, task, "observed: RUNNING running"),
      (202, task, "observed: RUNNING running"),
      (299, task, "observed: RUNNING running"),
      (200, "\u{FEFF}" + task, "observed: RUNNING running"),
      (200, #"{"id":"a","status":"PENDING"}"#, "observed: PENDING pending"),
      (200, #"{"id":"a","status":"THROTTLED"}"#, "observed: THROTTLED throttled"),
      (200, #"{"id":"a","status":"SUCCEEDED"}"#, "observed: SUCCEEDED succeeded"),
      (200, #"{"id":"a","status":"FAILED"}"#, "observed: FAILED failed"),
      (200, #"{"id":"a","status":"CANCELLED"}"#, "observed: CANCELLED cancelled"),
      (200, #"{"id":"a","status":"succeeded"}"#, "observed: succeeded succeeded"),
      (200, #"{"id":"a","status":"succeed"}"#, "observed: succeed succeeded"),
      (200, #"{"id":"a","status":"success"}"#, "observed: success succeeded"),
      (200, #"{"status":"success"}"#, "observed: success succeeded"),
      (200, #"{"id":"a","status":"Completed"}"#, "observed: Completed succeeded"),
      (200, #"{"id":"a","status":"done"}"#, "observed: done succeeded"),
      (200, #"{"id":"a","status":"failure"}"#, "observed: failure failed"),
      (200, #"{"id":"a","status":"error"}"#, "observed: error failed"),
      (200, #"{"id":"a","status":"canceled"}"#, "observed: canceled cancelled"),
      (200, #"{"id":"a","status":"expired"}"#, "observed: expired expired"),
      (200, #"{"id":"a","status":"queued"}"#, "observed: queued pending"),
      (200, #"{"id":"a","status":"NOT_START"}"#, "observed: NOT_START pending"),
      (200, #"{"id":"a","status":"IN_PROGRESS"}"#, "observed: IN_PROGRESS running"),
      (200, #"{"id":"a","status":"\u0052UNNING"}"#, "observed: RUNNING running"),
      (200, #"{"id":"a","status":"PENDING","status":"RUNNING"}"#, "observed: RUNNING running"),
      // Words that are in no table are told as they are.
      (200, #"{"id":"a","status":"REVIEWING"}"#, "observed: REVIEWING unknown"),
      (200, #"{"id":"a","status":"succeeded!"}"#, "observed: succeeded! unknown"),
      (200, #"{"id":"a","status":" SUCCEEDED"}"#, "observed:  SUCCEEDED unknown"),
      (200, #"{"id":"a","status":"処理中"}"#, "observed: 処理中 unknown"),
      // What a task says of itself is no error.
      (
        200, #"{"id":"a","status":"SUCCESS","fail_reason":"https://cdn/x.mp4"}"#,
        "observed: SUCCESS succeeded"
      ),
      (
        200, #"{"id":"a","status":"FAILED","failure":"x","failureCode":"SAFETY.INPUT"}"#,
        "observed: FAILED failed"
      ),
      (200, #"{"id":"a","status":"FAILED","error":{"code":"x","message":"m"}}"#, "observed: FAILED failed"),
      (200, #"{"id":"a","status":"RUNNING","error":null,"message":"ok"}"#, "observed: RUNNING running"),
      (200, #"{"id":"a","status":"RUNNING","code":404}"#, "observed: RUNNING running"),

      // Not found, whatever the HTTP status.
      (400, #"{"code":"task_not_exist","message":"no such task","data":null}"#, "not found"),
      (200, #"{"code":"task_not_exist","message":"","data":null}"#, "not found"),
      (200, #"{"status":"task_not_exist"}"#, "not found"),
      (200, #"{"id":"a","status":"task_not_exist"}"#, "not found"),
      (200, #"{"message":"task_not_exist"}"#, "not found"),
      (200, #"{"error":{"code":"task_not_exist","message":"x"}}"#, "not found"),
      (500, #"{"error":{"code":"task_not_exist"}}"#, "not found"),
      (500, #"{"code":"TASK_NOT_EXIST"}"#, "not found"),
      (401, #"{"message":"task_not_exist"}"#, "not found"),
      (403, #"{"code":"task_not_exist"}"#, "not found"),
      (429, #"{"code":"task_not_exist"}"#, "not found"),
      (200, #"{"code":"success","data":{"status":"task_not_exist"}}"#, "not found"),
      (200, #"{"code":"success","data":null}"#, "not found"),
      (200, #"{"code":"success","message":"","data":null}"#, "not found"),
      (404, "", "not found"),
      (404, "404 page not found", "not found"),
      (404, #"{"error":"no such task"}"#, "not found"),
      (404, #"{"status":404,"error":"Not Found"}"#, "not found"),
      (404, #"{"status":"error","message":"not found"}"#, "not found"),
      (404, "<html><body>404</body></html>", "not found"),
      // A longer word is another word.
      (400, #"{"code":"task_not_exists_yet"}"#, "failed: HTTP 400 (task_not_exists_yet)"),
      (400, #"{"message":"error: task_not_exist"}"#, "failed: HTTP 400: error: task_not_exist"),

      // Credentials.
      (
        401,
        #"{"error":{"message":"Invalid token","type":"comet_api_error","param":"","code":"invalid_api_key"}}"#,
        "refused: HTTP 401: Invalid token (invalid_api_key)"
      ),
      (401, "", "refused: HTTP 401"),
      (403, #"{"message":"quota exhausted"}"#, "refused: HTTP 403: quota exhausted"),
      (403, "<html>Forbidden</html>", "refused: HTTP 403 with an HTML page"),
      (403, "Forbidden\n", "refused: HTTP 403: Forbidden"),
      (401, task, "refused: HTTP 401"),
      (403, #"{"status":"FAILED","id":"a"}"#, "refused: HTTP 403"),

      // Passing trouble: nothing of it is an observation.
      (408, "", "failed: HTTP 408"), (425, "", "failed: HTTP 425"), (500, "", "failed: HTTP 500"),
      (502, "<html><h1>Bad Gateway</h1>", "failed: HTTP 502 with an HTML page"),
      (503, task, "failed: HTTP 503"), (504, "upstream timed out", "failed: HTTP 504: upstream timed out"),
      (524, "error code: 524", "failed: HTTP 524: error code: 524"),
      (500, #"{"status":"error","message":"boom"}"#, "failed: HTTP 500: boom"),
      (500, #"{"id":"a","status":"FAILED"}"#, "failed: HTTP 500"),
      (500, #"{"error":{"message":"x","code":"invalid_request"}}"#, "failed: HTTP 500: x (invalid_request)"),
      (400, #"{"error":{"message":"invalid id","code":null}}"#, "failed: HTTP 400: invalid id"),
      (400, task, "failed: HTTP 400"), (402, "", "failed: HTTP 402"), (410, "", "gone: HTTP 410"),
      (422, #"{"detail":"no uuid"}"#, "failed: HTTP 422: no uuid"), (600, task, "failed: HTTP 600"),
      (400, #"{"message":"m","code":4001}"#, "failed: HTTP 400: m (4001)"),
      (500, #"{"error":"flat"}"#, "failed: HTTP 500: flat"),
      // An error that came with 200.
      (
        200, #"{"error":{"message":"rate limited","code":"busy"}}"#,
        "failed: HTTP 200 with an error: rate limited (busy)"
      ),
      (200, #"{"status":"error","error":{"message":"rate limited"}}"#, "failed: HTTP 200: rate limited"),
      (
        200, #"{"code":"fail_to_fetch_task","message":"upstream","data":null}"#,
        "failed: HTTP 200 with an error: upstream (fail_to_fetch_task)"
      ),
      (200, #"{"code":"invalid_key","data":null}"#, "failed: HTTP 200 with an error (invalid_key)"),

      // What no task API answers.
      (200, "", "unreadable: HTTP 200 with an empty body"),
      (200, " \n", "unreadable: HTTP 200 with an empty body"),
      (204, "", "unreadable: HTTP 204 with an empty body"),
      (200, "<!DOCTYPE html><title>x</title>", "unreadable: HTTP 200 with an HTML page"),
      (200, "\n  <html>", "unreadable: HTTP 200 with an HTML page"),
      (200, "OK", "unreadable: HTTP 200 with a body that is not JSON: a value was expected (byte 0)"),
      (
        200, #"{"id":"a","status":"RUNNING""#,
        "unreadable: HTTP 200 with a body that is not JSON: the text ends too soon (byte 28)"
      ),
      (
        200, task + task,
        "unreadable: HTTP 200 with a body that is not JSON: something follows the value (byte 36)"
      ),
      (200, "[\(task)]", "unreadable: HTTP 200 with JSON that is an array, not an object"),
      (200, "null", "unreadable: HTTP 200 with JSON that is null, not an object"),
      (200, "\"RUNNING\"", "unreadable: HTTP 200 with JSON that is a text, not an object"),
      (200, "{}", "unreadable: HTTP 200 with JSON, but no status in it"),
      (200, #"{"id":"a"}"#, "unreadable: HTTP 200 with JSON, but no status in it"),
      (200, #"{"id":"a","status":null}"#, "unreadable: HTTP 200 with JSON, but no status in it"),
      (200, #"{"data":null}"#, "unreadable: HTTP 200 with JSON, but no status in it"),
      (200, #"{"code":"success"}"#, "unreadable: HTTP 200 with JSON, but no status in it"),
      (200, #"{"code":"success","data":{}}"#, "unreadable: HTTP 200 with JSON, but no status in it"),
      (200, #"{"message":"hello"}"#, "unreadable: HTTP 200 with JSON, but no status in it; it says: hello"),
      (200, #"{"id":"a","status":3}"#, "unreadable: HTTP 200 with JSON, but its status is a number"),
      (
        200, #"{"id":"a","status":{"stage":"RUNNING"}}"#,
        "unreadable: HTTP 200 with JSON, but its status is an object"
      ),
      (200, #"{"id":"a","status":true}"#, "unreadable: HTTP 200 with JSON, but its status is true or false"),
      (
        200, #"{"id":"a","status":["RUNNING"]}"#, "unreadable: HTTP 200 with JSON, but its status is an array"
      ),
      (200, #"{"id":"a","status":""}"#, "unreadable: HTTP 200 with JSON, but its status is empty"),
      (200, #"{"id":"a","status":" \t"}"#, "unreadable: HTTP 200 with JSON, but its status is empty"),
      (
        200, #"{"id":"a","status":"A\nB"}"#,
        "unreadable: HTTP 200 with JSON, but its status has control characters in it"
      ),
      (
        200, #"{"id":"a","status":"A\u202eB"}"#,
        "unreadable: HTTP 200 with JSON, but its status has control characters in it"
      ),
      (304, "", "unreadable: HTTP 304"),
    ] as [(Int, String, String)])
  func readings(status: Int, body: String, expected: String) throws {
    #expect(try Fixtures.provider().read(Fixtures.answer(status, body)).summary == expected)
  }

  @Test func statusesAreBounded() throws {
    let provider = try Fixtures.provider()
    func read(_ word: String) -> PollReading {
      provider.read(Fixtures.answer(200, #"{"id":"a","status":"\#(word)"}"#))
    }
    let longest = String(repeating: "é", count: 200)
    #expect(read(longest).observation?.status == longest)
    #expect(read(longest + "x").hint != nil)
  }

  @Test(arguments: [
    ("2", "2000ms"), ("0.5", "500ms"), ("7200", "3600000ms"), ("-1", "nil"), ("0", "nil"), ("soon", "nil"),
    ("99999999999999999999", "3600000ms"), ("Sun, 06 Nov 1994 08:49:37 GMT", "30000ms"),
    ("Sunday, 06-Nov-94 08:49:37 GMT", "30000ms"), ("Sun Nov  6 08:49:37 1994", "30000ms"),
    ("Sun, 06 Nov 1994 08:49:07 GMT", "nil"), ("Mon, 07 Nov 1994 08:49:07 GMT", "3600000ms"),
  ])
  func throttled(retryAfter: String, expected: String) throws {
    let answer = Fixtures.answer(
      429, #"{"id":"a","status":"FAILED"}"#, headers: [HTTPHeader("retry-AFTER", retryAfter)])
    #expect(try Fixtures.provider().read(answer).summary == "throttled: \(expected)")
    #expect(try Fixtures.provider().read(Fixtures.answer(429, "")).summary == "throttled: nil")
  }

  @Test(arguments: [
    ("https://www.example.com/login?token=t0p", "https://www.example.com"),
    ("http://u:p@Example.com:8080/x", "http://Example.com:8080"), ("//cdn.example.com/a", "cdn.example.com"),
    ("/login?token=t0p", "another path of api.cometapi.com"),
    ("login", "another path of api.cometapi.com"), ("https:///x", "another path of api.cometapi.com"),
    ("https://evil\u{1b}[31m.example/x", "https://evil\\u{1b}[31m.example"),
    ("HTTPS://[2001:db8::1]:8443#t0p", "https://[2001:db8::1]:8443"),
  ])
  func redirects(location: String, target: String) throws {
    for status in [301, 302, 303, 307, 308] {
      let answer = Fixtures.answer(status, Self.task, headers: [HTTPHeader("Location", location)])
      let reading = try Fixtures.provider().read(answer)
      #expect(reading.summary == "unreadable: HTTP \(status), a redirect to \(target)")
      #expect(reading.hint?.contains("base_url") == true)
      #expect(!"\(reading)".contains("t0p"))
    }
  }

  @Test(arguments: [(200, "<html>"), (200, ""), (200, "{}"), (200, "x"), (200, "[]"), (301, "")])
  func unreadableAnswersSayWhatToCheck(status: Int, body: String) throws {
    let hint = try #require(try Fixtures.provider().read(Fixtures.answer(status, body)).hint)
    #expect(hint.contains("base_url") && hint.contains("api.cometapi.com"))
  }

  @Test func htmlIsKnownByItsTypeToo() throws {
    let answer = Fixtures.answer(200, "Please log in", headers: [HTTPHeader("Content-Type", "Text/HTML; x")])
    #expect(try Fixtures.provider().read(answer).summary == "unreadable: HTTP 200 with an HTML page")
    let json = Fixtures.answer(200, Self.task, headers: [HTTPHeader("Content-Type", "text/html")])
    #expect(try Fixtures.provider().read(json).summary == "observed: RUNNING running")
  }

  /// A server may echo the key or a header; what it says is cut and made printable.
  @Test func reasonsAreFitForLogs() throws {
    let provider = try Fixtures.provider(
      "provider: runway\napi_key: sk-secret-123\nheaders: {X-Team: team-secret, X-One: k}")
    func reason(_ message: String) -> String {
      provider.read(Fixtures.answer(401, #"{"message":"\#(message)"}"#)).summary
    }
    #expect(
      reason("key sk-secret-123 of team-secret is bad, k?")
        == "refused: HTTP 401: key *** of *** is bad, k?")
    #expect(reason(#"a\u001b[31m\r\n\tb\u0000 \u2028c"#) == "refused: HTTP 401: a\\u{1b}[31m b\\u{0} c")
    #expect(reason("  ") == "refused: HTTP 401")
    let long = reason(
      String(repeating: "x", count: 190) + "sk-secret-123" + String(repeating: "y", count: 900))
    #expect(long == "refused: HTTP 401: " + String(repeating: "x", count: 190) + "***yyyyyyy…")
    let plain = provider.read(Fixtures.answer(500, "no key sk-secret-123"))
    #expect(plain.summary == "failed: HTTP 500: no key ***")
    let code = provider.read(Fixtures.answer(403, #"{"code":"sk-secret-123"}"#))
    #expect(code.summary == "refused: HTTP 403 (***)")
    #expect(provider.read(HTTPResponse(status: 500, body: [0xFF, 0xFE])).summary == "failed: HTTP 500")
  }
}
