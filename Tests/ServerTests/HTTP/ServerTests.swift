import Hummingbird
import Model
import Synchronization
import TestSupport
import Testing

@testable import Server

@Suite struct ServerTests {
  @Test func unknownPathsAndMethods() async throws {
    try await withServer { bench in
      let cases = [
        ("GET", "/nope", 404, nil), ("GET", "/v1/tasks/", 404, nil), ("GET", "//v1/tasks", 404, nil),
        ("PUT", "/v1/tasks", 405, "POST, GET, HEAD"), ("OPTIONS", "/v1/hooks", 405, "GET, HEAD"),
        ("PROPFIND", "/healthz", 405, "GET, HEAD"), ("DELETE", "/v1/deliveries/replay", 405, "POST"),
        ("GET", "/v1/tasks/runway/%zz", 400, nil), ("GET", "/v1/tasks/runway/%ff", 400, nil),
        ("GET", "/v1/tasks?q=%zz", 400, nil), ("GET", "*", 400, nil),
      ]
      for (method, target, status, allow) in cases {
        let reply = try await bench.send(method, target)
        #expect(reply.status == status, "\(method) \(target)")
        #expect(reply.header("allow") == allow, "\(method) \(target)")
        #expect(reply.header("content-type") == "application/problem+json")
        let problem = try JSONDocument(reply.body).root
        #expect(problem["type"]?.string == "about:blank")
        #expect(problem["status"]?.number == Double(status))
        #expect(problem["title"]?.string?.isEmpty == false && problem["detail"]?.string?.isEmpty == false)
      }
    }
  }

  @Test func headIsGetWithoutTheBody() async throws {
    try await withServer { bench in
      for path in ["/v1/tasks", "/healthz", "/nope", "/v1/events"] {
        let get = path == "/v1/events" ? nil : try await bench.get(path)
        let head = try await bench.send("HEAD", path)
        #expect(head.status == get?.status ?? 200)
        #expect(head.header("content-length") == get?.header("content-length") ?? "0")
        #expect(head.body.isEmpty)
      }
    }
  }

  @Test func answersAreNotKeptOrGuessedAt() async throws {
    try await withServer { bench in
      let reply = try await bench.get("/v1/tasks")
      #expect(reply.header("cache-control") == "no-store")
      #expect(reply.header("x-content-type-options") == "nosniff")
      #expect(reply.header("access-control-allow-origin") == nil)
      #expect(reply.header("date")?.hasSuffix(" GMT") == true)
    }
  }

  @Test func webPagesOfElsewhereAreRefused() async throws {
    try await withServer { bench in
      for path in ["/v1/tasks", "/healthz", "/metrics", "/nope"] {
        let other = try await bench.send("GET", path, host: "evil.example")
        #expect(other.status == 421)
        #expect(try await bench.get(path, headers: ["Origin: http://evil.example"]).status == 403)
        #expect(try await bench.get(path, headers: ["Sec-Fetch-Site: cross-site"]).status == 403)
      }
      #expect(try await bench.get("/v1/tasks", headers: ["Origin: http://\(bench.host)"]).status == 200)
    }
  }

  /// What a form or a `fetch` without leave of the server can send.
  @Test(arguments: ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x", ""])
  func bodiesOfFormsAreRefused(type: String) async throws {
    try await withServer { bench in
      let reply = try await bench.send(
        "POST", "/v1/tasks", headers: ["Content-Type: \(type)"], body: #"{"id": "a"}"#)
      #expect(reply.status == 415)
      #expect(try await bench.json("/v1/tasks")["tasks"]?.elements.contains { _ in true } == false)
    }
  }

  @Test func everythingButHealthNeedsTheToken() async throws {
    let pages = StaticFiles(["/": StaticFiles.File(contentType: "text/html", bytes: Array("page".utf8))])
    try await withServer(token: "s3cret-token", pages: pages) { bench in
      for operation in API.operations {
        let path = operation.path.replacing(/\{[a-z]+\}/, with: "x")
        let reply = try await bench.send(operation.method.rawValue, path)
        #expect((reply.status == 401) != operation.isOpen, "\(path)")
        if !operation.isOpen { #expect(reply.header("www-authenticate")?.hasPrefix("Bearer") == true) }
      }
      #expect(try await bench.get("/nope").status == 401)
      #expect(try await bench.send("PUT", "/v1/tasks").status == 401)
      #expect(try await bench.get("/").status == 200)
      for header in ["Authorization: Bearer s3cret-token", "Taskhook-Token: s3cret-token"] {
        #expect(try await bench.get("/v1/tasks", headers: [header]).status == 200)
        #expect(try await bench.get("/nope", headers: [header]).status == 404)
      }
    }
  }

  @Test func settingsChangeWhileItRuns() async throws {
    try await withServer { bench in
      #expect(try await bench.get("/v1/tasks").status == 200)
      var settings = Server.Settings(listen: ListenAddress(host: "127.0.0.1", port: 1), token: Secret("new"))
      settings.hosts = [.hosts(try #require(HostPattern("taskhook.internal")))]
      await bench.server.reconfigure(settings)
      #expect(try await bench.get("/v1/tasks").status == 401)
      let fields = ["Authorization: Bearer new"]
      #expect(
        try await bench.send("GET", "/v1/tasks", headers: fields, host: "taskhook.internal").status == 200)
      #expect(try await bench.get("/v1/tasks", headers: fields).status == 200)
    }
  }

  @Test func anAddressInUseIsSaidSo() async throws {
    try await withServer { bench in
      let other = Server(
        Server.Settings(listen: ListenAddress(host: "127.0.0.1", port: bench.port)), control: bench.control,
        metrics: bench.metrics, feed: bench.feed, time: bench.time, log: .init(label: "test"))
      let error = await #expect(throws: ServerError.self) { try await other.start() }
      #expect(error?.description.contains("cannot listen on \(bench.host)") == true)
    }
  }

  @Test func itStopsThoughARequestHangs() async throws {
    let time = ManualTime()
    let hanging = Hanging()
    let wire = try await withServer(proxy: hanging, time: time) { bench in
      let wire = try Wire(port: bench.port)
      let idle = try Wire(port: bench.port)
      wire.send("GET /proxy/x HTTP/1.1\r\nHost: \(bench.host)\r\n\r\n")
      idle.send("GET /healthz HTTP/1.1\r\nHost: \(bench.host)\r\n\r\n")
      #expect(try await idle.reply().status == 200)
      await eventually { hanging.isAsked }
      async let stopped: Void = bench.server.stop()
      #expect(try await idle.readToEnd().isEmpty)
      // The feed's look after its clients has ended; what sleeps is the wait for the request.
      await eventually { time.sleepers > 0 }
      time.advance(by: .seconds(2))
      await stopped
      return wire
    }
    #expect(try await wire.readToEnd().isEmpty)
    await eventually { hanging.isCancelled }
  }

  @Test func aRequestThatRunsIsAnsweredWhenItStops() async throws {
    let hanging = Hanging()
    try await withServer(proxy: hanging, time: ManualTime()) { bench in
      let wire = try Wire(port: bench.port)
      wire.send("GET /proxy/x HTTP/1.1\r\nHost: \(bench.host)\r\n\r\n")
      await eventually { hanging.isAsked }
      async let stopped: Void = bench.server.stop()
      await eventually { (try? Wire(port: bench.port)) == nil }
      hanging.letGo()
      #expect(try await wire.reply().status == 200)
      await stopped
    }
  }

  @Test func faultsAreToldWithoutMore() async throws {
    try await withServer { bench in
      bench.control.set { $0.fault = StoreError(.unwritable, "the disk is full") }
      let reply = try await bench.send("POST", "/v1/tasks", body: #"{"id": "a"}"#)
      #expect(reply.status == 503)
      #expect(try JSONDocument(reply.body).root["detail"]?.string == "the disk is full")
      bench.control.set { $0.fault = StoreError(.fault, "odd") }
      #expect(try await bench.send("POST", "/v1/tasks", body: #"{"id": "a"}"#).status == 500)
    }
  }
}

/// Answers once it is let go.
private final class Hanging: RequestHandler {
  private struct State {
    var isAsked = false
    var isCancelled = false
  }

  private let state = Mutex(State())
  private let gate = AsyncStream<Void>.makeStream()

  var isAsked: Bool { state.withLock { $0.isAsked } }
  var isCancelled: Bool { state.withLock { $0.isCancelled } }
  func letGo() { gate.continuation.yield() }

  func answer(_ request: Request) async throws -> Response {
    state.withLock { $0.isAsked = true }
    for await _ in gate.stream { return Response(status: .ok) }
    state.withLock { $0.isCancelled = Task.isCancelled }
    throw CancellationError()
  }
}
