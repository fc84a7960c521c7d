import Model
import TestSupport
import Testing

@testable import Server

/// Limits on real connections. Where one is a time it is set short: the test waits for what follows from it.
@Suite struct LimitTests {
  private static func limits(_ change: (inout ServerLimits) -> Void) -> ServerLimits {
    var limits = ServerLimits()
    change(&limits)
    return limits
  }

  @Test func aHeadThatDoesNotComeEndsTheConnection() async throws {
    try await withServer(limits: Self.limits { $0.headTime = .milliseconds(50) }) { bench in
      let silent = try Wire(port: bench.port)
      let slow = try Wire(port: bench.port)
      slow.send("GET /healthz HTTP/1.1\r\nHost: \(bench.host)\r\nX-Slow: ")
      #expect(try await silent.readToEnd().isEmpty)
      #expect(try await slow.readToEnd().isEmpty)
    }
  }

  @Test func anIdleConnectionIsClosed() async throws {
    try await withServer(limits: Self.limits { $0.idleTime = .milliseconds(50) }) { bench in
      let wire = try Wire(port: bench.port)
      wire.send("GET /healthz HTTP/1.1\r\nHost: \(bench.host)\r\n\r\n")
      #expect(try await wire.reply().status == 200)
      #expect(try await wire.readToEnd().isEmpty)
    }
  }

  @Test func aConnectionThatTheServerEndedIsClosed() async throws {
    try await withServer(limits: Self.limits { $0.lateTime = .milliseconds(50) }) { bench in
      let wire = try Wire(port: bench.port)
      wire.send("GET /healthz HTTP/1.1\r\nHost: \(bench.host)\r\nConnection: close\r\n\r\n")
      _ = try await wire.readToEnd()
      // This side stays open; what is sent on it finds nobody in the end.
      await eventually { !wire.isTaken("x") }
    }
  }

  @Test func aBodyThatStandsStillEndsTheConnection() async throws {
    try await withServer(limits: Self.limits { $0.idleTime = .milliseconds(50) }) { bench in
      let wire = try Wire(port: bench.port)
      wire.send(
        "POST /v1/tasks HTTP/1.1\r\nHost: \(bench.host)\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n{"
      )
      #expect(try await wire.readToEnd().isEmpty)
    }
  }

  @Test(arguments: [1, 20])
  func largeHeadsAreRefused(lines: Int) async throws {
    try await withServer { bench in
      let headers = (0..<lines).map { "X-Large-\($0): " + String(repeating: "x", count: 20_000 / lines) }
      let reply = try await bench.get("/healthz", headers: headers)
      #expect(reply.status == 431)
      #expect(reply.header("content-type") == "application/problem+json")
      #expect(
        try await bench.get("/healthz", headers: ["X-Fits: " + String(repeating: "x", count: 15_000)]).status
          == 200)
    }
  }

  @Test(arguments: ["hello\r\n\r\n", "GET /healthz\r\n\r\n", "\u{16}\u{3}\u{1}\u{2}\r\n\r\n"])
  func whatIsNoHTTPIsSaidSo(text: String) async throws {
    try await withServer { bench in
      let wire = try Wire(port: bench.port)
      wire.send(text)
      let reply = try await wire.reply()
      #expect(reply.status == 400)
      #expect(reply.text.contains("RFC 9112"))
      #expect(reply.header("connection") == "close")
    }
  }

  @Test func largeBodiesAreRefused() async throws {
    try await withServer(limits: Self.limits { $0.body = 1000 }) { bench in
      let body = "[" + String(repeating: " ", count: 1000) + "]"
      #expect(try await bench.send("POST", "/v1/tasks", body: body).status == 413)
      let wire = try Wire(port: bench.port)
      wire.send(
        """
        POST /v1/tasks HTTP/1.1\r\nHost: \(bench.host)\r\nContent-Type: application/json\r
        Transfer-Encoding: chunked\r\n\r\n3ea\r\n\(body)\r\n0\r\n\r\n
        """)
      #expect(try await wire.reply().status == 413)
    }
  }

  @Test func aBodyThatNobodyReadsIsNotReadForEver() async throws {
    let limits = Self.limits {
      $0.body = 1000
      $0.lateBytes = 10_000
    }
    try await withServer(limits: limits) { bench in
      let wire = try Wire(port: bench.port)
      wire.send(
        "POST /v1/tasks HTTP/1.1\r\nHost: \(bench.host)\r\nContent-Type: application/json\r\nContent-Length: 9000000\r\n\r\n"
      )
      #expect(try await wire.reply().status == 413)
      for _ in 0..<100 { wire.send([UInt8](repeating: 0x20, count: 1000)) }
      _ = try await wire.readToEnd()
    }
  }

  @Test func aClientMayWaitForTheWordToGoOn() async throws {
    try await withServer { bench in
      let wire = try Wire(port: bench.port)
      let body = #"{"id": "a"}"#
      wire.send(
        """
        POST /v1/tasks HTTP/1.1\r\nHost: \(bench.host)\r\nContent-Type: application/json\r
        Expect: 100-continue\r\nContent-Length: \(body.utf8.count)\r\n\r\n
        """)
      #expect(try await wire.read(until: "\r\n\r\n").hasPrefix("HTTP/1.1 100 "))
      wire.send(body)
      #expect(try await wire.reply().status == 201)
    }
  }

  @Test func thereAreOnlySoManyConnections() async throws {
    try await withServer(limits: Self.limits { $0.connections = 2 }) { bench in
      var wires = try (0..<2).map { _ in try Wire(port: bench.port) }
      for wire in wires {
        wire.send("GET /healthz HTTP/1.1\r\nHost: \(bench.host)\r\n\r\n")
        #expect(try await wire.reply().status == 200)
      }
      #expect(try await Wire(port: bench.port).readToEnd().isEmpty)
      wires[0].send("GET /healthz HTTP/1.1\r\nHost: \(bench.host)\r\nConnection: close\r\n\r\n")
      _ = try await wires[0].readToEnd()
      wires = []
      await eventually { (try? await bench.get("/healthz").status) == 200 }
    }
  }

  @Test func requestsOfOneConnectionAreAnsweredInOrder() async throws {
    try await withServer { bench in
      let wire = try Wire(port: bench.port)
      let host = "Host: \(bench.host)\r\n"
      wire.send("GET /healthz HTTP/1.1\r\n\(host)\r\nGET /nope HTTP/1.1\r\n\(host)Connection: close\r\n\r\n")
      let text = String(decoding: try await wire.readToEnd(), as: UTF8.self)
      let first = try #require(text.range(of: "HTTP/1.1 200"))
      let second = try #require(text.range(of: "HTTP/1.1 404"))
      #expect(first.lowerBound < second.lowerBound)
    }
  }
}
