import Model
import TestSupport
import Testing

@testable import HTTP

/// Bodies whose other end has a pace of its own.
@Suite struct StreamTests {
  private static func profile(
    _ method: String, _ connections: HTTPProfile.Connections = .alone, ca: String? = nil
  ) -> HTTPProfile {
    HTTPProfile(
      method: method, connection: ConnectionOptions(ca: ca), timeout: .seconds(600), bodyLimit: 1000,
      decodes: false, connections: connections)
  }

  // MARK: Requests

  @Test(arguments: ["POST", "PUT", "PATCH", "DELETE", "OPTIONS", "GET"], [nil, 10])
  func sendsWhatComes(method: String, count: Int64?) async throws {
    let server = try LoopbackServer { _ in .respond(200, body: "fine") }
    let source = HandSource(count: count)
    let response = try await withLoop { loop in
      async let answer = loop.send(
        HTTPRequest(Self.profile(method), url: server.url("/a"), source: source))
      for piece in ["0123", "4567", "89"] {
        await eventually { source.waits > 0 }
        source.give(piece)
      }
      source.end()
      return try await answer
    }
    #expect(response.text == "fine")
    let request = try #require(server.requests.first)
    #expect(request.method == method)
    #expect(request.text == "0123456789")
    #expect(request.headers["content-length"] == count.map { "\($0)" })
    #expect(request.headers["transfer-encoding"] == (count == nil ? "chunked" : nil))
    for name in ["content-type", "expect"] { #expect(request.headers[name] == nil) }
  }

  @Test func anEmptyBodyIsSent() async throws {
    let server = try LoopbackServer { _ in .respond(200) }
    try await withLoop { loop in
      for count in [nil, Int64(0)] {
        let request = HTTPRequest(
          Self.profile("POST"), url: server.url(), source: HandSource(count: count, ""))
        let status = try await loop.send(request).status
        #expect(status == 200)
      }
    }
    #expect(server.requests.map(\.text) == ["", ""])
    #expect(server.requests.last?.headers["content-length"] == "0")
  }

  @Test(arguments: ["HEAD", "TRACE"])
  func someMethodsSendNone(method: String) async throws {
    let error = try await withLoop {
      await $0.failure(HTTPRequest(Self.profile(method), url: "http://127.0.0.1:1/", source: HandSource("x")))
    }
    #expect(error == HTTPError(.badRequest, "\(method) 127.0.0.1:1: \(method) carries no body"))
  }

  /// Bodies that break off or lie about their length are no requests, and their connections are closed.
  @Test func aBrokenBodyEndsTheRequest() async throws {
    let server = try LoopbackServer { _ in .respond(200) }
    try await withLoop { loop in
      let breaking = HandSource(count: 100)
      async let first = loop.failure(
        HTTPRequest(Self.profile("POST"), url: server.url(), source: breaking))
      breaking.give("0123")
      await eventually { breaking.waits > 0 && server.openConnections == 1 }
      breaking.breakOff("the caller went")
      let place = "POST 127.0.0.1:\(server.port)"
      #expect(await first == HTTPError(.cancelled, "\(place): the caller went"))
      let short = HTTPRequest(Self.profile("POST"), url: server.url(), source: HandSource(count: 9, "0123"))
      let error = await loop.failure(short)
      #expect(error == HTTPError(.cancelled, "\(place): its body ended after 4 of 9 bytes"))
      await eventually { server.openConnections == 0 }
    }
    #expect(server.requests.isEmpty)
  }

  /// A server that has had enough answers in the midst of the body; the source has nothing more just then.
  @Test(arguments: ["413 Content Too Large", "307 Temporary Redirect"])
  func anEarlyAnswerEndsTheRequest(status: String) async throws {
    let server = try DrainingServer(pausingAfter: 10, answeringEarly: status)
    try await withLoop { loop in
      let source = HandSource(count: 1_000_000)
      let sink = HandSink(limit: 1000)
      async let answer = loop.send(
        HTTPRequest(Self.profile("POST"), url: server.url, source: source, sink: sink))
      source.give("0123456789")
      let answered = try await answer.status
      #expect(answered == Int(status.prefix(3)))
    }
  }

  /// The receiver's pace is the source's.
  @Test func aSlowReceiverHoldsTheSourceUp() async throws {
    let server = try DrainingServer(pausingAfter: 1 << 20)
    let size = 64 << 20
    let source = HandSource.flood(count: size)
    try await withLoop { loop in
      async let answer = loop.send(HTTPRequest(Self.profile("PUT"), url: server.url, source: source))
      await eventually { server.received >= 1 << 20 }
      server.goOn()
      let status = try await answer.status
      #expect(status == 200)
    }
    #expect(server.received == size)
  }

  @Test func cancellingEndsBothWays() async throws {
    let server = try LoopbackServer { _ in
      .script([
        .send("HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\n"),
        .flood([UInt8](repeating: 1, count: 1000), total: 1_000_000), .hang,
      ])
    }
    try await withLoop { loop in
      let source = HandSource(count: 100)
      let upload = Task {
        await loop.failure(HTTPRequest(Self.profile("POST"), url: server.url(), source: source))
      }
      await eventually { source.waits > 0 }
      let sink = HandSink(limit: 1)
      let download = Task {
        await loop.failure(HTTPRequest(Self.profile("GET"), url: server.url(), sink: sink))
      }
      await eventually { sink.held > 0 }
      upload.cancel()
      download.cancel()
      #expect(await upload.value?.kind == .cancelled)
      #expect(await download.value?.kind == .cancelled)
      await eventually { server.openConnections == 0 }
      // Whoever is told late that there is more, or room, harms nobody.
      source.give("more")
      sink.empty()
      let status = try await loop.send(HTTPRequest(Self.profile("HEAD"), url: server.url())).status
      #expect(status == 200)
    }
  }

  // MARK: Answers

  @Test func theHeadIsThereBeforeTheBody() async throws {
    let server = try LoopbackServer { _ in
      .script([.send("HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\r\n"), .hang])
    }
    try await withLoop { loop in
      let sink = HandSink(limit: 10)
      let answer = Task {
        await loop.failure(HTTPRequest(Self.profile("GET"), url: server.url(), sink: sink))
      }
      await eventually { sink.status == 200 }
      answer.cancel()
      _ = await answer.value
    }
  }

  /// What a full sink does not take stays with the peer, but for what the kernel holds.
  @Test(arguments: [HTTPProfile.Connections.alone, .new])
  func aFullSinkHoldsTheSenderUp(connections: HTTPProfile.Connections) async throws {
    let chunk = [UInt8](repeating: 0x78, count: 64 * 1024)
    let size = 32 << 20
    let server = try LoopbackServer { _ in
      .script([.send("HTTP/1.1 200 OK\r\nContent-Length: \(size)\r\n\r\n"), .flood(chunk, total: size)])
    }
    try await withLoop { loop in
      let sink = HandSink(limit: 100_000)
      async let answer = loop.send(
        HTTPRequest(Self.profile("GET", connections), url: server.url(), sink: sink))
      await eventually { sink.isFull }
      let turns = loop.turns
      // Others go on meanwhile, and the loop does not spin.
      let other = try LoopbackServer { _ in .respond(200, body: "other") }
      let text = try await loop.send("GET", other.url()).text
      #expect(text == "other")
      #expect(loop.turns - turns < 100)
      #expect(sink.held < 100_000 + 16 * 1024)
      await sink.empty(until: size)
      let status = try await answer.status
      #expect(status == 200)
      #expect(sink.total == size)
    }
  }

  @Test func aSinkThatWaitsIsNoStall() async throws {
    let server = try LoopbackServer { _ in .respond(200, body: String(repeating: "0123456789", count: 1000)) }
    let profile = HTTPProfile(
      method: "GET", timeout: .seconds(600), bodyLimit: 1000, stall: .seconds(1), connections: .alone)
    try await withLoop { loop in
      let sink = HandSink(limit: 1)
      async let answer = loop.send(HTTPRequest(profile, url: server.url(), sink: sink))
      await eventually { sink.isFull }
      // Longer than a stall takes to be noticed.
      let (over, end) = AsyncStream.makeStream(of: Void.self)
      loop.wake(after: .seconds(4)) { end.finish() }
      for await _ in over {}
      await sink.empty(until: 10_000)
      let status = try await answer.status
      #expect(status == 200)
    }
  }

  @Test func aBreakInTheMidstIsAnError() async throws {
    let server = try LoopbackServer { _ in
      .script([.send("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhello"), .reset])
    }
    try await withLoop { loop in
      let sink = HandSink(limit: 1000)
      let error = await loop.failure(HTTPRequest(Self.profile("GET"), url: server.url(), sink: sink))
      #expect(error?.kind == .reset && sink.text.count <= 5)
    }
  }

  // MARK: Connections

  /// Over TLS, too, a connection of its own: one that waits holds up none of the shared ones.
  @Test func theyGoAlone() async throws {
    let nginx = try await NginxFixture()
    defer { nginx.stop() }
    try nginx.serve([UInt8](repeating: 0x78, count: 8 << 20), as: "large")
    try await withLoop { loop in
      let url = "https://localhost:\(nginx.open)/files/large"
      let shared = HTTPProfile(
        method: "GET", connection: ConnectionOptions(ca: nginx.ca), timeout: .seconds(60), bodyLimit: 10)
      _ = await loop.failure(HTTPRequest(shared, url: url))
      let sink = HandSink(limit: 100)
      async let answer = loop.send(
        HTTPRequest(Self.profile("GET", ca: nginx.ca), url: url, sink: sink))
      await eventually { sink.isFull }
      let other = try await loop.send(
        HTTPRequest(shared, url: "https://localhost:\(nginx.open)/", sink: nil))
      #expect(other.version == .http2)
      await sink.empty(until: 8 << 20)
      let version = try await answer.version
      #expect(version == .http1)
    }
  }

  /// A server that closes a connection instead of answering is not asked again by itself.
  @Test func whatGoesOutOnANewConnectionIsSentOnce() async throws {
    let server = try LoopbackServer { $0.ordinal == 1 ? .respond(200) : .script([.close]) }
    try await withLoop { loop in
      let profile = Self.profile("POST", .new)
      for _ in 0..<3 {
        let request = HTTPRequest(profile, url: server.url(), source: HandSource(count: 2, "ab"))
        let status = try await loop.send(request).status
        #expect(status == 200)
      }
    }
    #expect(server.requests.count == 3 && server.connections == 3)
  }
}
