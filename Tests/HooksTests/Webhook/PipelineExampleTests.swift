import Config
import Foundation
import Model
import TestSupport
import Testing

@testable import Hooks

/// Each of `examples/pipelines`, rendered and held against what its API asks for.
@Suite struct PipelineExampleTests {
  /// A hook of an example with what others read of it.
  private struct Example: ConfigSection {
    static let keys = [
      AnyKey(Key("sources", anything, doc: "Not read here.")), AnyKey(Key("hooks", hooks, doc: "The hook.")),
    ]
    private static let anything = ValueType<ConfigNode>.node(
      summary: "", expected: "", example: "", schema: [:], kinds: [.mapping, .sequence, .scalar])
    private static let hooks = ValueType<[Named<Hook>]>.map(of: .section(Hook.self))

    struct Hook: ConfigSection {
      static let keys = HookKeys.all + [AnyKey(Key("retry", anything, doc: "Not read here."))]
      let draft: HookDraft
      init?(_ section: Section) { draft = HookDraft(section) }
    }

    let hooks: [Named<Hook>]
    init?(_ section: Section) {
      hooks = section[Key("hooks", Self.hooks, doc: "The hook.")] ?? []
    }
  }

  private static let environment = [
    "COMETAPI_KEY": "key", "GITHUB_REPOSITORY": "octo/video", "GITHUB_TOKEN": "github_pat_0",
    "GITLAB_PROJECT": "group%2Fvideo", "GITLAB_TRIGGER_TOKEN": "glptt-0", "JENKINS_JOB": "video",
    "JENKINS_USER": "ada", "JENKINS_API_TOKEN": "11aa", "AIRFLOW_DAG": "video", "AIRFLOW_TOKEN": "jwt",
    "N8N_WEBHOOK_URL": "https://n8n.example.com/webhook/video", "N8N_KEY": "n8nkey",
  ]

  private static let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    .appendingPathComponent("../../../examples/pipelines").standardizedFileURL

  private struct Sent {
    var method: String
    var url: String
    var headers: [String: String]
    var body: [UInt8]

    var json: JSONSlice { get throws { try JSONDocument(body).root } }

    /// The fields of a form, read by Foundation.
    var form: [String: String] {
      var components = URLComponents()
      components.percentEncodedQuery = String(decoding: body, as: UTF8.self).replacing("+", with: "%20")
      let pairs = (components.queryItems ?? []).map { ($0.name, $0.value ?? "") }
      return Dictionary(pairs, uniquingKeysWith: { "\($0) TWICE \($1)" })
    }
  }

  /// What the example sends of an event; nil where its rule does not ask for it.
  private func send(_ name: String, _ event: Event) async throws -> Sent? {
    let text = try Data(contentsOf: Self.folder.appendingPathComponent(name + ".yaml"))
    let diagnostics = Diagnostics()
    let root = ConfigFile.parse(
      Array(text), name: "c", folder: "/", environment: Self.environment, diagnostics: diagnostics)
    let hooks = try #require(root?.read(Example.self)).hooks
    #expect(diagnostics.errors.map(\.description) == [] && hooks.count == 1)
    let draft = hooks[0].value.draft
    let rule = try #require(draft.rule(knowing: HookReading.knowledge))
    guard rule.fits(event) else { return nil }
    let transport = ScriptedTransport(.success(HTTPResponse(status: 201)))
    let hook = try #require(draft.action).makeHook(transport: transport, time: ManualTime(), environment: [:])
    let attempt = Attempt(
      delivery: Identity.delivery(event: event.id, hook: hooks[0].name), event: event, number: 1)
    #expect(try await hook.perform(attempt).outcome == .delivered)
    let request = try #require(transport.requests.first)
    let headers = (request.profile.headers + request.headers).map { ($0.name.lowercased(), $0.value) }
    return Sent(
      method: request.profile.method, url: request.url,
      headers: Dictionary(headers, uniquingKeysWith: { "\($0) TWICE \($1)" }), body: request.body ?? [])
  }

  private static let succeeded = sampleEvent(
    id: "17f20503-6c24-4c16-946b-35dbbce2af2f", labels: ["project": "demo"],
    task:
      #"{"id":"17f20503-6c24-4c16-946b-35dbbce2af2f","status":"SUCCEEDED","output":["https://x/1.mp4?_jwt=a&b"]}"#
  )
  private static let failed = sampleEvent(
    .task(.failed), status: "FAILED", state: .failed,
    task: #"{"id":"d0658ae1","status":"FAILED","failure":"no \"cats\"\n","failureCode":"SAFETY.INPUT.TEXT"}"#)

  private func isDelivery(_ text: String?) -> Bool { text?.wholeMatch(of: /msg_[0-9A-Z]{26}/) != nil }

  @Test func everyExampleIsTestedHere() throws {
    let files = try FileManager.default.contentsOfDirectory(atPath: Self.folder.path).sorted()
    #expect(files == ["airflow.yaml", "github-actions.yaml", "gitlab.yaml", "jenkins.yaml", "n8n.yaml"])
  }

  /// GitHub REST API, "Create a repository dispatch event": 204, else 422.
  @Test(arguments: [succeeded, failed]) func gitHubActions(event: Event) async throws {
    let sent = try #require(try await send("github-actions", event))
    #expect(sent.method == "POST" && sent.url == "https://api.github.com/repos/octo/video/dispatches")
    #expect(sent.headers["accept"] == "application/vnd.github+json")
    #expect(sent.headers["x-github-api-version"] == "2022-11-28")
    #expect(sent.headers["authorization"] == "Bearer github_pat_0" && sent.headers["user-agent"] != nil)
    #expect(sent.headers["content-type"] == "application/json")
    let body = try sent.json
    #expect(body.members.map(\.key) == ["event_type", "client_payload"])
    let type = try #require(body["event_type"]?.string)
    #expect(type == event.type.name && (1...100).contains(type.count))
    let payload = try #require(body["client_payload"])
    #expect(payload.kind == .object && payload.members.map(\.key).count <= 10 && payload.bytes.count < 65_536)
    #expect(payload["id"]?.string == event.taskID && payload["labels"]?.kind == .object)
    #expect(isDelivery(payload["delivery"]?.string))
    if event.type == .task(.succeeded) {
      #expect(payload["output"]?.elements.map(\.string) == ["https://x/1.mp4?_jwt=a&b"])
      #expect(payload["failure"]?.isNull == true)
    } else {
      #expect(payload["output"]?.isNull == true && payload["failure"]?.string == "no \"cats\"\n")
      #expect(payload["failure_code"]?.string == "SAFETY.INPUT.TEXT")
    }
  }

  /// GitLab, "Trigger a pipeline with a token": `token`, `ref`, and `variables` of nothing but strings.
  @Test(arguments: [succeeded, failed]) func gitLab(event: Event) async throws {
    let sent = try #require(try await send("gitlab", event))
    #expect(sent.method == "POST")
    #expect(sent.url == "https://gitlab.com/api/v4/projects/group%2Fvideo/trigger/pipeline")
    #expect(sent.headers["content-type"] == "application/x-www-form-urlencoded")
    #expect(sent.headers["authorization"] == nil)
    var form = sent.form
    #expect(form.removeValue(forKey: "token") == "glptt-0" && form.removeValue(forKey: "ref") == "main")
    for (name, value) in form {
      #expect(name.wholeMatch(of: /variables\[[A-Z][A-Z0-9_]*\]/) != nil)
      #expect(!value.contains("TWICE"))
    }
    #expect(form["variables[TASKHOOK_TASK_ID]"] == event.taskID)
    #expect(form["variables[TASKHOOK_EVENT]"] == event.type.name)
    let isFailure = event.type == .task(.failed)
    #expect(form["variables[TASKHOOK_OUTPUT]"] == (isFailure ? "" : #"["https://x/1.mp4?_jwt=a&b"]"#))
    #expect(form["variables[TASKHOOK_FAILURE]"] == (isFailure ? "no \"cats\"\n" : ""))
  }

  /// Jenkins, "Remote Access API": a form of parameters, HTTP Basic with a user's API token.
  @Test(arguments: [succeeded, failed]) func jenkins(event: Event) async throws {
    let sent = try #require(try await send("jenkins", event))
    #expect(sent.method == "POST" && sent.url == "http://localhost:8080/job/video/buildWithParameters")
    #expect(sent.headers["content-type"] == "application/x-www-form-urlencoded")
    #expect(sent.headers["authorization"] == "Basic " + Data("ada:11aa".utf8).base64EncodedString())
    let form = sent.form
    // `delay`, `token` and `cause` would mean something to Jenkins itself.
    #expect(form.keys.allSatisfy { $0.wholeMatch(of: /[A-Z_]+/) != nil })
    #expect(form["TASK_ID"] == event.taskID && form["EVENT"] == event.type.name)
    #expect(isDelivery(form["DELIVERY"]))
    #expect(form["OUTPUT"] == (event.type == .task(.failed) ? "" : #"["https://x/1.mp4?_jwt=a&b"]"#))
  }

  /// Airflow 3, `TriggerDAGRunPostBody`: `logical_date` is required, nothing else is allowed but these.
  @Test func airflow() async throws {
    #expect(try await send("airflow", Self.failed) == nil)
    let sent = try #require(try await send("airflow", Self.succeeded))
    #expect(sent.method == "POST" && sent.url == "http://localhost:8080/api/v2/dags/video/dagRuns")
    #expect(
      sent.headers["content-type"] == "application/json" && sent.headers["authorization"] == "Bearer jwt")
    let body = try sent.json
    let allowed: Set = [
      "dag_run_id", "data_interval_start", "data_interval_end", "logical_date", "run_after", "conf", "note",
    ]
    #expect(Set(body.members.map(\.key)).isSubset(of: allowed))
    #expect(body["logical_date"]?.isNull == true && body["conf"]?.kind == .object)
    // `[scheduler] allowed_run_id_pattern`
    #expect(body["dag_run_id"]?.string?.wholeMatch(of: /[A-Za-z0-9_.~:+-]+/) != nil)
    #expect(body["dag_run_id"]?.string?.hasPrefix("scheduled__") == false)
    let note = try #require(body["note"]?.string)
    #expect(note == "runway \(Self.succeeded.taskID!): SUCCEEDED" && note.count <= 1000)
    #expect(body["conf"]?["task"].map { Array($0.bytes) } == Self.succeeded.task)
    #expect(body["conf"]?["labels"]?["project"]?.string == "demo")
  }

  /// n8n's Webhook node takes any JSON; its header is the credential's.
  @Test(arguments: [succeeded, failed]) func n8n(event: Event) async throws {
    let sent = try #require(try await send("n8n", event))
    #expect(sent.method == "POST" && sent.url == "https://n8n.example.com/webhook/video")
    #expect(sent.headers["x-taskhook-key"] == "n8nkey")
    #expect(sent.headers["content-type"] == "application/json")
    #expect(sent.body == EventBody.event.render(.event(event)))
  }

  /// Whatever a provider tells, the request is one that the API can read.
  @Test(arguments: ["github-actions", "gitlab", "jenkins", "airflow", "n8n"])
  func whateverTheTaskSays(name: String) async throws {
    for task in [
      #"{"status":"SUCCEEDED"}"#, #"{"output":null,"failure":null}"#,
      #"{"output":"https://x/1","failure":{"a":[1]}}"#,
      #"{"output":[],"failure":"{{id}}&token=x\r\nX: \u0000 \ud800"}"#, #""a text""#,
    ] {
      let sent = try #require(try await send(name, sampleEvent(labels: ["a\"": "\n&="], task: task)))
      if sent.headers["content-type"] == "application/json" {
        #expect(try sent.json.kind == .object)
      } else {
        #expect(!sent.form.values.contains { $0.contains("TWICE") } && sent.form.count >= 7)
      }
    }
  }
}
