import Hummingbird
import Model
import Synchronization
import Testing

@testable import Server

@Suite struct MountTests {
  @Test func requestsAndAnswersPassAsTheyAre() async throws {
    let echo = Echo()
    try await withServer(proxy: echo) { bench in
      let reply = try await bench.send(
        "PATCH", "/proxy/runway/v1/a%2Fb?x=1",
        headers: ["Content-Type: text/plain", "Authorization: Bearer key"],
        body: "hello")
      #expect(reply.status == 207)
      #expect(reply.text == "hello")
      let seen = try #require(echo.last)
      #expect(seen.path == "/proxy/runway/v1/a%2Fb?x=1")
      #expect(seen.headerFields[.authorization] == "Bearer key")
      #expect(try await bench.get("/proxy").status == 404)
      #expect(bench.metrics.requests["/proxy/", "207"].value == 1)
    }
  }

  @Test func aClientMayWaitForTheWordToGoOn() async throws {
    try await withServer(proxy: Echo()) { bench in
      let wire = try Wire(port: bench.port)
      wire.send(
        "POST /proxy/x HTTP/1.1\r\nHost: \(bench.host)\r\nExpect: 100-continue\r\nContent-Length: 5\r\n\r\n")
      _ = try await wire.read(until: "HTTP/1.1 100 ")
      wire.send("hello")
      #expect(try await wire.read(until: "hello").contains("HTTP/1.1 207"))
    }
  }

  @Test func theTokenIsCheckedAndNotPassedOn() async throws {
    let echo = Echo()
    try await withServer(token: "s3cret-token", proxy: echo) { bench in
      let bare = try await bench.get("/proxy/x")
      #expect(bare.status == 401)
      #expect(try await bench.get("/proxy/x", headers: ["Authorization: Bearer s3cret-token"]).status == 401)
      #expect(echo.last == nil)
      let fields = ["Taskhook-Token: s3cret-token", "Authorization: Bearer key"]
      #expect(try await bench.get("/proxy/x", headers: fields).status == 207)
      #expect(echo.last?.headerFields[.authorization] == "Bearer key")
      #expect(echo.last?.headerFields[Gate.tokenField] == nil)
    }
  }

  @Test func withASharedKeyTheTokenMayStandInItsPlace() async throws {
    let echo = Echo()
    try await withServer(token: "s3cret-token", proxy: echo, proxySettings: ProxySettings(sharesKey: true)) {
      bench in
      let bare = try await bench.get("/proxy/x", headers: ["Authorization: Bearer key"])
      #expect(bare.status == 401)
      #expect(try await bench.get("/proxy/x", headers: ["Authorization: Bearer s3cret-token"]).status == 207)
      #expect(echo.last?.headerFields[.authorization] == nil)
    }
  }

  @Test func pagesOfOtherSitesDoNotReachIt() async throws {
    let echo = Echo()
    try await withServer(proxy: echo) { bench in
      let other = try await bench.send("GET", "/proxy/x", host: "evil.example")
      #expect(other.status == 421)
      #expect(try await bench.get("/proxy/x", headers: ["Origin: http://evil.example"]).status == 403)
      #expect(echo.last == nil)
    }
  }

  @Test func whatItThrowsIsAnswered() async throws {
    try await withServer(proxy: Failing()) { bench in
      let reply = try await bench.get("/proxy/x")
      #expect(reply.status == 500)
      #expect(!reply.text.contains("secret"))
    }
  }
}

private final class Echo: RequestHandler {
  private let seen = Mutex<HTTPRequest?>(nil)
  var last: HTTPRequest? { seen.withLock { $0 } }

  func answer(_ request: Request) async throws -> Response {
    seen.withLock { $0 = request.head }
    let body = try await request.body.collect(upTo: 1000)
    return Response(status: .init(code: 207), body: ResponseBody(byteBuffer: body))
  }
}

private struct Failing: RequestHandler {
  struct Fault: Error { var text = "secret" }
  func answer(_ request: Request) async throws -> Response { throw Fault() }
}
