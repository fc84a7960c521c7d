import Foundation
import Model
import TestSupport
import Testing

/// `examples/pipelines`: what the real binary sends with them. What each API asks for is held against the bodies in
/// `HooksTests/Webhook/PipelineExampleTests`.
@Suite struct PipelineTests {
  struct Pipeline: Sendable, CustomTestStringConvertible {
    var name: String
    /// The variable that says where the service is.
    var place: String
    var path = ""
    var target: String
    var type = "application/json"
    var authorization: String?
    var testDescription: String { name }
  }

  private static let form = "application/x-www-form-urlencoded"
  private static let pipelines = [
    Pipeline(
      name: "github-actions", place: "GITHUB_API_URL", target: "/repos/octo/video/dispatches",
      authorization: "Bearer github_pat_secret"),
    Pipeline(
      name: "gitlab", place: "GITLAB_URL", target: "/api/v4/projects/group%2Fvideo/trigger/pipeline",
      type: form),
    Pipeline(
      name: "jenkins", place: "JENKINS_URL", target: "/job/video/buildWithParameters", type: form,
      authorization: "Basic " + Data("ada:jenkins_secret".utf8).base64EncodedString()),
    Pipeline(
      name: "airflow", place: "AIRFLOW_URL", target: "/api/v2/dags/video/dagRuns",
      authorization: "Bearer airflow_secret"),
    Pipeline(name: "n8n", place: "N8N_WEBHOOK_URL", path: "/webhook/video", target: "/webhook/video"),
  ]
  private static let environment = [
    "COMETAPI_KEY": "comet_secret", "GITHUB_REPOSITORY": "octo/video", "GITHUB_TOKEN": "github_pat_secret",
    "GITLAB_PROJECT": "group%2Fvideo", "GITLAB_TRIGGER_TOKEN": "gitlab_secret", "JENKINS_JOB": "video",
    "JENKINS_USER": "ada", "JENKINS_API_TOKEN": "jenkins_secret", "AIRFLOW_DAG": "video",
    "AIRFLOW_TOKEN": "airflow_secret", "N8N_KEY": "n8n_secret_key",
  ]

  @Test(arguments: pipelines) func itIsAConfigThatStartsTheNextStep(pipeline: Pipeline) async throws {
    let receiver = try LoopbackServer { _ in .respond(201, body: "{}") }
    try await Examples.use { examples in
      let config = examples.path("pipelines/\(pipeline.name).yaml")
      let env = Self.environment.merging([pipeline.place: receiver.url(pipeline.path)]) { $1 }
      let check = try await examples.run(Examples.taskhook, "check", "-c", config, env: env)
      #expect(check.status == 0 && !check.stderr.contains("warning"), "\(check.stderr)")
      #expect(receiver.requests.isEmpty)
      let sent = try await examples.run(Examples.taskhook, "test", pipeline.name, "-c", config, env: env)
      #expect(sent.status == 0, "\(sent.stderr)")
      let request = try #require(receiver.requests.first)
      #expect(receiver.requests.count == 1)
      #expect(request.method == "POST" && request.target == pipeline.target)
      #expect(request.headers["content-type"] == pipeline.type)
      #expect(request.headers["authorization"] == pipeline.authorization)
      #expect(!request.body.isEmpty)
      for text in [check.stdout, check.stderr, sent.stdout, sent.stderr] {
        #expect(!text.contains("secret"), "\(text)")
      }
    }
  }

  @Test func aVariableThatIsNotSetIsTold() async throws {
    try await Examples.use { examples in
      for pipeline in Self.pipelines {
        let config = examples.path("pipelines/\(pipeline.name).yaml")
        let check = try await examples.run(Examples.taskhook, "check", "-c", config)
        #expect(check.status == 78 && check.stderr.contains("COMETAPI_KEY is not set"), "\(check.stderr)")
      }
    }
  }
}
