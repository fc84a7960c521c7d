import Foundation
import Model
import TestSupport
import Testing

@testable import Server

/// Bodies through the proxy: at both ends' pace, and broken where one end breaks.
@Suite struct ProxyStreamTests {
  private static let size = 200 << 20

  private static let chunk = [UInt8](repeating: 0x78, count: 64 * 1024)

  /// 200 MB go through a process that has no room for them. Client, proxy and API are in it.
  @Test func aLargeUploadTakesNoMemory() async throws {
    await #expect(processExitsWith: .success) {
      try await Self.upload(bytes: 16 << 20)
      _ = try Self.peakBytes()
      let before = try Self.peakBytes()
      try await Self.upload(bytes: Self.size)
      let used = try Self.peakBytes() - before
      #expect(used < 16 << 20, "\(used)")
    }
  }

  @Test func aLargeDownloadTakesNoMemory() async throws {
    await #expect(processExitsWith: .success) {
      try await Self.download(bytes: 16 << 20)
      _ = try Self.peakBytes()
      let before = try Self.peakBytes()
      try await Self.download(bytes: Self.size)
      let used = try Self.peakBytes() - before
      #expect(used < 16 << 20, "\(used)")
    }
  }

  private static func upload(bytes: Int) async throws {
    let api = try DrainingServer()
    try await withProxy(to: String(api.url.dropLast())) { bench in
      let wire = try Wire(port: bench.port)
      wire.send(
        "PUT /proxy/runway/api/x HTTP/1.1\r\nHost: \(bench.host)\r\nConnection: close\r\nContent-Length: \(bytes)\r\n\r\n"
      )
      for _ in 0..<(bytes / chunk.count) { wire.send(chunk) }
      #expect(try await wire.reply().status == 200)
      #expect(api.received == bytes)
    }
  }

  private static func download(bytes: Int) async throws {
    let api = try LoopbackServer { _ in
      .script([.send("HTTP/1.1 200 OK\r\nContent-Length: \(bytes)\r\n\r\n"), .flood(chunk, total: bytes)])
    }
    try await withProxy(to: api.url("")) { bench in
      let wire = try Wire(port: bench.port)
      wire.send("GET /proxy/runway/api/x HTTP/1.1\r\nHost: \(bench.host)\r\nConnection: close\r\n\r\n")
      #expect(try await wire.drain() > bytes)
    }
  }

  /// The most that this process ever had in memory, in bytes. What reads it counts, too: it is to be called before.
  private static func peakBytes() throws -> Int {
    let status = try String(contentsOfFile: "/proc/self/status", encoding: .utf8)
    let line = try #require(status.split(separator: "\n").first { $0.hasPrefix("VmHWM:") })
    return try #require(line.split(separator: " ").dropLast().last.flatMap { Int($0.filter(\.isNumber)) })
      * 1024
  }

  /// A body in chunks, whose pieces come one by one, goes on as it comes.
  @Test func piecesGoOnAsTheyCome() async throws {
    let api = try LoopbackServer { request in
      .respond(
        200, headers: [HTTPHeader("X-Length", request.headers["content-length"] ?? "none")],
        body: request.text)
    }
    try await withProxy(to: api.url("")) { bench in
      let wire = try Wire(port: bench.port)
      wire.send(
        "POST /proxy/runway/api/x HTTP/1.1\r\nHost: \(bench.host)\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n"
      )
      await eventually { api.openConnections == 1 }
      wire.send("6\r\n world\r\n0\r\n\r\n")
      let reply = try await wire.reply()
      #expect(reply.text == "hello world" && reply.header("x-length") == "none")
    }
  }

  /// An answer whose parts come one by one, as those of event streams, goes on as it comes.
  @Test func aSlowAnswerGoesOnAsItComes() async throws {
    let api = try LoopbackServer { _ in
      .script([.send("HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\r\ndata: 1\n\n"), .hang])
    }
    try await withProxy(to: api.url("")) { bench in
      let wire = try Wire(port: bench.port)
      wire.send("GET /proxy/runway/api/x HTTP/1.1\r\nHost: \(bench.host)\r\n\r\n")
      #expect(try await wire.read(until: "data: 1\n\n").hasPrefix("HTTP/1.1 200"))
    }
  }

  /// Whatever the length said: an answer that breaks off does not end well for the caller either.
  @Test(arguments: [
    "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhello",
    "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n",
  ])
  func anAnswerThatBreaksOffBreaksOff(head: String) async throws {
    let api = try LoopbackServer { _ in .script([.send(head), .pause(.milliseconds(50)), .reset]) }
    try await withProxy(to: api.url("")) { bench in
      let wire = try Wire(port: bench.port)
      wire.send("GET /proxy/runway/api/x HTTP/1.1\r\nHost: \(bench.host)\r\n\r\n")
      let all = String(decoding: try await wire.readToEnd(), as: UTF8.self)
      #expect(all.hasPrefix("HTTP/1.1 200") && !all.hasSuffix("0\r\n\r\n"), "\(all)")
    }
  }

  /// A reader that does not read holds the API up, and when it leaves the API's connection is closed.
  @Test func aCallerThatLeavesEndsTheRequest() async throws {
    let chunk = [UInt8](repeating: 0x78, count: 64 * 1024)
    let api = try LoopbackServer { _ in
      .script([.send("HTTP/1.1 200 OK\r\nContent-Length: \(1 << 30)\r\n\r\n"), .flood(chunk, total: 1 << 30)])
    }
    try await withProxy(to: api.url("")) { bench in
      do {
        let wire = try Wire(port: bench.port)
        wire.send("GET /proxy/runway/api/x HTTP/1.1\r\nHost: \(bench.host)\r\n\r\n")
        _ = try await wire.read(until: "\r\n\r\n")
        #expect(api.openConnections == 1)
      }
      await eventually { api.openConnections == 0 }
    }
  }

  /// Also before there is any answer, and in the midst of the caller's body.
  @Test(arguments: ["GET", "POST"])
  func aCallerThatLeavesBeforeTheAnswerEndsTheRequest(method: String) async throws {
    let api = try LoopbackServer { _ in .script([.hang]) }
    try await withProxy(to: api.url("")) { bench in
      do {
        let wire = try Wire(port: bench.port)
        wire.send(
          "\(method) /proxy/runway/api/x HTTP/1.1\r\nHost: \(bench.host)\r\nContent-Length: \(method == "GET" ? 0 : 10)\r\n\r\n"
        )
        if method == "POST" { wire.send("hello") }
        await eventually { api.openConnections == 1 }
      }
      await eventually { api.openConnections == 0 }
    }
  }

  /// An API that has had enough of a body says so, and the caller hears it.
  @Test func anEarlyAnswerIsHeard() async throws {
    let api = try DrainingServer(pausingAfter: 10, answeringEarly: "413 Content Too Large")
    try await withProxy(to: String(api.url.dropLast())) { bench in
      let wire = try Wire(port: bench.port)
      wire.send(
        "POST /proxy/runway/api/x HTTP/1.1\r\nHost: \(bench.host)\r\nContent-Length: 1000000\r\n\r\n0123456789"
      )
      #expect(try await wire.reply().status == 413)
    }
  }
}
