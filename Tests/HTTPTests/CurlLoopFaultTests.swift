import Model
import Synchronization
import TestSupport
import Testing

@testable import HTTP

/// Peers that fail, and requests that must not be sent.
@Suite struct CurlLoopFaultTests {
  @Test func isRefused() async throws {
    let server = try LoopbackServer { _ in .respond(200) }
    server.stop()
    let error = try await withLoop { await $0.failure("GET", server.url("/secret?token=x")) }
    #expect(error == HTTPError(.connect, "GET 127.0.0.1:\(server.port): cannot connect: Connection refused"))
  }

  @Test func cannotResolve() async throws {
    let error = try await withLoop {
      await $0.failure("GET", "http://name.invalid/secret", timeout: .seconds(60))
    }
    // Where no resolver answers at all, the time for connecting runs out first.
    #expect(error?.kind == .resolve || error?.kind == .timeout)
    #expect(error?.message.hasPrefix("GET name.invalid:80: ") == true)
    #expect(error?.message.contains("secret") == false)
  }

  /// Names beyond ASCII are looked up, in whatever locale the program runs.
  @Test func looksUpInternationalNames() async throws {
    let error = try await withLoop {
      await $0.failure("GET", "http://bücher.invalid/secret", timeout: .seconds(60))
    }
    #expect(error?.kind == .resolve || error?.kind == .timeout, "\(error?.message ?? "")")
  }

  @Test(arguments: [
    ([LoopbackServer.Step.reset], HTTPError.Kind.reset),
    ([.close], .reset),
    ([.send("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhello"), .close], .reset),
    ([.send("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhello"), .reset], .reset),
    ([.send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhel"), .close], .reset),
    ([.send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n"), .close], .reset),
    ([.send("HTTP/1.1 200 OK\r\nContent-Length: nonsense\r\n\r\n"), .close], .protocolError),
    ([.send("220 smtp ready\r\n"), .close], .protocolError),
    ([.send("HTTP/7.5 200 OK\r\n\r\n"), .close], .protocolError),
    ([.send("HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 5\r\n\r\nplain")], .protocolError),
    (
      [.send("HTTP/1.1 200 OK\r\nContent-Encoding: nonsense\r\nContent-Length: 5\r\n\r\nplain")],
      .protocolError
    ),
  ])
  func breaksOff(steps: [LoopbackServer.Step], kind: HTTPError.Kind) async throws {
    let server = try LoopbackServer { _ in .script(steps) }
    let error = try await withLoop { await $0.failure("GET", server.url("/secret")) }
    #expect(error?.kind == kind, "\(error?.message ?? "no error")")
    #expect(error?.message.hasPrefix("GET 127.0.0.1:\(server.port): ") == true)
    #expect(error?.message.contains("secret") == false)
  }

  @Test func readsToTheEndOfTheConnectionWhereNoLengthIsGiven() async throws {
    let server = try LoopbackServer { _ in .script([.send("HTTP/1.1 200 OK\r\n\r\nhello"), .close]) }
    let response = try await withLoop { try await $0.send("GET", server.url()) }
    #expect(response.text == "hello")
  }

  @Test(arguments: [
    [LoopbackServer.Step.hang],
    [.send("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhello"), .hang],
    [.send("HTTP/1.1 200 OK\r\nX: "), .hang],
  ])
  func timesOut(steps: [LoopbackServer.Step]) async throws {
    let server = try LoopbackServer { _ in .script(steps) }
    let error = try await withLoop { await $0.failure("GET", server.url(), timeout: .milliseconds(100)) }
    #expect(error?.kind == .timeout)
    #expect(error?.message.contains("0.1 seconds") == true)
  }

  /// A byte now and then keeps no request alive: the time-out is of the whole.
  @Test func timesOutOnASlowDrip() async throws {
    let drip: [LoopbackServer.Step] = [.send("HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n")]
    let steps = drip + Array(repeating: [.send("x"), .pause(.milliseconds(10))], count: 6000).flatMap { $0 }
    let server = try LoopbackServer { _ in .script(steps) }
    let error = try await withLoop { await $0.failure("GET", server.url(), timeout: .milliseconds(300)) }
    #expect(error?.kind == .timeout)
  }

  /// Long before the time for the whole, where nothing moves; a byte now and then keeps it alive.
  @Test(arguments: [
    ([LoopbackServer.Step.hang], "0 bytes"),
    ([.send("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhello"), .hang], "5 bytes"),
  ])
  func noticesThatNothingMoves(steps: [LoopbackServer.Step], read: String) async throws {
    let server = try LoopbackServer { _ in .script(steps) }
    let profile = HTTPProfile(method: "GET", timeout: .seconds(600), bodyLimit: 100, stall: .seconds(1))
    let error = try await withLoop { await $0.failure(HTTPRequest(profile, url: server.url())) }
    let reason = "nothing came or left for 1.0 seconds, \(read) of the body read"
    #expect(error == HTTPError(.timeout, "GET 127.0.0.1:\(server.port): \(reason)"))
  }

  @Test func aDripIsNoStall() async throws {
    let drip = Array(repeating: [LoopbackServer.Step.send("xx"), .pause(.milliseconds(300))], count: 12)
    let server = try LoopbackServer { _ in
      .script([.send("HTTP/1.1 200 OK\r\nContent-Length: 24\r\n\r\n")] + drip.flatMap { $0 })
    }
    let profile = HTTPProfile(method: "GET", timeout: .seconds(600), bodyLimit: 100, stall: .seconds(1))
    let response = try await withLoop { try await $0.send(HTTPRequest(profile, url: server.url())) }
    #expect(response.body.count == 24)
  }

  @Test(arguments: [(0, 1), (1, 1), (1000, 1), (1001, 2), (30_000, 30)])
  func countsAStallInWholeSeconds(milliseconds: Int, seconds: Int) {
    #expect(EasyOptions.seconds(.milliseconds(milliseconds)) == seconds)
  }

  @Test(arguments: [
    (["X-A": "1\r\nX-B: 2"], "http://127.0.0.1:1/"),
    (["X-A\r\nX-B": "1"], "http://127.0.0.1:1/"),
    (["X-A": "nul\0"], "http://127.0.0.1:1/"),
    (["Content-Length": "5"], "http://127.0.0.1:1/"),
    ([:], "http://127.0.0.1:1/\r\nX-B: 2"),
    ([:], "http://127.0.0.1:1/ HTTP/1.1"),
    ([:], "ftp://127.0.0.1:1/"), ([:], "file:///etc/passwd"), ([:], "gopher://127.0.0.1:1/"),
    ([:], "http://"), ([:], "http:///path"), ([:], "nonsense"), ([:], "http://127.0.0.1:99999/"), ([:], ""),
  ])
  func refusesBadRequests(headers: [String: String], url: String) async throws {
    let list = headers.map { HTTPHeader($0.key, $0.value) }
    let errors = try await withLoop { loop -> [HTTPError?] in
      let profile = HTTPProfile(method: "GET", timeout: .seconds(30), bodyLimit: 10)
      let late: Result<HTTPResponse, HTTPError>
      do throws(HTTPError) {
        late = .success(try await loop.send(HTTPRequest(profile, url: url, headers: list)))
      } catch {
        late = .failure(error)
      }
      guard case .failure(let error) = late else { return [nil] }
      return [await loop.failure("GET", url, headers: list), error]
    }
    for error in errors { #expect(error?.kind == .badRequest, "\(error?.message ?? "was sent")") }
  }

  @Test func sendsNothingOfARefusedRequest() async throws {
    let server = try LoopbackServer { _ in .respond(200) }
    try await withLoop { loop in
      _ = await loop.failure("GET", server.url(), headers: [HTTPHeader("X-A", "1\r\nX-B: 2")])
      _ = await loop.failure("GET", server.url("/\r\nX-B: 2"))
      _ = await loop.failure("GE T", server.url())
      _ = await loop.failure("HEAD", server.url(), body: "x")
      _ = try await loop.send("GET", server.url("/fine"))
    }
    #expect(server.requests.map(\.target) == ["/fine"])
    #expect(server.connections == 1)
  }

  /// The server closed the connection while it rested; nobody notices, whatever the method.
  @Test(arguments: ["GET", "POST"])
  func replacesAConnectionThatWasClosedAtRest(method: String) async throws {
    let server = try LoopbackServer { .respond(200, body: $0.text) }
    try await withLoop { loop in
      for round in 1...3 {
        let body = method == "POST" ? "\(round)" : nil
        let response = try await loop.send(method, server.url(), body: body)
        #expect(response.text == body ?? "")
        server.closeConnections()
      }
    }
    #expect(server.connections == 3)
    #expect(server.requests.count == 3)
  }

  /// The server closes a reused connection instead of answering, as it does when the request and its own
  /// idle time-out cross: libcurl sends it once more on a fresh connection, a POST too, body and all.
  @Test(arguments: ["GET", "POST"])
  func sendsAgainWhatDiedWithAReusedConnection(method: String) async throws {
    let server = try LoopbackServer { $0.ordinal == 1 ? .respond(200, body: $0.text) : .script([.close]) }
    try await withLoop { loop in
      for round in 1...3 {
        let body = method == "POST" ? "\(round)" : nil
        let response = try await loop.send(method, server.url(), body: body)
        #expect(response.text == body ?? "")
      }
    }
    #expect(server.connections == 3)
    #expect(server.requests.count == 5)
  }

  /// On a fresh connection the same is an error: the request may have been acted on.
  @Test func reportsWhatDiedWithAFreshConnection() async throws {
    let server = try LoopbackServer { _ in .script([.close]) }
    let error = try await withLoop { await $0.failure("POST", server.url(), body: "x") }
    #expect(error?.kind == .reset)
    #expect(server.requests.count == 1)
  }

  @Test func saysNothingOfTheProxysPassword() async throws {
    let server = try LoopbackServer { _ in .respond(200) }
    server.stop()
    let proxies = [
      "http://me:hunter2@127.0.0.1:\(server.port)", "nonsense://me:hunter2@127.0.0.1:1", "http://me:hunter2@",
      "http://me:hunter2@name.invalid:1", "socks5://me:hunter2@127.0.0.1:\(server.port)",
    ]
    try await withLoop { loop in
      for proxy in proxies {
        for scheme in ["http", "https"] {
          let error = await loop.failure(
            "GET", "\(scheme)://host.invalid/secret",
            connection: ConnectionOptions(proxy: SecretURL(proxy)), timeout: .seconds(20))
          let message = try #require(error?.message)
          #expect(!message.contains("hunter2") && !message.contains("secret"), "\(message)")
        }
      }
    }
  }

  @Test func reportsAProxysRefusal() async throws {
    let proxy = try LoopbackServer { _ in .respond(403) }
    let error = try await withLoop {
      await $0.failure(
        "GET", "https://host.invalid/",
        connection: ConnectionOptions(proxy: SecretURL("http://127.0.0.1:\(proxy.port)")))
    }
    #expect(
      error == HTTPError(.connect, "GET host.invalid:443: the proxy refused the connection with status 403"))
    #expect(proxy.requests.first?.method == "CONNECT")
  }
}
