import Config
import Model
import Testing

@testable import Providers

/// `provider: http`: a source that describes its own API.
@Suite struct OwnMappingTests {
  static let whole = """
    provider: http
    base_url: https://queue.example.com/api
    api_key: ${KEY}
    headers: {X-Team: blue}
    request:
      method: POST
      url: /jobs/{id}?full=1
      headers: {Authorization: "Token {api_key}", X-Version: "2"}
      body: {task: "{id}"}
    read:
      status: [job.phase, "jobs[0].phase"]
      cases: [{if: {done: true}, has: error, status: BAD}]
      states: {running: busy, succeeded: fine, failed: bad}
      result: {url: "{task.result_url}", on: fine}
      outputs: {at: "videos[*].url", own: "/jobs/{id}/content"}
      created_at: createdAt
      poll_after: {header: retry-after}
    """

  @Test func aWholeSource() throws {
    let (settings, errors) = Fixtures.source(Self.whole, environment: ["KEY": "sk-1"])
    #expect(errors.isEmpty)
    let read = try #require(settings)
    #expect(read.baseURL.description == "https://queue.example.com/api")
    #expect(read.mapping.read.states.words == ["busy", "fine", "bad"])
    let provider = MappedProvider(read, timeout: .seconds(1), wall: { Fixtures.now })
    let request = try provider.request(for: "a b")
    #expect(request.url == "https://queue.example.com/api/jobs/a%20b?full=1")
    #expect(request.profile.method == "POST")
    #expect(String(decoding: request.body ?? [], as: UTF8.self) == #"{"task":"a b"}"#)
    #expect(
      request.profile.headers == [
        HTTPHeader("X-Team", "blue"), HTTPHeader("Authorization", "Token sk-1"), HTTPHeader("X-Version", "2"),
        HTTPHeader("Accept", "application/json"), HTTPHeader("User-Agent", Version.userAgent),
        HTTPHeader("Content-Type", "application/json"),
      ])
    #expect(!provider.ownHeaders.contains { $0.name == "Content-Type" })
    #expect(provider.ownHeaders.contains(HTTPHeader("Authorization", "Token sk-1")))
  }

  @Test(arguments: [
    ("base_url: https://queue.example.com/api", "", "c.yaml:1:1: the key \"base_url\" is missing"),
    ("    base_url", "    states: {failed: x}\nbase_url", "c.yaml:2:1: states: with \"http\" the words"),
    (
      "    base_url", "    params: {a: b}\nbase_url", "c.yaml:2:1: params: with \"http\" nothing is left open"
    ),
    (
      "/jobs/{id}?full=1", "/jobs/{di}",
      "c.yaml:7:8: request.url: \"{di}\" stands for nothing; did you mean \"{id}\"?"
    ),
    ("/jobs/{id}?full=1", "jobs/{id}", "c.yaml:7:8: request.url: \"jobs/{id}\" is no path of a URL"),
    (
      "/jobs/{id}?full=1", "/jobs/{api_key}", "c.yaml:7:8: request.url: \"/jobs/{api_key}\" names what cannot"
    ),
    ("/jobs/{id}?full=1", "/jobs/{id}{task.x}", "c.yaml:7:8: request.url"),
    ("/jobs/{id}?full=1", "/jobs/{id", "a \"{\" is not closed"),
    ("/jobs/{id}?full=1", "/jobs/{ID}", "\"{ID}\" stands for nothing; did you mean \"{id}\"?"),
    ("/jobs/{id}?full=1", "'/a b/{id}'", "c.yaml:7:8: request.url: \"/a b/{id}\" is no path of a URL"),
    ("/jobs/{id}?full=1", "'/{id}#x'", "is no path of a URL"),
    ("/jobs/{id}?full=1", "/{id}}", "is no path of a URL"),
    ("/jobs/{id}?full=1", "/../{id}", "is no path of a URL"),
    ("/jobs/{id}?full=1", "/ä/{id}", "is no path of a URL"),
    ("\"/jobs/{id}/content\"", "'/a b'", "c.yaml:15:39: read.outputs.own: \"/a b\" is no address"),
    ("  url: /jobs/{id}?full=1\n", "", "c.yaml:5:1: request: the key \"url\" is missing"),
    ("method: POST", "method: POST\n  by: url", "c.yaml:8:3: request.url: with \"by: url\" each task"),
    ("method: POST", "method: GET", "c.yaml:9:3: request.body: a GET has no body"),
    (
      "method: POST", "method: POST\n  batch: 5", "c.yaml:7:3: request.batch: a batch is asked for by the ids"
    ),
    ("task: \"{id}\"", "task: \"{ids}\"", "\"{ids}\" stands for the ids of a batch"),
    (
      "task: \"{id}\"", "task: \"{api_key}\"",
      "c.yaml:9:16: request.body.task: the key is sent in headers alone"
    ),
    ("body: {task: \"{id}\"}", "body: x", "c.yaml:9:9: request.body: a text stands here"),
    ("{api_key}\"", "{id}\"", "names what cannot stand here"),
    ("{api_key}\"", "{team}\"", "\"{team}\" stands for nothing"),
    (
      "[job.phase,", "[job..phase,",
      "c.yaml:11:12: read.status[0]: a path has an empty name in it (character 5)"
    ),
    (
      "  status: [job.phase, \"jobs[0].phase\"]\n  cases: [{if: {done: true}, has: error, status: BAD}]\n",
      "", "c.yaml:10:1: read: the key \"status\" is missing"
    ),
    (
      "{done: true}", "{\"a..b\": true}",
      "c.yaml:12:17: read.cases[0].if.\"a..b\": a path has an empty name in it"
    ),
    ("{done: true}", "{done: }", "c.yaml:12:"),
    ("{done: true}", "{done: [1, {}]}", "c.yaml:12:27: read.cases[0].if.done[1]: a mapping stands here"),
    ("{done: true}", "{done: []}", "the list is empty"),
    (
      "status: BAD", "status: BAAD",
      "c.yaml:12:50: read.cases[0].status: \"BAAD\" is no word of states; did you mean \"bad\"?"
    ),
    (
      "if: {done: true}, has: error, ", "",
      "c.yaml:12:11: read.cases[0]: a case without a condition always fits"
    ),
    ("status: BAD", "has: x", "one of the keys status or status_at is missing"),
    ("status: BAD", "status: bad, status_at: x", "only one of the keys status or status_at can stand here"),
    ("if: {done: true}", "http: 99", "c.yaml:12:18: read.cases[0].http: \"99\" is out of range"),
    ("on: fine", "on: [fine, dead]", "c.yaml:14:49: read.result.on[1]: \"dead\" is no word of states"),
    (
      "  result: {url: \"{task.result_url}\", on: fine}\n", "  cases: [{result_http: 422, status: bad}]\n",
      "repeated"
    ),
    (
      "\"{task.result_url}\"", "\"x{task.result_url}\"",
      "c.yaml:14:17: read.result.url: \"x{task.result_url}\" is no address"
    ),
    ("\"{task.result_url}\"", "\"{task.a..b}\"", "\"{task.a..b}\" stands for nothing"),
    ("\"{task.result_url}\"", "\"/x/{app}\"", "c.yaml:14:17: read.result.url: \"{app}\" stands for nothing"),
    (
      "\"/jobs/{id}/content\"", "[\"/jobs/{id}\", jobs]",
      "c.yaml:15:54: read.outputs.own[1]: \"jobs\" is no address"
    ),
    (
      "\"/jobs/{id}/content\"", "[\"/jobs/{id}\", \"/{x}\"]",
      "c.yaml:15:54: read.outputs.own[1]: \"{x}\" stands for nothing"
    ),
    (
      "{at: \"videos[*].url\", own: \"/jobs/{id}/content\"}", "{}",
      "c.yaml:15:3: read.outputs: it says nothing"
    ),
    ("{header: retry-after}", "{unit: ms}", "c.yaml:17:3: read.poll_after: it says nothing"),
    (
      "{header: retry-after}", "{header: 'retry after'}",
      "c.yaml:17:24: read.poll_after.header: \"retry after\" is no name"
    ),
    (
      "running: busy, succeeded: fine, failed: bad", "running: [busy, fine, bad]",
      "c.yaml:13:11: read.states: with these no task ever ends"
    ),
    ("running: busy, ", "running: busy, sleeping: x, ", "c.yaml:13:27: read.states.sleeping: unknown key"),
    (
      "  created_at: createdAt", "  items: data\n  id: id",
      "c.yaml:14:3: read.result: a second request cannot"
    ),
    (
      "  created_at: createdAt", "  items: data",
      "c.yaml:16:10: read.items: a task of several is known by its id"
    ),
    (
      "  created_at: createdAt", "  error: {at: error}",
      "c.yaml:16:11: read.error.at: an error is told from a task"
    ),
    (
      "  created_at: createdAt", "  progress: {at: a, of: b, scale: percent}",
      "c.yaml:16:35: read.progress.scale: with \"of\""
    ),
  ])
  func mistakesAreNamed(right: String, wrong: String, message: String) {
    let right = right.hasPrefix("    ") ? String(right.dropFirst(4)) : right
    let wrong = wrong.hasPrefix("    ") ? String(wrong.dropFirst(4)) : wrong
    #expect(Self.whole.contains(right), "\(right)")
    let (_, errors) = Fixtures.source(
      Self.whole.replacing(right, with: wrong, maxReplacements: 1), environment: ["KEY": "sk-hunter2"])
    #expect(errors.contains { $0.contains(message) }, "\(errors)")
    #expect(!errors.contains { $0.contains("hunter2") })
  }

  @Test func aCaseForASecondRequestNeedsOne() {
    let text = Self.whole
      .replacing("  result: {url: \"{task.result_url}\", on: fine}\n", with: "")
      .replacing("has: error", with: "result_http: 422")
    let (_, errors) = Fixtures.source(text, environment: ["KEY": "k"])
    #expect(errors.count == 1)
    #expect(
      errors.first?.hasPrefix("c.yaml:12:30: read.cases[0].result_http: there is no second request") == true,
      "\(errors)")
  }

  @Test func aBatchIsReadAsSeveralTasks() {
    let (_, errors) = Fixtures.source(
      "provider: http\nbase_url: http://127.0.0.1:9\nrequest: {url: '/{ids}', batch: 2}\n"
        + "read: {status: s, states: {failed: x}}")
    #expect(
      errors == [
        "c.yaml:3:26: request.batch: an answer to a batch is several tasks. Expected: the key \"items\" of \"read\""
      ])
  }

  @Test func theLeast() throws {
    let (settings, errors) = Fixtures.source(
      "provider: http\nbase_url: http://127.0.0.1:9\nrequest: {url: '/{id}'}\nread: {status: s, states: {failed: x}}"
    )
    #expect(errors.isEmpty)
    #expect(settings?.secrets.isEmpty == true)
  }

  /// What `${…}` put into a request is a secret, and no template.
  @Test func whatIsPutInStandsForItself() throws {
    let text = Self.whole.replacing("task: \"{id}\"", with: "task: \"{id}\", token: \"${TOKEN}\"")
    let (settings, errors) = Fixtures.source(
      text, environment: ["KEY": "sk-1", "TOKEN": "hunter2-{id}-{ids}"])
    #expect(errors.isEmpty)
    let provider = MappedProvider(try #require(settings), timeout: .seconds(1), wall: { Fixtures.now })
    let body = try provider.request(for: "t").body ?? []
    #expect(String(decoding: body, as: UTF8.self) == #"{"task":"t","token":"hunter2-{id}-{ids}"}"#)
    #expect(provider.outcome(500, "no token hunter2-{id}-{ids}") == "failed: HTTP 500: no token ***")
  }

  /// Headers that are written out are as good as keys.
  @Test func whatTheSourceWritesIsMasked() throws {
    let (settings, _) = Fixtures.source(
      Self.whole.replacing("X-Version: \"2\"", with: "X-Key: pl41n, X-Mix: \"a ${TOKEN} ${WORD}\"")
        .replacing("?full=1", with: "?t=${URL}"),
      environment: ["KEY": "sk-1234", "TOKEN": "hunter2-token", "WORD": "videos", "URL": "in-the-url"])
    let secrets = try #require(settings).secrets.map { $0.reveal() }
    #expect(
      Set(secrets) == ["sk-1234", "blue", "pl41n", "a hunter2-token videos", "hunter2-token", "in-the-url"])
    #expect(Fixtures.source("provider: runway-direct").0?.secrets.isEmpty == true)
  }

  @Test(arguments: [
    ("${BAD}", "request.url: the value (from ${BAD}) has a brace in it that means nothing"),
    ("/{id}/${BAD}", "request.url: the value (from ${BAD}) has a brace in it that means nothing"),
  ])
  func whatIsPutInIsNotShown(url: String, message: String) {
    let text = Self.whole.replacing("/jobs/{id}?full=1", with: url)
    let (_, errors) = Fixtures.source(text, environment: ["KEY": "sk-1", "BAD": "/{id}/{hunter2}"])
    #expect(errors.contains { $0.contains(message) }, "\(errors)")
    #expect(!errors.contains { $0.contains("hunter2") }, "\(errors)")
  }
}

/// What a source may change of a preset.
@Suite struct PresetSettingsTests {
  @Test func furtherWords() throws {
    let (settings, errors) = Fixtures.source(
      "provider: runway\nstates: {running: [REVIEWING], failed: [Succeeded], unknown: EXPIRED}")
    #expect(errors.isEmpty)
    let states = try #require(settings).mapping.read.states
    #expect(states.state(of: "reviewing") == .running && states.words.contains("REVIEWING"))
    #expect(states.state(of: "SUCCEEDED") == .failed && states.state(of: "SUCCESS") == .succeeded)
    #expect(states.state(of: "expired") == .unknown)
    #expect(states.words.count { $0.lowercased() == "succeeded" } == 1)
  }

  @Test func parametersStandInThePath() throws {
    func url(_ yaml: String) throws -> String { try Fixtures.provider(yaml).request(for: "t").url }
    #expect(try url("provider: kling") == "https://api.cometapi.com/kling/v1/videos/text2video/t")
    #expect(
      try url("provider: kling\nparams: {action: 'a b/c'}")
        == "https://api.cometapi.com/kling/v1/videos/a%20b%2Fc/t")
    #expect(
      try url("provider: fal\nparams: {app: fal-ai/flux}")
        == "https://queue.fal.run/fal-ai/flux/requests/t/status")
    #expect(try url("provider: runpod\nparams: {endpoint: e1}") == "https://api.runpod.ai/v2/e1/status/t")
  }

  @Test(arguments: [
    ("provider: runpod", "c.yaml:1:1: params.endpoint is missing: The endpoint's id."),
    ("provider: runpod\nparams: {}", "c.yaml:1:1: params.endpoint is missing: The endpoint's id."),
    (
      "provider: runpod\nparams: {endpiont: x}",
      "c.yaml:2:10: params.endpiont: the preset has no such parameter; did you mean \"endpoint\"? Expected: endpoint"
    ),
    (
      "provider: runway\nparams: {a: x}",
      "c.yaml:2:10: params.a: the preset has no such parameter. Expected: none"
    ),
    ("provider: runpod\nparams: {endpoint: ''}", "c.yaml:2:20: params.endpoint: the text is empty"),
    (
      "provider: runpod\nparams: {endpoint: a/../b}",
      "c.yaml:2:20: params.endpoint: \"a/../b\" has \".\" or \"..\" in it"
    ),
    ("provider: runpod\nparams: {endpoint: \"a\\n\"}", "has a control character in it"),
    ("provider: runpod\nparams: [endpoint]", "c.yaml:2:9: params: a list stands here"),
    (
      "provider: runway\nrequest: {url: '/{id}'}",
      "c.yaml:2:1: request: with a preset only states and params can be changed; `taskhook providers runway` prints it"
    ),
    (
      "provider: runway\nread: {status: s, states: {failed: x}}",
      "c.yaml:2:1: read: with a preset only states"
    ),
    ("provider: runway\nstates: {running: [A, a]}", "c.yaml:2:19: states.running: \"a\" is there twice"),
    ("provider: runway\nstates: {runing: A}", "did you mean \"running\"?"),
    ("provider: luna", "did you mean \"luma\"?"),
  ])
  func mistakesAreNamed(yaml: String, message: String) {
    let (_, errors) = Fixtures.source(yaml)
    #expect(errors.contains { $0.contains(message) }, "\(errors)")
  }

  @Test func aMistakeInAParameterIsToldOnce() {
    let (_, errors) = Fixtures.source("provider: runpod\nparams: {endpoint: ..}")
    #expect(errors.count == 1, "\(errors)")
  }
}
