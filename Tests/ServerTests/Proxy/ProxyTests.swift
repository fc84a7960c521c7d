import Foundation
import Model
import Synchronization
import TestSupport
import Testing

@testable import Server

/// The proxy between real sockets.
@Suite struct ProxyTests {
  // MARK: Passing

  @Test(arguments: ["GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"])
  func requestsPassAsTheyCome(method: String) async throws {
    let api = try LoopbackServer { _ in .respond(418, headers: [HTTPHeader("X-Answer", "a b")], body: "tea") }
    try await withProxy(to: api.url("/base")) { bench in
      let reply = try await bench.send(
        method, "/proxy/runway/api/x%2Fy%20z?q=%26&r", headers: ["X-One: 1", "Authorization: Bearer mine"],
        body: method == "GET" ? nil : "hello")
      #expect(reply.status == 418 && reply.text == "tea" && reply.header("x-answer") == "a b")
    }
    let request = try #require(api.requests.first)
    #expect(request.method == method && request.target == "/base/api/x%2Fy%20z?q=%26&r")
    #expect(request.headers["x-one"] == "1" && request.headers["authorization"] == "Bearer mine")
    #expect(request.headers["host"] == "127.0.0.1:\(api.port)")
    #expect(request.text == (method == "GET" ? "" : "hello"))
  }

  @Test func headHasNoBody() async throws {
    let api = try LoopbackServer { _ in .respond(200, headers: [HTTPHeader("X-A", "1")], body: "12345") }
    try await withProxy(to: api.url("")) { bench in
      let reply = try await bench.send("HEAD", "/proxy/runway/api/x")
      #expect(reply.status == 200 && reply.header("x-a") == "1" && reply.header("content-length") == "5")
    }
    #expect(api.requests.first?.method == "HEAD")
  }

  /// Redirects are the caller's to follow; 204 and 304 have no body, and errors pass as they are.
  @Test(arguments: [204, 301, 304, 400, 429, 500, 599])
  func answersPassAsTheyCome(status: Int) async throws {
    let headers = [HTTPHeader("Location", "http://127.0.0.1:1/elsewhere"), HTTPHeader("Retry-After", "2")]
    let body = status == 204 || status == 304 ? "" : #"{"data":{"x":1}}"#
    let api = try LoopbackServer { _ in .respond(status, headers: headers, body: body) }
    try await withProxy(to: api.url("")) { bench in
      let reply = try await bench.get("/proxy/runway/api/tasks/t")
      #expect(reply.status == status && reply.text == (status == 200 ? "" : body))
      #expect(reply.header("location") == headers[0].value && reply.header("retry-after") == "2")
    }
    #expect(api.requests.count == 1)
  }

  @Test(arguments: [("/proxy/nobody/x", 404), ("/proxy/", 404), ("/proxy/runway/../x", 400)])
  func targetsThatLeadNowhere(target: String, status: Int) async throws {
    try await withProxy(to: "http://127.0.0.1:1") { bench in
      let reply = try await bench.get(target)
      #expect(reply.status == status && reply.header("content-type") == Problem.contentType)
    }
  }

  @Test func anAPIThatIsAwayIsABadGateway() async throws {
    let api = try LoopbackServer { _ in .respond(200) }
    api.stop()
    try await withProxy(to: api.url("")) { bench in
      let reply = try await bench.send("POST", "/proxy/runway/api/make", body: "{}")
      #expect(reply.status == 502 && reply.header("content-type") == Problem.contentType)
      #expect(reply.text.contains("127.0.0.1:\(api.port)"))
    }
  }

  // MARK: Keys

  @Test func theServersTokenStaysHere() async throws {
    let api = try LoopbackServer { _ in .respond(200) }
    try await withProxy(to: api.url(""), token: "secret-token", sharesKey: true) { bench in
      let refused = try await bench.get("/proxy/runway/api/x", headers: ["Authorization: Bearer mine"])
      #expect(refused.status == 401)
      for headers in [
        ["Taskhook-Token: secret-token"], ["Authorization: Bearer secret-token"],
        ["Taskhook-Token: secret-token", "Authorization: Bearer mine"],
      ] {
        #expect(try await bench.get("/proxy/runway/api/x", headers: headers).status == 200)
      }
    }
    #expect(
      api.requests.map { $0.headers["authorization"] } == ["Bearer own-key", "Bearer own-key", "Bearer mine"])
    #expect(api.requests.map { $0.headers["x-version"] } == ["1", "1", nil])
    for request in api.requests {
      #expect(!String(decoding: request.headers.raw, as: UTF8.self).contains("secret-token"))
    }
  }

  @Test func theSourcesKeyIsNotSharedUnlessSaid() async throws {
    let api = try LoopbackServer { _ in .respond(200) }
    try await withProxy(to: api.url("")) { bench in _ = try await bench.get("/proxy/runway/api/x") }
    #expect(api.requests.first?.headers["authorization"] == nil)
  }

  // MARK: Creations

  @Test func aCreatedTaskIsWatchedBeforeItsCallerKnows() async throws {
    let api = try LoopbackServer { _ in
      .respond(
        200, headers: [HTTPHeader("Content-Type", "application/json")],
        body: #"{"code":0,"data":{"id":"t1"}}"#)
    }
    try await withProxy(to: api.url("")) { bench in
      bench.control.set {
        $0.callback = { url, secret, on throws(ControlRefusal) in
          TaskCallback(url: SecretURL(url), secret: secret.map { Secret($0) }, on: on ?? "")
        }
      }
      let reply = try await bench.send(
        "POST", "/proxy/runway/make",
        headers: [
          "Taskhook-Callback: https://example.com/hook", "Taskhook-Callback-On: SUCCEEDED, FAILED",
          "Taskhook-Label-Project: cats",
        ], body: "{}")
      #expect(reply.status == 200 && reply.text == #"{"id":"t1"}"#)
      #expect(reply.header("taskhook-watched") == "true")
      let record = try #require(try await bench.store.tasks(TaskQuery()).first)
      #expect(record.ref == TaskRef(source: "runway", id: "t1") && record.labels == ["project": "cats"])
      #expect(record.callback?.url.reveal() == "https://example.com/hook")
      #expect(record.callback?.on == #"["SUCCEEDED","FAILED"]"#)
    }
    let request = try #require(api.requests.first)
    #expect(request.target == "/api/make")
    #expect(!String(decoding: request.headers.raw, as: UTF8.self).lowercased().contains("taskhook"))
  }

  @Test func aTaskThatCannotBeWatchedIsStillToldOf() async throws {
    let api = try LoopbackServer { _ in
      .respond(200, headers: [HTTPHeader("Content-Type", "application/json")], body: #"{"id":"t1"}"#)
    }
    try await withProxy(to: api.url("")) { bench in
      bench.control.set { $0.fault = StoreError(.unwritable, "the disk is full") }
      let reply = try await bench.send("POST", "/proxy/runway/make", body: "{}")
      #expect(reply.status == 200 && reply.text == #"{"id":"t1"}"#)
      #expect(reply.header("taskhook-watched") == "false")
    }
  }

  @Test(arguments: [
    (500, "application/json", #"{"id":"t1"}"#), (200, "text/plain", #"{"id":"t1"}"#),
    (200, "application/json", #"{"name":"t1"}"#),
  ])
  func otherAnswersCreateNothing(status: Int, type: String, body: String) async throws {
    let api = try LoopbackServer { _ in
      .respond(status, headers: [HTTPHeader("Content-Type", type)], body: body)
    }
    try await withProxy(to: api.url("")) { bench in
      let reply = try await bench.send("POST", "/proxy/runway/make", body: "{}")
      #expect(reply.status == status && reply.text == body && reply.header("taskhook-watched") == nil)
      #expect(try await bench.store.tasks(TaskQuery()).isEmpty)
    }
  }

  @Test(arguments: [
    ("Taskhook-Callback: nonsense", "Taskhook-Callback "),
    ("Taskhook-Callback-Secret: x", "Taskhook-Callback "),
    ("Taskhook-Callbak: x", "Taskhook-Callbak"), ("Taskhook-Label-: x", "Taskhook-Label-NAME"),
    ("Taskhook-Label-a: x\r\ntaskhook-label-A: y", "is there twice"),
  ])
  func wishesThatCannotBeObeyedCreateNothing(header: String, word: String) async throws {
    let api = try LoopbackServer { _ in .respond(200, body: "{}") }
    try await withProxy(to: api.url("")) { bench in
      bench.control.set {
        $0.callback = { _, _, _ throws(ControlRefusal) in throw ControlRefusal("callback.url", "is no URL") }
      }
      let reply = try await bench.send("POST", "/proxy/runway/make", headers: [header], body: "{}")
      #expect(reply.status == 400 && reply.text.contains(word), "\(reply.text)")
    }
    #expect(api.requests.isEmpty)
  }

  /// The job is paid for once the request is out: whoever leaves, it is watched.
  @Test func aCallerThatLeavesDoesNotLoseTheTask() async throws {
    let answer = DispatchSemaphore(value: 0)
    let api = try LoopbackServer { _ in
      answer.wait()
      return .respond(200, headers: [HTTPHeader("Content-Type", "application/json")], body: #"{"id":"t1"}"#)
    }
    try await withProxy(to: api.url("")) { bench in
      do {
        let wire = try Wire(port: bench.port)
        wire.send("POST /proxy/runway/make HTTP/1.1\r\nHost: \(bench.host)\r\nContent-Length: 2\r\n\r\n{}")
        _ = try await api.requests(1)
      }
      answer.signal()
      await eventually { try! await bench.store.tasks(TaskQuery()).count == 1 }
    }
  }

  // MARK: Observations

  private static let json = [HTTPHeader("Content-Type", "application/json"), HTTPHeader("ETag", "x")]

  @Test func watchedTasksAreAnsweredFromTheirPolls() async throws {
    let api = try LoopbackServer { _ in .respond(200, headers: Self.json, body: #"{"data":{"id":"other"}}"#) }
    let time = ManualTime()
    let asked = Mutex<[Duration]>([])
    try await withProxy(
      to: api.url(""), time: time,
      latest: { _, age in
        asked.withLock { $0.append(age) }
        let response = Model.HTTPResponse(
          status: 200, headers: HTTPHeaders(Self.json), body: Array(#"{"data":{"id":"t1"}}"#.utf8))
        return LatestAnswer(response: response, at: ManualTime().now)
      }
    ) { bench in
      _ = try await bench.register("t1")
      time.advance(by: .seconds(4))
      let seen = try await bench.get("/proxy/runway/tasks/t1")
      #expect(seen.status == 200 && seen.text == #"{"id":"t1"}"#)
      #expect(seen.header("age") == "4" && seen.header("taskhook-served") == "observation")
      #expect(seen.header("etag") == nil && seen.header("content-type") == "application/json")
      #expect(asked.withLock { $0 } == [.seconds(6)] && api.requests.isEmpty)
      // Others are asked for, and come without their envelope, too.
      let other = try await bench.get("/proxy/runway/tasks/other")
      #expect(other.text == #"{"id":"other"}"# && other.header("taskhook-served") == nil)
      let withQuery = try await bench.get("/proxy/runway/tasks/t1?x=1")
      #expect(withQuery.text == #"{"data":{"id":"other"}}"#)
      #expect(api.requests.count == 2)
    }
  }

  /// Where polls have no answer that is of use to others, the caller's own request tells more.
  @Test func withoutAnObservationTheAPIIsAsked() async throws {
    let api = try LoopbackServer { _ in .respond(401, body: "whose key?") }
    try await withProxy(to: api.url("")) { bench in
      _ = try await bench.register("t1")
      let reply = try await bench.get("/proxy/runway/tasks/t1")
      #expect(reply.status == 401 && reply.text == "whose key?")
    }
  }

  @Test func endedTasksAreAnsweredFromTheStoreForAWhile() async throws {
    let api = try LoopbackServer { _ in .respond(200, headers: Self.json, body: #"{"renewed":true}"#) }
    let time = ManualTime()
    try await withProxy(to: api.url(""), time: time) { bench in
      let record = try await bench.register("t1")
      try await bench.advance(record, to: .succeeded, body: #"{"id":"t1", "output":[]}"#)
      time.advance(by: .seconds(599))
      let kept = try await bench.get("/proxy/runway/tasks/t1")
      #expect(kept.text == #"{"id":"t1", "output":[]}"# && kept.header("age") == "599")
      time.advance(by: .seconds(1))
      let later = try await bench.get("/proxy/runway/tasks/t1")
      #expect(later.text == #"{"renewed":true}"#)
    }
    #expect(api.requests.count == 1)
  }
}
