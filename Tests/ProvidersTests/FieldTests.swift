import Model
import Testing

@testable import Providers

/// Outputs, times, shares of a total, and when to ask again.
@Suite struct FieldTests {
  private func outputs(_ rule: String, _ task: String, base: String = "https://api.test/v1") throws
    -> [String]
  {
    try Fixtures.own(read: "status: s, outputs: \(rule)", base: base)
      .outputs(of: Array(task.utf8), at: TaskAddress(id: "t 1")).map { ($0.isOwn ? "own " : "") + $0.url }
  }

  @Test(arguments: [
    (#"{"output":"https://a.test/1"}"#, ["https://a.test/1"]),
    (#"{"output":["https://a.test/1","https://a.test/2"]}"#, ["https://a.test/1", "https://a.test/2"]),
    (
      #"{"output":{"b":"https://a.test/b","a":"https://a.test/a"}}"#,
      ["https://a.test/b", "https://a.test/a"]
    ),
    (
      #"{"output":[{"x":[["HTTP://a.test/1"]]},null,1,true,{"y":"https://a.test/2"}]}"#,
      ["HTTP://a.test/1", "https://a.test/2"]
    ),
    (
      #"{"output":["https://a.test/1","https://a.test/1"],"videos":[{"url":"https://a.test/1"},{"url":"https://a.test/3"}]}"#,
      ["https://a.test/1", "https://a.test/3"]
    ),
    (#"{"output":"see https://a.test/1"}"#, []), (#"{"output":"https://a.test/a b"}"#, []),
    (#"{"output":"https://"}"#, []),
    (#"{"output":"https:///x"}"#, []), (#"{"output":"https://?x"}"#, []),
    (#"{"output":"data:image/png;base64,AAAA"}"#, []),
    (#"{"output":"s3://bucket/x"}"#, []), (#"{"output":"//a.test/1"}"#, []), (#"{"output":""}"#, []),
    (#"{"output":null}"#, []),
    (#"{"output":"https://a.test/\u00e9?x=1|2#f"}"#, ["https://a.test/é?x=1|2#f"]),
    (#"{"output":"https://a.test/\u0000"}"#, []),
    (#"{"output":"https://a.test/1\n"}"#, []), (#"[1]"#, []), ("", []), ("{", []),
    // The text of a failure's reason may be the URL of a success.
    (#"{"fail_reason":"https://a.test/1"}"#, ["https://a.test/1"]),
    (#"{"fail_reason":"content policy"}"#, []),
  ])
  func outputsAreAllURLs(task: String, expected: [String]) throws {
    #expect(try outputs("{at: [output, 'videos[*].url', fail_reason]}", task) == expected)
  }

  @Test func outputsAreBounded() throws {
    let list = (0..<1500).map { "\"https://a.test/\($0)\"" }.joined(separator: ",")
    let urls = try outputs("{at: output}", #"{"output":[\#(list)]}"#)
    #expect(urls.count == 1000 && urls.last == "https://a.test/999")
  }

  @Test(arguments: [
    ("{at: url, own: '/jobs/{id}/content'}", #"{"url":"https://a.test/1"}"#, ["https://a.test/1"]),
    ("{at: url, own: '/jobs/{id}/content'}", #"{"url":""}"#, ["own https://api.test/v1/jobs/t%201/content"]),
    (
      "{own: ['/files/{task.a}', '/files/{task.b}/x']}", #"{"a":"f 1","b":2}"#,
      ["own https://api.test/v1/files/f%201", "own https://api.test/v1/files/2/x"]
    ),
    (
      "{own: ['/files/{task.a}', '/files/{task.b}']}", #"{"b":"f/../2"}"#,
      ["own https://api.test/v1/files/f%2F..%2F2"]
    ),
    ("{own: ['/files/{task.a}', '/files/{task.b}']}", "{}", []),
    ("{own: '/files/{task.a}'}", #"{"a":".."}"#, []),
    // A URL of the answer's is the API's own where it lies below base_url.
    (
      "{own: '{task.v[*].uri}'}",
      #"{"v":[{"uri":"https://api.test/v1/f/1?x=2"},{"uri":"https://a.test/2"},{},{"uri":"nothing"}]}"#,
      ["own https://api.test/v1/f/1?x=2", "https://a.test/2"]
    ),
    ("{own: '{task.uri}'}", #"{"uri":"https://api.test/other"}"#, ["https://api.test/other"]),
    ("{own: '{task.uri}'}", #"{"uri":"https://k@api.test/v1/x"}"#, []),
    ("{own: '{task.uri}'}", #"{"uri":"http://api.test/v1/x"}"#, ["http://api.test/v1/x"]),
  ])
  func ownOutputs(rule: String, task: String, expected: [String]) throws {
    #expect(try outputs(rule, task) == expected)
  }

  @Test func noRuleNoOutputs() throws {
    #expect(
      try Fixtures.own(read: "status: s").outputs(of: Array("{}".utf8), at: TaskAddress(id: "a")).isEmpty)
  }

  // MARK: Times

  @Test(
    arguments: [
      ("\"2026-05-01T12:47:47.351Z\"", "2026-05-01T12:47:47.351Z"),
      ("\"2026-05-01T12:47:47\"", "2026-05-01T12:47:47.000Z"),
      ("\"2026-05-01 12:47:47.123456\"", "2026-05-01T12:47:47.123Z"),
      ("\"2026-05-01T14:47:47+02:00\"", "2026-05-01T12:47:47.000Z"),
      ("\"2026-05-01T14:47:47+0200\"", "2026-05-01T12:47:47.000Z"),
      ("1777639667", "2026-05-01T12:47:47.000Z"),
      ("1777639667.3514", "2026-05-01T12:47:47.351Z"), ("1777639667351", "2026-05-01T12:47:47.351Z"),
      ("\"1777639667\"", "2026-05-01T12:47:47.000Z"), ("\"1777639667351\"", "2026-05-01T12:47:47.351Z"),
      ("1.777639667e9", "2026-05-01T12:47:47.000Z"), ("946684800", "2000-01-01T00:00:00.000Z"),
      ("946684799", nil), ("4102444800", nil), ("4102444799", "2099-12-31T23:59:59.000Z"),
      ("99999999999", nil),
      ("0", nil), ("-1777639667", nil), ("1e300", nil), ("1e400", nil), ("\"\"", nil), ("\"soon\"", nil),
      ("true", nil),
      ("[1777639667]", nil), ("\"2026-05-01\"", nil), ("\"1999-12-31T23:59:59Z\"", nil), ("\".\"", nil),
      ("\"1.7.7\"", nil),
      ("\"2026-13-01T12:47:47Z\"", nil),
    ] as [(String, String?)])
  func creationTimes(told: String, expected: String?) throws {
    let provider = try Fixtures.own(read: "status: s, created_at: [created, at]")
    let seen = provider.read(Fixtures.answer(200, #"{"s":"busy","created":null,"at":\#(told)}"#)).observation
    #expect(seen != nil && seen?.createdAt?.iso8601 == expected)
  }

  @Test func theTasksOwnTimeCountsFirst() throws {
    let provider = try Fixtures.own(
      read: "status: s, created_at: at, envelope: {at: data, code: code, fine: ok}")
    func time(_ outer: String, _ inner: String) -> Int64? {
      provider.read(Fixtures.answer(200, #"{"code":"ok"\#(outer),"data":{"s":"busy"\#(inner)}}"#))
        .observation?.createdAt?.milliseconds
    }
    #expect(time(#","at":1700000000"#, #","at":1800000000"#) == 1_800_000_000_000)
    #expect(time(#","at":1700000000"#, "") == 1_700_000_000_000)
    #expect(time("", "") == nil)
  }

  // MARK: Shares of a total

  @Test(
    arguments: [
      (#"{"done":3,"all":4}"#, 0.75), (#"{"done":0,"all":4}"#, 0), (#"{"done":4,"all":4}"#, 1),
      (#"{"done":"1","all":"4"}"#, 0.25),
      (#"{"done":5,"all":4}"#, nil), (#"{"done":0,"all":0}"#, nil), (#"{"done":1,"all":-1}"#, nil),
      (#"{"done":1}"#, nil),
      (#"{"all":4}"#, nil), (#"{"done":null,"all":4}"#, nil), (#"{"done":"x","all":4}"#, nil),
      (#"{"done":-1,"all":4}"#, nil),
      (#"{"done":1e400,"all":4}"#, nil), (#"{"done":[1],"all":4}"#, nil),
    ] as [(String, Double?)])
  func sharesOfATotal(counts: String, expected: Double?) throws {
    let provider = try Fixtures.own(
      read: "status: s, progress: {at: counts.done, of: [counts.none, counts.all]}")
    let seen = provider.read(Fixtures.answer(200, #"{"s":"busy","counts":\#(counts)}"#)).observation
    #expect(seen != nil && seen?.progress == expected)
  }

  // MARK: When to ask again

  @Test(
    arguments: [
      ("retry-after", "3", 3000), ("Retry-After", "Sun, 06 Nov 1994 08:49:37 GMT", 30_000),
      ("retry-after", "0.5", 500),
      ("retry-after", "soon", nil), ("openai-poll-after-ms", "1500", 1500), ("X-Wait", "2.5", 2500),
      ("x-wait", "-1", nil), ("x-wait", "nan", nil), ("x-wait", "0", nil), ("x-wait", "1e3", nil),
      ("x-wait", " 4", 4000),
      ("x-wait", "999999999999999", 3_600_000), ("other", "5", nil),
    ] as [(String, String, Int64?)])
  func hintsFromHeaders(name: String, value: String, expected: Int64?) throws {
    let provider = try Fixtures.own(
      read: "status: s, poll_after: {header: [Retry-After, openai-poll-after-ms, x-wait]}")
    let answer = Fixtures.answer(200, #"{"s":"busy"}"#, headers: [HTTPHeader(name, value)])
    #expect(provider.hint(answer)?.milliseconds == expected)
    let trouble = Fixtures.answer(503, #"{"s":"busy"}"#, headers: [HTTPHeader(name, value)])
    #expect(provider.hint(trouble) == nil)
  }

  @Test(
    arguments: [
      ("ms", "1500", 1500), ("ms", "\"1500\"", 1500), ("s", "1.5", 1500), ("ms", "0.2", 1),
      ("s", "7200", 3_600_000), ("s", "-1", nil),
      ("s", "null", nil), ("s", "\"soon\"", nil), ("s", "1e400", nil), ("s", "[1]", nil), ("s", "0", nil),
    ] as [(String, String, Int64?)])
  func hintsFromTheBody(unit: String, told: String, expected: Int64?) throws {
    let provider = try Fixtures.own(
      read: "status: s, poll_after: {header: x-wait, at: [a, next], unit: \(unit)}")
    let body = #"{"s":"busy","next":\#(told)}"#
    #expect(provider.hint(Fixtures.answer(200, body))?.milliseconds == expected)
    #expect(provider.hint(Fixtures.answer(200, body, headers: [HTTPHeader("X-Wait", "9")])) == .seconds(9))
  }

  @Test func noRuleNoHint() throws {
    let answer = Fixtures.answer(200, "{", headers: [HTTPHeader("retry-after", "3")])
    #expect(try Fixtures.own(read: "status: s").hint(answer) == nil)
    #expect(try Fixtures.own(read: "status: s, poll_after: {at: x}").hint(answer) == nil)
  }
}
