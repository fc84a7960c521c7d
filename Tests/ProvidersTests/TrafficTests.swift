import Model
import Testing

@testable import Providers

/// What requests of an API's clients have to do with its tasks.
@Suite struct TrafficTests {
  private static let fal = "provider: fal\nparams: {app: fal-ai/flux}"
  private static let google = "provider: google-operation"
  private static let kling = "provider: kling"
  private static let runway = "provider: runway"

  // MARK: Polls

  @Test(arguments: [
    (runway, "/runwayml/v1/tasks/abc-1", "abc-1"), (runway, "/runwayml/v1/tasks/a%2Fb%20c", "a/b c"),
    (runway, "/runwayml/v1/tasks/", nil), (runway, "/runwayml/v1/tasks", nil),
    (runway, "/runwayml/v1/tasks/a/b", nil), (runway, "/runwayml/v1/tasks/%zz", nil),
    (runway, "/runwayml/v1/tasks/%00", nil), (runway, "/runwayml/v1/tasks/%2E%2e", nil),
    (runway, "/runwayml/v1/organization", nil), (runway, "/v1/tasks/abc", nil),
    (fal, "/fal-ai/flux/requests/r1/status", "r1"), (fal, "/fal-ai/other/requests/r1/status", nil),
    (fal, "/fal-ai/flux/requests/r1", nil), (fal, "/fal-ai/flux/requests//status", nil),
    (google, "/v1beta/models/veo/operations/1", "models/veo/operations/1"),
    (kling, "/kling/v1/videos/text2video/k1", "k1"), (kling, "/kling/v1/images/text2video/k1", nil),
    ("provider: runway-feed", "/runway/feed", nil), ("provider: suno", "/suno/fetch", nil),
    ("provider: azure-operation", "/anything", nil), ("provider: midjourney", "/mj/task/1/fetch", "1"),
  ])
  func idsInPathsOfPolls(source: String, path: String, id: String?) throws {
    #expect(try Fixtures.provider(source).polledID(path) == id)
  }

  /// The way back: whatever id a poll asks for is read from its path.
  @Test(arguments: ["d0658ae1", "a b", "../x", "a?b#c", "日本", "100%", "{id}"])
  func pathsOfPollsAreRead(id: String) throws {
    for source in [Self.runway, Self.fal, Self.kling] {
      let provider = try Fixtures.provider(source)
      let url = try provider.request(for: id).url
      #expect(provider.polledID(String(url.dropFirst(provider.base.description.count))) == id)
    }
  }

  @Test func aPollByQueryIsNone() throws {
    let provider = try Fixtures.own(read: "status: s", request: "{url: '/jobs?id={id}'}")
    #expect(provider.polledID("/jobs") == nil && provider.polledID("/jobs?id=1") == nil)
  }

  // MARK: Prefixes

  @Test(arguments: [
    (runway, "/v1/tasks/x", "/runwayml/v1/tasks/x"), (runway, "/runwayml/v1/tasks/x", "/runwayml/v1/tasks/x"),
    (runway, "/runwayml", "/runwayml"), (runway, "/runwaymlx/y", "/runwayml/runwaymlx/y"),
    (fal, "/v1/tasks/x", "/v1/tasks/x"),
  ])
  func prefixesThatClientsLeaveOut(source: String, path: String, place: String) throws {
    #expect(try Fixtures.provider(source).place(path) == place)
  }

  // MARK: Creations

  @Test(arguments: [
    (runway, "POST", "/runwayml/v1/image_to_video", true),
    (runway, "GET", "/runwayml/v1/image_to_video", false),
    (runway, "POST", "/runwayml/v1/uploads", false),
    (runway, "POST", "/runwayml/v1/recipes/product_ad", true),
    (runway, "POST", "/runwayml/v1/recipes/a/b", false), (kling, "POST", "/kling/v1/videos/text2video", true),
    (kling, "POST", "/kling/v1/videos/image2video", false), (fal, "POST", "/fal-ai/flux", true),
    (fal, "POST", "/fal-ai/flux/dev/x", true), (fal, "POST", "/fal-ai/fluxx", false),
    (google, "POST", "/v1beta/models/veo:predictLongRunning", true),
    (google, "POST", "/v1beta/models/veo:generateContent", false),
    (google, "POST", "/v1beta/models/:predictLongRunning", false),
    ("provider: azure-operation", "POST", "/x", false),
  ])
  func requestsThatMayCreate(source: String, method: String, path: String, may: Bool) throws {
    #expect(try Fixtures.provider(source).mayCreate(method, path) == may)
  }

  @Test(arguments: [
    (runway, #"{"id":"t1"}"#, "t1", nil),
    (runway, #"{"code":"success","message":"","data":{"id":"t1", "x":1.0}}"#, "t1", #"{"id":"t1", "x":1.0}"#),
    (runway, #"{"code":"success","data":{"task_id":"g","data":{"id":"t1"}}}"#, "t1", #"{"id":"t1"}"#),
    (runway, #"{"code":"success","data":{"task_id":"g"}}"#, "g", #"{"task_id":"g"}"#),
    (runway, #"{"code":"quota","message":"no","data":{"id":"t1"}}"#, nil, nil),
    (runway, #"{"id":""}"#, nil, nil), (runway, #"{"id":{}}"#, nil, nil), (runway, "[1]", nil, nil),
    (runway, "<html>", nil, nil), (runway, #"{"message":"fine"}"#, nil, nil),
    (kling, #"{"code":0,"data":{"task_id":"k1"}}"#, "k1", nil),
    (kling, #"{"code":1200,"data":{"task_id":"k1"}}"#, nil, nil),
    ("provider: suno", #"{"code":"success","data":"s1"}"#, "s1", nil),
    ("provider: runway-feed", #"{"code":"success","data":"f1"}"#, "f1", nil),
    ("provider: runway-feed", #"{"code":"success","data":{"task_id":"f1"}}"#, "f1", nil),
    ("provider: midjourney", #"{"code":1,"result":1320098173412546}"#, "1320098173412546", nil),
    ("provider: midjourney", #"{"code":24,"result":"m1"}"#, nil, nil),
    ("provider: openai-response", #"{"id":"resp_1","background":true}"#, "resp_1", nil),
    ("provider: openai-response", #"{"id":"resp_1","background":false}"#, nil, nil),
    (google, #"{"name":"models/veo/operations/1"}"#, "models/veo/operations/1", nil),
  ])
  func answersThatNameATask(source: String, body: String, id: String?, bare: String?) throws {
    let created = try Fixtures.provider(source).created(by: Fixtures.answer(200, body))
    #expect(created?.address == id.map { TaskAddress(id: $0) })
    #expect(created?.bare.map { String(decoding: $0, as: UTF8.self) } == bare)
  }

  @Test(arguments: [199, 302, 400, 429, 500])
  func errorsCreateNothing(status: Int) throws {
    #expect(try Fixtures.provider().created(by: Fixtures.answer(status, #"{"id":"t1"}"#)) == nil)
  }

  /// The URL that the answer names is kept where it is not the one that follows from the id.
  @Test func placesOfNewTasks() throws {
    let provider = try Fixtures.provider(Self.fal)
    func created(_ url: String) -> TaskAddress? {
      provider.created(by: Fixtures.answer(200, #"{"request_id":"r1","status_url":"\#(url)"}"#))?.address
    }
    #expect(created("https://queue.fal.run/fal-ai/flux/requests/r1/status") == TaskAddress(id: "r1"))
    let other = "https://queue.fal.run/other/requests/r1/status"
    #expect(created(other) == TaskAddress(id: "r1", url: other))
  }

  // MARK: Envelopes

  @Test(arguments: [
    (
      runway, 200, #"{"code":"success","data":{"data":{"id":"t","status":"RUNNING","n":1.50}}}"#,
      #"{"id":"t","status":"RUNNING","n":1.50}"#
    ),
    (runway, 200, #"{"id":"t","status":"RUNNING"}"#, nil),
    (runway, 200, #"{"code":"success","data":null}"#, nil),
    (runway, 400, #"{"code":"task_not_exist","data":{"status":"RUNNING"}}"#, nil), (runway, 200, "no", nil),
    (kling, 200, #"{"code":0,"data":{"task_id":"k","task_status":"submitted"}}"#, nil),
  ])
  func tasksOutOfTheirEnvelopes(source: String, status: Int, body: String, bare: String?) throws {
    let found = try Fixtures.provider(source).bare(Fixtures.answer(status, body))
    #expect(found.map { String(decoding: $0, as: UTF8.self) } == bare)
  }

  @Test(arguments: [
    (runway, true), (kling, false), (fal, false), ("provider: replicate", true), ("provider: suno", false),
  ])
  func keptObjectsAsAnswers(source: String, fits: Bool) throws {
    #expect(try Fixtures.provider(source).answersWithTask == fits)
  }

  // MARK: Mappings

  @Test(arguments: [
    ("create: {url: jobs, id: id}", "is no such path"), ("create: {url: /a/**/b, id: id}", "is no such path"),
    ("create: {url: '/a*b*', id: id}", "is no such path"), ("create: {url: /a}", "\"id\" is missing"),
    ("create: {url: '/{x}', id: id}", "stands for nothing"),
    ("request: {url: '/j/{id}', mount: j}", "is no such path"),
  ])
  func mistakes(yaml: String, message: String) throws {
    let request = yaml.hasPrefix("request") ? "" : "\nrequest: {url: '/j/{id}'}"
    let (_, errors) = Fixtures.source(
      "provider: http\nbase_url: https://a.test\nread: {status: s, states: {succeeded: fine}}\(request)\n\(yaml)"
    )
    #expect(errors.count == 1 && errors.first?.contains(message) == true, "\(errors)")
  }

  @Test func presetsKeepTheirOwn() {
    let (_, errors) = Fixtures.source("provider: runway\ncreate: {url: /a, id: id}")
    #expect(errors.first?.contains("with a preset only states and params can be changed") == true)
  }
}
