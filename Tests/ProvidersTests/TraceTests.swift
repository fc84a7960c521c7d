import Model
import TestSupport
import Testing

@testable import Providers

/// How an answer is read, told field by field.
@Suite struct TraceTests {
  /// What the rows say is what is read: for every preset, every answer.
  @Test(arguments: Preset.allCases)
  func rowsAndReadingAgree(preset: Preset) throws {
    let fixture = try ProviderFixture.named(preset.rawValue)
    let params = fixture.params.map { "\($0.key): '\($0.value)'" }.joined(separator: ", ")
    let provider = try Fixtures.provider(
      "provider: \(preset.rawValue)\napi_key: sk-1\n\(params.isEmpty ? "" : "params: {\(params)}")")
    let address = TaskAddress(id: fixture.id, url: fixture.url)
    for row in fixture.answers {
      let what = Comment(rawValue: "\(preset.rawValue), \(row.name)")
      let trace = provider.trace(row.response, of: address)
      #expect(Self.text(trace.step) == Self.text(provider.read(row.response, of: address)), what)
      Self.check(trace, provider, address, what)
      #expect((trace["poll_after"].first?.meaning != nil) == (provider.hint(row.response) != nil), what)
      guard let result = row.result?.response else { continue }
      #expect(trace["result"].count == 1 && trace["result"].first?.meaning == "asked for next", what)
      let whole = provider.trace(row.response, result: result, of: address)
      let reading = provider.read(row.response, result: result, of: address)
      #expect(Self.text(whole.step) == Self.text(.read(reading)), what)
      #expect((whole["result"].first?.meaning != nil) == (reading.observation != nil), what)
      if reading.observation != nil { Self.check(whole, provider, address, what) }
    }
  }

  private static func text(_ step: PollStep) -> String {
    switch step {
    case .read(let reading): "\(reading)"
    case .ask(let request): request.url
    }
  }

  private static func check(
    _ trace: AnswerTrace, _ provider: MappedProvider, _ address: TaskAddress, _ what: Comment
  ) {
    guard case .read(let reading) = trace.step else { return }
    guard let seen = reading.observation else {
      #expect(trace["state"].isEmpty || trace["result"].first?.note != nil, what)
      #expect(trace.rows.contains { $0.meaning != nil || $0.note != nil }, what)
      return
    }
    #expect(trace["task"].first?.place != nil, what)
    #expect(trace["status"].map(\.meaning) == [seen.status], what)
    #expect(trace["state"].map(\.meaning) == [seen.state.rawValue], what)
    #expect(trace["progress"].first?.meaning == seen.progress.map { "\($0)" }, what)
    #expect(trace["created_at"].first?.meaning == seen.createdAt?.iso8601, what)
    let told = trace["outputs"].filter { $0.meaning != nil }.flatMap {
      ($0.value ?? "").split(separator: " ")
    }
    let outputs = provider.outputs(of: seen.task, at: address).map { $0.url[...] }
    #expect(Set(told) == Set(outputs), what)
    for row in trace.rows where row.meaning == nil && row.field != "task" { #expect(row.note != nil, what) }
  }

  private func rows(_ trace: AnswerTrace) -> [String] {
    trace.rows.map { row in
      var line = row.field
      if let place = row.place { line += " at \(place)" }
      if let value = row.value { line += ": \(value)" }
      if let meaning = row.meaning { line += " = \(meaning)" }
      if let note = row.note { line += " (\(note))" }
      return line
    }
  }

  @Test func aWrappedTask() throws {
    let answer = Fixtures.answer(
      200,
      #"{"code":"success","data":{"task_id":"t","status":"SUCCESS","progress":"100%","data":{"id":"t1","status":"REVIEWING","output":["https://cdn.test/a"],"createdAt":"soon"}}}"#
    )
    #expect(
      rows(try Fixtures.provider().trace(answer, of: TaskAddress(id: "t2"))) == [
        "task at data.data: an object with 4 members",
        "id at data.data.id: \"t1\" = t1 (the task that was asked for is t2)",
        "status at data.status: \"SUCCESS\" = SUCCESS (an object around the task says so: where the two disagree, an end counts)",
        "state = succeeded", "progress at data.progress: \"100%\" = 1.0",
        "created_at at data.data.createdAt: \"soon\" (no time of this century that is known how to read)",
        "outputs at data.data.output: https://cdn.test/a = 1 file",
        "outputs at data.data.result_url (nothing is there)",
        "outputs at data.data.video_url (nothing is there)",
        "outputs at data.data.fail_reason (nothing is there)",
      ])
  }

  @Test func aWordThatIsNotKnown() throws {
    let trace = try Fixtures.provider().trace(Fixtures.answer(200, #"{"status":"REVIEWING","progress":1}"#))
    #expect(
      rows(trace).prefix(5) == [
        "task at the whole answer: an object with 2 members", "id (nothing at id or task_id)",
        "status at status: \"REVIEWING\" = REVIEWING",
        "state = unknown (no word of the mapping; to say what it means: states: {running: [\"REVIEWING\"]})",
        "progress at progress: 1 (1 may be all of it or a hundredth: only a success settles which)",
      ])
  }

  static let read =
    "status: s, id: id, cases: [{if: {done: true}, has: [x], http: 200, status: fine}, {if: {done: 1}, status_at: w}], "
    + "progress: {at: n, of: all}, result: {url: '/r/{id}'}, outputs: {at: result.u, own: ['/f/{task.f}']}, "
    + "poll_after: {header: retry-after, at: next}, not_found: {words: nope, at: [m, code], null_at: data}, gone: {words: dead, at: code}, "
    + "error: {message: [a, m], code: code}"

  @Test(arguments: [
    (
      200, #"{"id":"t1","done":true,"x":1,"n":3,"all":4}"#,
      [
        "task at the whole answer: an object with 5 members", "id at id: \"t1\" = t1",
        "status at case 1: http 200; if done; has x = fine", "state = succeeded",
        "progress at n: 3 of 4 = 0.75",
        "outputs at result.u (nothing is there)", "outputs at own (a field that it is made of is not there)",
        "result: GET https://api.test/v1/r/t1 = asked for next",
        "poll_after (the answer does not say when to ask again)",
      ]
    ),
    (
      200, #"{"id":7,"done":1,"w":"busy","n":3,"f":"f1","next":2}"#,
      [
        "task at the whole answer: an object with 6 members",
        "id at id: 7 = 7 (the task that was asked for is t1)",
        "status at case 2, w: if done = busy", "state = running",
        "progress at n: 3 of nothing (no share of a total)",
        "outputs at result.u (nothing is there)", "outputs at own: https://api.test/v1/f/f1 = 1 file",
        "poll_after at next = not before 2.0 s have passed",
      ]
    ),
    (
      404, "",
      [
        "not_found at HTTP 404 = the API does not know the id",
        "poll_after (the answer does not say when to ask again)",
      ]
    ),
    (
      400, #"{"code":"nope"}"#,
      [
        "not_found at code: \"nope\" = the API does not know the id",
        "poll_after (the answer does not say when to ask again)",
      ]
    ),
    (
      200, #"{"data":null}"#,
      [
        "not_found at data: null = the API does not know the id",
        "poll_after (the answer does not say when to ask again)",
      ]
    ),
    (
      400, #"{"code":"dead","m":"too old"}"#,
      [
        "gone at code: \"dead\" = asking again will not help (HTTP 400: too old (dead))",
        "poll_after (the answer does not say when to ask again)",
      ]
    ),
    (
      410, "",
      [
        "gone at HTTP 410 = asking again will not help (HTTP 410)",
        "poll_after (the answer does not say when to ask again)",
      ]
    ),
    (
      401, #"{"m":"bad key sk-secret-123"}"#,
      [
        "http at HTTP 401 = the key does not work (HTTP 401: bad key ***)",
        "poll_after (the answer does not say when to ask again)",
      ]
    ),
    (
      500, #"{"m":"boom"}"#,
      [
        "error = asked again later (HTTP 500: boom)", "error.message at m: \"boom\"",
        "error.code (nothing at code)", "poll_after (the answer does not say when to ask again)",
      ]
    ),
    (
      200, "<html>",
      [
        "status (HTTP 200 with an HTML page)",
        "error = asked again later (check base_url (api.test): a web page is served there, perhaps the login page of a proxy)",
        "poll_after (the answer does not say when to ask again)",
      ]
    ),
  ])
  func whatIsTold(status: Int, body: String, expected: [String]) throws {
    let trace = try Fixtures.own(read: Self.read).trace(
      Fixtures.answer(status, body), of: TaskAddress(id: "t1"))
    #expect(rows(trace) == expected)
  }

  @Test func theSecondAnswer() throws {
    let provider = try Fixtures.own(read: Self.read)
    let first = Fixtures.answer(200, #"{"id":"t1","s":"fine"}"#)
    let whole = provider.trace(
      first, result: Fixtures.answer(200, #"{"u":["https://a.test/1","https://a.test/2"]}"#),
      of: TaskAddress(id: "t1"))
    #expect(whole["outputs"].first?.meaning == "2 files")
    #expect(whole["outputs"].first?.place == "result.u")
    #expect(whole["result"].map(\.place) == ["HTTP 200 of the second request"])
    let failed = provider.trace(first, result: Fixtures.answer(503, ""), of: TaskAddress(id: "t1"))
    #expect(failed["result"].map(\.note) == ["the result: HTTP 503"])
    #expect(failed["status"].first?.meaning == "fine")
  }

  @Test func oneOfSeveral() throws {
    let provider = try Fixtures.own(
      read: "items: [jobs, data.list], id: id, status: s, envelope: {at: job}",
      request: "{url: '/?ids={ids}', batch: 9}")
    let answer = Fixtures.answer(
      200, #"{"data":{"list":[{"id":"a","s":"busy"},{"id":"t1","job":{"s":"fine"}}]}}"#)
    func place(_ id: String) -> String? {
      provider.trace(answer, of: TaskAddress(id: id))["task"].first?.place
    }
    #expect(place("a") == "data.list[0]" && place("t1") == "data.list[1].job")
    #expect(
      rows(provider.trace(answer, of: TaskAddress(id: "z"))) == [
        "not_found at data.list = the API does not know the id (the id is not among the tasks there, or the API says so of it)"
      ])
    let byKey = Fixtures.answer(200, #"{"jobs":{"a.b":{"s":"busy"}}}"#)
    #expect(provider.trace(byKey)["status"].first?.place == "jobs.a.b.s")
  }
}
