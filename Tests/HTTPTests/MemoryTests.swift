import Foundation
import Model
import TestSupport
import Testing

@testable import HTTP

/// Bodies that stream are nowhere as a whole. Each in a process of its own, whose peak memory is its own.
@Suite struct MemoryTests {
  private static let size = 256 << 20

  @Test func aDownloadTakesNoMemory() async throws {
    await #expect(processExitsWith: .success) {
      let chunk = [UInt8](repeating: 0x78, count: 64 * 1024)
      let server = try LoopbackServer { request in
        let size = request.target == "/large" ? Self.size : 1 << 20
        return .script([
          .send("HTTP/1.1 200 OK\r\nContent-Length: \(size)\r\n\r\n"), .flood(chunk, total: size),
        ])
      }
      let profile = HTTPProfile(method: "GET", timeout: .seconds(300), bodyLimit: 1000, decodes: false)
      try await withLoop { loop in
        _ = try await loop.send(HTTPRequest(profile, url: server.url("/small"), sink: CountingSink()))
        let before = try Self.peakBytes()
        let sink = CountingSink()
        _ = try await loop.send(HTTPRequest(profile, url: server.url("/large"), sink: sink))
        #expect(sink.total == Self.size)
        #expect(sink.largest <= 512 << 10)
        #expect(try Self.peakBytes() - before < 20 << 20)
      }
    }
  }

  @Test func anUploadTakesNoMemory() async throws {
    await #expect(processExitsWith: .success) {
      let file = try TemporaryFile(size: Self.size)
      let profile = HTTPProfile(method: "PUT", timeout: .seconds(300), bodyLimit: 1000)
      try await withLoop { loop in
        let small = FilePart(path: file.path, offset: 0, count: 1 << 20)
        let first = try DrainingServer()
        _ = try await loop.send(HTTPRequest(profile, url: first.url, upload: small))
        let before = try Self.peakBytes()
        let server = try DrainingServer()
        let large = FilePart(path: file.path, offset: 0, count: Int64(Self.size))
        let response = try await loop.send(HTTPRequest(profile, url: server.url, upload: large))
        #expect(response.status == 200)
        #expect(server.received == Self.size)
        #expect(try Self.peakBytes() - before < 20 << 20)
      }
    }
  }

  /// Through both ways at once: a body comes and goes in pieces, and each end waits for the other.
  @Test func aStreamTakesNoMemory() async throws {
    await #expect(processExitsWith: .success) {
      let profile = HTTPProfile(
        method: "PUT", timeout: .seconds(300), bodyLimit: 1000, decodes: false, connections: .new)
      let chunk = [UInt8](repeating: 0x78, count: 64 * 1024)
      let flooding = try LoopbackServer { _ in
        .script([
          .send("HTTP/1.1 200 OK\r\nContent-Length: \(Self.size)\r\n\r\n"), .flood(chunk, total: Self.size),
        ])
      }
      try await withLoop { loop in
        let first = try DrainingServer()
        _ = try await loop.send(
          HTTPRequest(profile, url: first.url, source: HandSource.flood(count: 1 << 20)))
        let before = try Self.peakBytes()
        let server = try DrainingServer()
        let up = HTTPRequest(profile, url: server.url, source: HandSource.flood(count: Self.size))
        let sent = try await loop.send(up).status
        #expect(sent == 200)
        #expect(server.received == Self.size)
        let sink = HandSink(limit: 128 << 10)
        async let down = loop.send(HTTPRequest(profile, url: flooding.url(), sink: sink))
        await sink.empty(until: Self.size)
        let status = try await down.status
        #expect(status == 200)
        #expect(try Self.peakBytes() - before < 20 << 20)
      }
    }
  }

  /// The most that this process ever had in memory.
  private static func peakBytes() throws -> Int {
    let status = try String(contentsOfFile: "/proc/self/status", encoding: .utf8)
    return try #require(status.firstMatch(of: /VmHWM:\s+(\d+) kB/).flatMap { Int($0.1) }) * 1024
  }
}
