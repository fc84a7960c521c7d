import Model
import TestSupport
import Testing

@testable import HTTP

/// Bodies that are taken as they come.
@Suite struct SinkTests {
  private let profile = HTTPProfile(method: "GET", timeout: .seconds(30), bodyLimit: 16)

  /// The limit of bodies that are kept does not hold.
  @Test func takesTheBody() async throws {
    let body = String(repeating: "0123456789", count: 100_000)
    let server = try LoopbackServer { _ in .respond(200, headers: [HTTPHeader("X-A", "1")], body: body) }
    let sink = RecordingSink()
    let response = try await withLoop {
      try await $0.send(HTTPRequest(profile, url: server.url(), sink: sink))
    }
    #expect(response.status == 200)
    #expect(response.headers["x-a"] == "1")
    #expect(response.body.isEmpty && !response.truncated)
    #expect(sink.statuses == [200])
    #expect(sink.headers == response.headers)
    #expect(sink.text == body)
    #expect(sink.chunks > 1)
  }

  /// What it does not want is kept as ever, and cut or refused at the limit.
  @Test func leavesTheBodyOfAnError() async throws {
    let server = try LoopbackServer { .respond(403, body: $0.target == "/long" ? "0123456789abcdefg" : "no") }
    let sinks = (0..<3).map { _ in RecordingSink() }
    try await withLoop { loop in
      let short = try await loop.send(HTTPRequest(profile, url: server.url(), sink: sinks[0]))
      #expect(short.status == 403 && short.text == "no")
      let long = server.url("/long")
      let error = await loop.failure(HTTPRequest(profile, url: long, sink: sinks[1]))
      #expect(error?.kind == .bodyTooLarge)
      let cutting = HTTPProfile(method: "GET", timeout: .seconds(30), bodyLimit: 16, overflow: .truncate)
      let cut = try await loop.send(HTTPRequest(cutting, url: long, sink: sinks[2]))
      #expect(cut.status == 403 && cut.text == "0123456789abcdef" && cut.truncated)
    }
    for sink in sinks { #expect(sink.statuses == [403] && sink.chunks == 0) }
  }

  @Test(arguments: [
    ("GET", LoopbackServer.Answer.respond(200)), ("GET", .respond(204)),
    ("HEAD", .respond(200, body: "hello")),
    ("GET", .script([.send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n")])),
  ])
  func isAskedWhereThereIsNoBody(method: String, answer: LoopbackServer.Answer) async throws {
    let server = try LoopbackServer { _ in answer }
    let sink = RecordingSink()
    let profile = HTTPProfile(method: method, timeout: .seconds(30), bodyLimit: 16)
    let response = try await withLoop {
      try await $0.send(HTTPRequest(profile, url: server.url(), sink: sink))
    }
    #expect(response.body.isEmpty && !response.truncated)
    #expect(sink.statuses == [response.status])
    #expect(sink.chunks == 0)
  }

  @Test func isAskedOfTheFinalAnswerAlone() async throws {
    let server = try LoopbackServer { _ in
      .script([
        .send("HTTP/1.1 103 Early Hints\r\nX-Early: 1\r\n\r\n"),
        .send("HTTP/1.1 206 Partial Content\r\nTransfer-Encoding: chunked\r\nX-Final: 1\r\n\r\n"),
        .send("5\r\nhello\r\n"), .send("0\r\nX-Trailer: 1\r\n\r\n"),
      ])
    }
    let sink = RecordingSink()
    _ = try await withLoop { try await $0.send(HTTPRequest(profile, url: server.url(), sink: sink)) }
    #expect(sink.statuses == [206])
    #expect(sink.headers?["x-final"] == "1" && sink.headers?["x-early"] == nil)
    #expect(sink.text == "hello")
  }

  /// The connection is closed: the rest would have to be read first.
  @Test func breaksOffWhatItRefuses() async throws {
    let chunk = [UInt8](repeating: 0x78, count: 64 * 1024)
    let server = try LoopbackServer { _ in
      .script([.send("HTTP/1.1 200 OK\r\nContent-Length: 1073741824\r\n\r\n"), .flood(chunk, total: 1 << 30)])
    }
    let sink = RecordingSink(limit: 100_000)
    try await withLoop { loop in
      let error = await loop.failure(HTTPRequest(profile, url: server.url("/secret"), sink: sink))
      let place = "GET 127.0.0.1:\(server.port)"
      let reason = "the rest of the body is not wanted, after \(sink.bytes.count) bytes"
      #expect(error == HTTPError(.refused, "\(place): \(reason)"))
      #expect(sink.bytes.count > 50_000 && sink.bytes.count <= 100_000)
      await eventually { server.openConnections == 0 }
    }
  }

  /// Part of a body is no body, also where a part of one that is kept would do; and how far it came is said.
  @Test(arguments: [
    ("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhello", "hello", "after 5 bytes"),
    ("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n9\r\nhello", "hello", "after 5 bytes"),
    ("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n", "", "after 0 bytes"),
  ])
  func aBrokenBodyIsAnError(answer: String, taken: String, reason: String) async throws {
    let server = try LoopbackServer { _ in .script([.send(answer), .close]) }
    let profile = HTTPProfile(method: "GET", timeout: .seconds(30), bodyLimit: 16, overflow: .truncate)
    let sink = RecordingSink()
    let error = try await withLoop {
      await $0.failure(HTTPRequest(profile, url: server.url(), sink: sink))
    }
    #expect(error?.kind == .reset)
    #expect(error?.message.contains(reason) == true, "\(error?.message ?? "")")
    #expect(sink.statuses == [200] && sink.text == taken)
  }

  @Test func brokenHeadersAreNotAskedOf() async throws {
    let server = try LoopbackServer { _ in .script([.send("HTTP/1.1 200 OK\r\nContent-Le"), .close]) }
    let sink = RecordingSink()
    let error = try await withLoop {
      await $0.failure(HTTPRequest(profile, url: server.url(), sink: sink))
    }
    #expect(error?.kind == .reset)
    #expect(sink.statuses.isEmpty)
  }

  @Test func isLeftInPeaceOnceCancelled() async throws {
    let server = try LoopbackServer { _ in
      .script([.send("HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\nhello"), .hang])
    }
    try await withLoop { loop in
      let (begun, begin) = AsyncStream.makeStream(of: Void.self)
      let sink = RecordingSink(began: { begin.yield() })
      let request = HTTPRequest(
        HTTPProfile(method: "GET", timeout: .seconds(600), bodyLimit: 16), url: server.url(), sink: sink)
      let download = Task { await loop.failure(request) }
      for await _ in begun { break }
      download.cancel()
      #expect(await download.value?.kind == .cancelled)
      await eventually { server.openConnections == 0 }
      #expect(sink.text == "hello")
    }
  }

  /// One handle, request after request: with a sink, refused, without, with another.
  @Test func bringsNothingIntoTheNextRequest() async throws {
    let server = try LoopbackServer { .respond(200, body: $0.target) }
    try await withLoop { loop in
      let first = RecordingSink()
      _ = try await loop.send(HTTPRequest(profile, url: server.url("/1"), sink: first))
      _ = await loop.failure(HTTPRequest(profile, url: server.url("/2"), sink: RecordingSink(limit: 1)))
      let plain = try await loop.send(HTTPRequest(profile, url: server.url("/3")))
      #expect(plain.text == "/3")
      let last = RecordingSink()
      let response = try await loop.send(HTTPRequest(profile, url: server.url("/4"), sink: last))
      #expect(response.body.isEmpty)
      #expect(first.text == "/1" && first.statuses == [200])
      #expect(last.text == "/4" && last.statuses == [200])
    }
  }

  @Test func isReleasedWithItsRequest() async throws {
    let server = try LoopbackServer { _ in .respond(200, body: "hello") }
    try await withLoop { loop in
      weak var released: RecordingSink?
      do {
        let sink = RecordingSink()
        released = sink
        _ = try await loop.send(HTTPRequest(profile, url: server.url(), sink: sink))
      }
      await eventually { released == nil }
    }
  }

  @Test func takesBodiesOfHTTP2() async throws {
    let nginx = try await NginxFixture()
    defer { nginx.stop() }
    let bytes = (0..<3_000_000).map { UInt8(truncatingIfNeeded: $0 &* 31) }
    try nginx.serve(bytes, as: "large")
    let profile = HTTPProfile(
      method: "GET", connection: ConnectionOptions(ca: nginx.ca), timeout: .seconds(30), bodyLimit: 16)
    try await withLoop { loop in
      let url = "https://localhost:\(nginx.open)/files/large"
      let refusing = RecordingSink(limit: 100_000)
      let error = await loop.failure(HTTPRequest(profile, url: url, sink: refusing))
      #expect(error?.kind == .refused)
      let sinks = (0..<4).map { _ in RecordingSink() }
      let versions = try await withThrowingTaskGroup(of: HTTPResponse.Version.self) { group in
        for sink in sinks {
          group.addTask { try await loop.send(HTTPRequest(profile, url: url, sink: sink)).version }
        }
        return try await group.reduce(into: []) { $0.append($1) }
      }
      #expect(versions == Array(repeating: .http2, count: 4))
      for sink in sinks { #expect(sink.bytes == bytes) }
      let missing = RecordingSink()
      let answer = try? await loop.send(HTTPRequest(profile, url: url + "-not", sink: missing))
      #expect(answer == nil && missing.statuses == [404], "its page is beyond the limit")
    }
  }
}
