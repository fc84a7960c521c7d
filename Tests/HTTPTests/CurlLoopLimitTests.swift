import Foundation
import Model
import TestSupport
import Testing

@testable import HTTP

/// Answers that are too large.
@Suite struct CurlLoopLimitTests {
  private static let chunk = [UInt8](repeating: 0x78, count: 64 * 1024)

  private func endless(_ head: String) throws -> LoopbackServer {
    try LoopbackServer { _ in .script([.send(head), .flood(Self.chunk, total: 1 << 30)]) }
  }

  @Test(arguments: [
    "HTTP/1.1 200 OK\r\nContent-Length: 1073741824\r\n\r\n", "HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n",
  ])
  func cutsAGigabyteAtTheLimit(head: String) async throws {
    let server = try endless(head)
    let before = try residentBytes()
    try await withLoop { loop in
      let error = await loop.failure("GET", server.url(), limit: 8 << 20)
      let place = "GET 127.0.0.1:\(server.port)"
      #expect(error == HTTPError(.bodyTooLarge, "\(place): the body is larger than 8388608 bytes"))
      let response = try await loop.send("GET", server.url(), limit: 100_000, overflow: .truncate)
      #expect(response.status == 200)
      #expect(response.body == [UInt8](repeating: 0x78, count: 100_000))
      #expect(response.truncated)
    }
    #expect(try residentBytes() - before < 512 << 20)
  }

  /// Where a part of the body will do, so does one that breaks off, stalls or cannot be decompressed.
  @Test(arguments: [
    [LoopbackServer.Step.send("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhello"), .close],
    [.send("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhello"), .hang],
    [.send("HTTP/1.1 200 OK\r\nContent-Length: 5\r\nContent-Encoding: gzip\r\n\r\nhello"), .close],
  ])
  func aBrokenBodyIsAPart(script: [LoopbackServer.Step]) async throws {
    let server = try LoopbackServer { _ in .script(script) }
    try await withLoop { loop in
      let response = try await loop.send(
        "GET", server.url(), timeout: .milliseconds(500), limit: 1000, overflow: .truncate)
      #expect(response.status == 200 && response.truncated)
      let error = await loop.failure("GET", server.url(), timeout: .milliseconds(500), limit: 1000)
      #expect(error != nil, "where all of it is needed, it is an error")
    }
  }

  /// An answer without the end of its headers is none.
  @Test func brokenHeadersAreNoAnswer() async throws {
    let server = try LoopbackServer { _ in .script([.send("HTTP/1.1 200 OK\r\nContent-Le"), .close]) }
    try await withLoop { loop in
      var answer: HTTPResponse?
      answer = try? await loop.send("GET", server.url(), limit: 1000, overflow: .truncate)
      #expect(answer == nil)
    }
  }

  @Test(arguments: [
    (4, HTTPProfile.Overflow.fail, nil as String?, false), (5, .fail, "hello", false),
    (4, .truncate, "hell", true), (5, .truncate, "hello", false), (0, .truncate, "", true),
    (0, .fail, nil, false),
  ])
  func countsToTheByte(limit: Int, overflow: HTTPProfile.Overflow, text: String?, truncated: Bool)
    async throws
  {
    let server = try LoopbackServer { _ in .respond(200, body: "hello") }
    try await withLoop { loop in
      do throws(HTTPError) {
        let response = try await loop.send("GET", server.url(), limit: limit, overflow: overflow)
        #expect(response.text == text)
        #expect(response.truncated == truncated)
      } catch {
        #expect(error.kind == .bodyTooLarge)
        #expect(text == nil)
      }
    }
  }

  /// 64 MiB of zeros in 64 KiB.
  @Test func cutsAGzipBombAtTheLimit() async throws {
    let bomb = try gzip(megabytes: 64)
    #expect(bomb.count < 100_000)
    let server = try LoopbackServer { _ in
      .bytes(200, headers: [HTTPHeader("Content-Encoding", "gzip")], body: bomb)
    }
    try await withLoop { loop in
      let error = await loop.failure("GET", server.url(), limit: 1 << 20)
      #expect(error?.kind == .bodyTooLarge)
      let cut = try await loop.send("GET", server.url(), limit: 1 << 20, overflow: .truncate)
      #expect(cut.body == [UInt8](repeating: 0, count: 1 << 20))
      #expect(cut.truncated)
      let whole = try await loop.send("GET", server.url(), limit: 64 << 20)
      #expect(whole.body.count == 64 << 20)
    }
  }

  @Test(arguments: [
    // Many headers, one long header, headers without end, and interim answers without end.
    Array(
      repeating: LoopbackServer.Step.send("X-Header: \(String(repeating: "x", count: 1000))\r\n"), count: 300),
    [.send("X-Long: "), .flood(chunk, total: 1 << 30)],
    [.flood(Array("X-A: b\r\n".utf8), total: 1 << 30)],
    [.send("\r\n"), .flood(Array("HTTP/1.1 100 Continue\r\n\r\n".utf8), total: 1 << 30)],
  ])
  func limitsHeaders(steps: [LoopbackServer.Step]) async throws {
    let server = try LoopbackServer { _ in
      .script([.send("HTTP/1.1 \(steps.count == 2 && steps.first.isBlank ? 100 : 200) OK\r\n")] + steps)
    }
    let error = try await withLoop { await $0.failure("GET", server.url()) }
    #expect(error?.kind == .protocolError, "\(error?.message ?? "no error")")
    #expect(error?.message.contains("header") == true, "\(error?.message ?? "no error")")
  }

  @Test func takesHeadersBelowTheLimit() async throws {
    let headers = (1...100).map { HTTPHeader("X-\($0)", String(repeating: "x", count: 1000)) }
    let server = try LoopbackServer { _ in .respond(200, headers: headers) }
    let response = try await withLoop { try await $0.send("GET", server.url()) }
    #expect(response.headers["x-100"]?.count == 1000)
  }

  private func residentBytes() throws -> Int {
    let words = try String(contentsOfFile: "/proc/self/statm", encoding: .utf8).split(separator: " ")
    return (Int(words[1]) ?? 0) * sysconf(Int32(_SC_PAGESIZE))
  }

  private func gzip(megabytes: Int) throws -> [UInt8] {
    let process = Process()
    process.executableURL = URL(filePath: "/bin/sh")
    process.arguments = ["-c", "head -c \(megabytes << 20) /dev/zero | gzip -9"]
    let output = Pipe()
    process.standardOutput = output
    try process.run()
    let bytes = try output.fileHandleForReading.readToEnd() ?? Data()
    process.waitUntilExit()
    return Array(bytes)
  }
}

extension LoopbackServer.Step? {
  fileprivate var isBlank: Bool {
    if case .send("\r\n") = self { true } else { false }
  }
}
