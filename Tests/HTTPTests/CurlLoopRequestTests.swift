import Foundation
import Model
import TestSupport
import Testing

@testable import HTTP

/// What goes over the wire, and what comes back.
@Suite struct CurlLoopRequestTests {
  @Test func sendsAPlainRequest() async throws {
    let server = try LoopbackServer { _ in .respond(200, headers: [HTTPHeader("X-A", "1")], body: "hello") }
    let response = try await withLoop {
      try await $0.send("GET", server.url("/a/../b/./c?d=%2e&e=f%20g"), headers: [HTTPHeader("X-Empty", "")])
    }
    #expect(response.status == 200)
    #expect(response.version == .http1)
    #expect(response.text == "hello")
    #expect(response.headers["x-a"] == "1")
    #expect(!response.truncated)
    let request = try #require(server.requests.first)
    #expect(request.method == "GET")
    #expect(request.target == "/a/../b/./c?d=%2e&e=f%20g")
    #expect(request.headers["x-empty"] == "")
    #expect(request.headers["host"] == "127.0.0.1:\(server.port)")
    #expect(request.headers["content-length"] == nil)
    #expect(request.headers["user-agent"] == nil)
    #expect(request.headers["accept-encoding"]?.contains("gzip") == true)
  }

  @Test(arguments: [
    ("POST", "text" as String?, "4" as String?), ("POST", nil, "0"), ("POST", "", "0"), ("PUT", nil, "0"),
    ("PUT", "text", "4"), ("PATCH", "text", "4"), ("DELETE", nil, nil), ("DELETE", "text", "4"),
    ("OPTIONS", nil, nil), ("GET", "text", "4"), ("QUERY", "text", "4"), ("GET", nil, nil),
    ("HEAD", nil, nil),
  ])
  func sendsMethodsAndBodies(method: String, body: String?, length: String?) async throws {
    let server = try LoopbackServer { _ in .respond(200, body: "fine") }
    try await withLoop { loop in
      // Twice with one profile: the handle that the first request used brings nothing into the second.
      let profile = HTTPProfile(method: method, timeout: .seconds(30), bodyLimit: 100)
      for _ in 0..<2 {
        let response = try await loop.send(
          HTTPRequest(profile, url: server.url(), body: body.map { Array($0.utf8) }))
        #expect(response.text == (method == "HEAD" ? "" : "fine"))
      }
    }
    for request in server.requests {
      #expect(request.method == method)
      #expect(request.text == body ?? "")
      #expect(request.headers["content-length"] == length)
      #expect(request.headers["content-type"] == nil)
      #expect(request.headers["expect"] == nil)
      #expect(request.headers["transfer-encoding"] == nil)
    }
    #expect(server.connections == 1)
  }

  /// What libcurl has parsed of one URL is kept for the next: each request asks for its own all the same.
  @Test func asksForEachURLAsItIsWritten() async throws {
    let first = try LoopbackServer { _ in .respond(200) }
    let second = try LoopbackServer { _ in .respond(200) }
    let targets = [
      "/v1/a", "/v1/b", "/v1/c%2Fd%c3%A9", "/v1/e", "/v1/f?x=1&y=%2F", "/v1/g", "/v1/g?z", "/", "/a/../b/./c",
      "/h",
      "/v1/\u{e9}", "/i",
    ]
    let profile = HTTPProfile(method: "GET", timeout: .seconds(30), bodyLimit: 100)
    try await withLoop { loop in
      for target in targets {
        _ = try await loop.send(HTTPRequest(profile, url: first.url(target)))
        _ = try await loop.send(HTTPRequest(profile, url: first.url(target)))
        _ = try await loop.send(HTTPRequest(profile, url: second.url(target + "#part")))
      }
      _ = try await loop.send(HTTPRequest(profile, url: first.url("")))
      _ = try await loop.send(HTTPRequest(profile, url: first.url("?q")))
      // What was refused leaves nothing behind.
      await #expect(throws: HTTPError.self) { try await loop.send(HTTPRequest(profile, url: "http://[::/a")) }
      _ = try await loop.send(HTTPRequest(profile, url: first.url("/v1/a")))
    }
    // libcurl writes what is not ASCII in percent-encoding.
    let sent = targets.map { $0.replacingOccurrences(of: "\u{e9}", with: "%c3%a9") }
    #expect(first.requests.map(\.target) == sent.flatMap { [$0, $0] } + ["/", "/?q", "/v1/a"])
    #expect(second.requests.map(\.target) == sent)
    #expect(first.requests.allSatisfy { $0.headers["host"] == "127.0.0.1:\(first.port)" })
    #expect(second.requests.allSatisfy { $0.headers["host"] == "127.0.0.1:\(second.port)" })
  }

  @Test func forgetsTheBodyOfTheLastRequest() async throws {
    let server = try LoopbackServer { _ in .respond(200) }
    try await withLoop { loop in
      let profile = HTTPProfile(
        method: "DELETE", headers: [HTTPHeader("X-Own", "p")], timeout: .seconds(30), bodyLimit: 100)
      for (body, extra) in [("one", "1"), (nil, nil), ("three", "3"), (nil, "4")] {
        let headers = extra.map { [HTTPHeader("X-Extra", $0), HTTPHeader("Content-Type", "text/x")] } ?? []
        _ = try await loop.send(
          HTTPRequest(profile, url: server.url(), headers: headers, body: body.map { Array($0.utf8) }))
      }
    }
    #expect(server.requests.map(\.method) == ["DELETE", "DELETE", "DELETE", "DELETE"])
    #expect(server.requests.map(\.text) == ["one", "", "three", ""])
    #expect(server.requests.map { $0.headers["x-extra"] } == ["1", nil, "3", "4"])
    #expect(server.requests.map { $0.headers["content-type"] } == ["text/x", nil, "text/x", "text/x"])
    #expect(server.requests.map { $0.headers["x-own"] } == ["p", "p", "p", "p"])
  }

  @Test func sendsALargeBodyAtOnce() async throws {
    let server = try LoopbackServer { .respond(200, body: "\($0.body.count)") }
    let response = try await withLoop {
      try await $0.send("POST", server.url(), body: String(repeating: "x", count: 7_000_000))
    }
    #expect(response.text == "7000000")
    #expect(server.requests.first?.headers["expect"] == nil)
  }

  @Test func readsChunksTrailersAndInterimAnswers() async throws {
    let server = try LoopbackServer { _ in
      .script([
        .send("HTTP/1.1 103 Early Hints\r\nX-Early: 1\r\n\r\n"),
        .send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nX-Final: 1\r\n\r\n"),
        .send("5\r\nhello\r\n"), .send("6\r\n world\r\n"), .send("0\r\nX-Trailer: 1\r\n\r\n"),
      ])
    }
    let response = try await withLoop { try await $0.send("GET", server.url()) }
    #expect(response.status == 200)
    #expect(response.text == "hello world")
    #expect(response.headers["x-final"] == "1")
    #expect(response.headers["x-early"] == nil)
    #expect(response.headers["x-trailer"] == nil)
  }

  @Test(arguments: [204, 304])
  func readsAnswersWithoutABody(status: Int) async throws {
    let server = try LoopbackServer { _ in .respond(status) }
    try await withLoop { loop in
      for _ in 0..<2 {
        let response = try await loop.send("GET", server.url())
        #expect(response.status == status)
        #expect(response.body.isEmpty)
      }
    }
    #expect(server.connections == 1)
  }

  @Test(arguments: [301, 302, 303, 307, 308])
  func followsNoRedirect(status: Int) async throws {
    let server = try LoopbackServer { _ in .respond(status, headers: [HTTPHeader("Location", "/other")]) }
    let response = try await withLoop { try await $0.send("POST", server.url("/first"), body: "x") }
    #expect(response.status == status)
    #expect(response.headers["location"] == "/other")
    #expect(response.location == server.url("/other"))
    #expect(server.requests.map(\.target) == ["/first"])
  }

  @Test(arguments: [(200, "/x"), (201, "/x"), (304, "/x"), (302, "ftp://host/"), (302, nil)])
  func leadsNowhereElse(status: Int, location: String?) async throws {
    let headers = location.map { [HTTPHeader("Location", $0)] } ?? []
    let server = try LoopbackServer { _ in .respond(status, headers: headers) }
    let response = try await withLoop { try await $0.send("GET", server.url()) }
    #expect(response.status == status)
    #expect(response.location == nil)
  }

  /// The bytes of a file count, not what a server packed them in.
  @Test func takesBodiesAsTheyAreWhereNothingIsDecoded() async throws {
    let packed: [UInt8] = [0x1F, 0x8B, 8, 0, 1, 2, 3]
    let server = try LoopbackServer { _ in
      .bytes(200, headers: [HTTPHeader("Content-Encoding", "gzip")], body: packed)
    }
    let profile = HTTPProfile(method: "GET", timeout: .seconds(30), bodyLimit: 100, decodes: false)
    let response = try await withLoop { try await $0.send(HTTPRequest(profile, url: server.url())) }
    #expect(response.body == packed)
    #expect(response.headers["content-encoding"] == "gzip")
    #expect(server.requests.first?.headers["accept-encoding"] == nil)
  }

  @Test func keepsNoCookies() async throws {
    let server = try LoopbackServer { _ in .respond(200, headers: [HTTPHeader("Set-Cookie", "a=b")]) }
    try await withLoop { loop in
      for _ in 0..<2 { _ = try await loop.send("GET", server.url()) }
    }
    #expect(server.requests.allSatisfy { $0.headers["cookie"] == nil })
  }

  @Test func reusesOneConnection() async throws {
    let server = try LoopbackServer { _ in .respond(200, body: "x") }
    try await withLoop { loop in
      for _ in 0..<50 { _ = try await loop.send("GET", server.url()) }
    }
    #expect(server.connections == 1)
    #expect(server.requests.map(\.ordinal) == Array(1...50))
  }

  @Test func sendsManyAtOnceAndMixesNothingUp() async throws {
    let server = try LoopbackServer { .respond(200, body: $0.target) }
    try await withLoop { loop in
      let profile = HTTPProfile(method: "GET", timeout: .seconds(60), bodyLimit: 1000)
      for _ in 0..<2 {
        try await withThrowingTaskGroup(of: Bool.self) { group in
          for number in 0..<200 {
            group.addTask {
              try await loop.send(HTTPRequest(profile, url: server.url("/\(number)"))).text == "/\(number)"
            }
          }
          var same = 0
          for try await one in group where one { same += 1 }
          #expect(same == 200)
        }
      }
    }
    #expect(server.requests.count == 400)
    #expect(server.connections <= 200)
  }

  /// Without TLS, requests do not wait for a shared connection: a slow answer would hold all others up.
  @Test func doesNotQueueBehindASlowAnswer() async throws {
    let server = try LoopbackServer { $0.target == "/slow" ? .script([.hang]) : .respond(200, body: "fast") }
    try await withLoop { loop in
      let slow = Task { await loop.failure("GET", server.url("/slow"), timeout: .seconds(600)) }
      _ = try await server.requests(1)
      let fast = try await loop.send("GET", server.url("/fast"), timeout: .seconds(60))
      #expect(fast.text == "fast")
      slow.cancel()
      #expect(await slow.value?.kind == .cancelled)
    }
  }

  @Test func reachesIPv6() async throws {
    let server = try LoopbackServer(ipv6: true) { _ in .respond(200, body: "six") }
    try await withLoop { loop in
      let response = try await loop.send("GET", server.url())
      #expect(response.text == "six")
      server.stop()
      #expect(await loop.failure("GET", server.url())?.message.contains("[::1]:\(server.port)") == true)
    }
  }

  @Test func goesThroughAProxyThatIsNamed() async throws {
    let proxy = try LoopbackServer { .respond(200, body: "proxied \($0.target)") }
    let response = try await withLoop {
      try await $0.send(
        "GET", "http://nowhere.invalid/x?y",
        connection: ConnectionOptions(proxy: SecretURL("http://me:pa%40ss@127.0.0.1:\(proxy.port)")))
    }
    #expect(response.text == "proxied http://nowhere.invalid/x?y")
    #expect(proxy.requests.first?.headers["proxy-authorization"] == "Basic bWU6cGFAc3M=")
  }

  /// In a process of its own, since the environment belongs to all tests.
  @Test func goesThroughTheProxyOfTheEnvironment() async {
    await #expect(processExitsWith: .success) {
      let proxy = try LoopbackServer { request in .respond(200, body: "proxied \(request.target)") }
      let named = try LoopbackServer { _ in .respond(200, body: "named") }
      setenv("http_proxy", "http://127.0.0.1:\(proxy.port)", 1)
      setenv("no_proxy", "127.0.0.1", 1)
      let loop = try CurlLoop()
      let outside = try await loop.send("GET", "http://nowhere.invalid/x")
      #expect(outside.text == "proxied http://nowhere.invalid/x")
      let direct = try await loop.send("GET", named.url())
      #expect(direct.text == "named")
      // One that is named counts for the hosts in no_proxy, too.
      let through = ConnectionOptions(proxy: SecretURL("http://127.0.0.1:\(named.port)"))
      let other = try await loop.send("GET", "http://127.0.0.1:1/", connection: through)
      #expect(other.text == "named")
      loop.shutdown()
    }
  }
}
