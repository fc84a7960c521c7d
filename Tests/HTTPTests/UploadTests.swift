import Foundation
import Model
import TestSupport
import Testing

@testable import HTTP

/// Parts of files as bodies.
@Suite struct UploadTests {
  private let profile = HTTPProfile(method: "PUT", timeout: .seconds(30), bodyLimit: 1000)

  @Test(arguments: [
    ("PUT", Int64(0), Int64(10)), ("PUT", 3, 4), ("POST", 3, 7), ("PATCH", 9, 1), ("PUT", 10, 0),
    ("PUT", 0, 0),
  ])
  func sendsAPart(method: String, offset: Int64, count: Int64) async throws {
    let file = try TemporaryFile("0123456789")
    let server = try LoopbackServer { _ in .respond(200, body: "fine") }
    let profile = HTTPProfile(method: method, timeout: .seconds(30), bodyLimit: 1000)
    let part = FilePart(path: file.path, offset: offset, count: count)
    let response = try await withLoop {
      try await $0.send(HTTPRequest(profile, url: server.url("/x?y"), upload: part))
    }
    #expect(response.text == "fine")
    let request = try #require(server.requests.first)
    #expect(request.method == method)
    #expect(request.target == "/x?y")
    #expect(request.text == String("0123456789".dropFirst(Int(offset)).prefix(Int(count))))
    #expect(request.headers["content-length"] == "\(count)")
    for name in ["content-type", "expect", "transfer-encoding"] { #expect(request.headers[name] == nil) }
  }

  /// In many pieces, from the middle of the file.
  @Test func sendsALargePart() async throws {
    let bytes = (0..<5_000_000).map { UInt8(truncatingIfNeeded: ($0 &* 2_654_435_761) >> 7) }
    let file = try TemporaryFile(bytes)
    let server = try LoopbackServer { _ in .respond(200) }
    let part = FilePart(path: file.path, offset: 1_234_567, count: 3_000_001)
    _ = try await withLoop { try await $0.send(HTTPRequest(profile, url: server.url(), upload: part)) }
    #expect(server.requests.first?.body == Array(bytes[1_234_567..<4_234_568]))
  }

  /// One handle after another kind of body, and after a failure: each request sends its own.
  @Test(arguments: ["PUT", "POST"])
  func bringsNothingIntoTheNextRequest(method: String) async throws {
    let file = try TemporaryFile("0123456789")
    let server = try LoopbackServer { _ in .respond(200) }
    let profile = HTTPProfile(method: method, timeout: .seconds(30), bodyLimit: 1000)
    let large = String(repeating: "bytes", count: 100_000)
    try await withLoop { loop in
      for round in 0..<2 {
        let part = FilePart(path: file.path, offset: Int64(round), count: 5)
        _ = try await loop.send(HTTPRequest(profile, url: server.url(), upload: part))
        _ = try await loop.send(HTTPRequest(profile, url: server.url(), body: Array(large.utf8)))
        _ = await loop.failure(
          HTTPRequest(profile, url: server.url(), upload: FilePart(path: "/nowhere", offset: 0, count: 1)))
        _ = try await loop.send(HTTPRequest(profile, url: server.url()))
      }
    }
    #expect(server.requests.map(\.method) == Array(repeating: method, count: 6))
    #expect(server.requests.map(\.text) == ["01234", large, "", "12345", large, ""])
    #expect(server.requests.map { $0.headers["content-length"] } == ["5", "500000", "0", "5", "500000", "0"])
    #expect(server.connections == 1)
  }

  /// The server closes a reused connection instead of answering: sent once more, from the part's beginning.
  @Test func sendsAgainWhatDiedWithAReusedConnection() async throws {
    let file = try TemporaryFile(String(repeating: "0123456789", count: 30_000))
    let server = try LoopbackServer { $0.ordinal == 1 ? .respond(200) : .script([.close]) }
    try await withLoop { loop in
      for _ in 0..<3 {
        let part = FilePart(path: file.path, offset: 5, count: 200_000)
        _ = try await loop.send(HTTPRequest(profile, url: server.url(), upload: part))
      }
    }
    #expect(server.connections == 3)
    let whole = String(String(repeating: "5678901234", count: 20_000))
    #expect(server.requests.count == 5 && server.requests.allSatisfy { $0.text == whole })
  }

  @Test func sendsNothingOfAFileThatIsNotThere() async throws {
    let file = try TemporaryFile("0123456789")
    let folder = FileManager.default.temporaryDirectory.path
    let cases: [(FilePart, String)] = [
      (FilePart(path: "/nowhere", offset: 0, count: 1), "cannot open /nowhere: No such file or directory"),
      (FilePart(path: folder, offset: 0, count: 1), "\(folder) is no regular file"),
      (FilePart(path: "/dev/zero", offset: 0, count: 1), "/dev/zero is no regular file"),
      (
        FilePart(path: file.path, offset: 4, count: 7),
        "\(file.path) has 10 bytes, and not 7 bytes from byte 4 on"
      ),
      (
        FilePart(path: file.path, offset: 11, count: 0),
        "\(file.path) has 10 bytes, and not 0 bytes from byte 11 on"
      ),
      (
        FilePart(path: file.path, offset: -1, count: 1),
        "\(file.path) has 10 bytes, and not 1 bytes from byte -1 on"
      ),
      (
        FilePart(path: file.path, offset: 1, count: .max),
        "\(file.path) has 10 bytes, and not \(Int64.max) bytes from byte 1 on"
      ),
    ]
    let server = try LoopbackServer { _ in .respond(200) }
    try await withLoop { loop in
      for (part, reason) in cases {
        let error = await loop.failure(HTTPRequest(profile, url: server.url(), upload: part))
        #expect(error == HTTPError(.badRequest, "PUT 127.0.0.1:\(server.port): \(reason)"))
      }
      let get = HTTPProfile(method: "GET", timeout: .seconds(30), bodyLimit: 1000)
      let part = FilePart(path: file.path, offset: 0, count: 10)
      let error = await loop.failure(HTTPRequest(get, url: server.url(), upload: part))
      #expect(error == HTTPError(.badRequest, "GET 127.0.0.1:\(server.port): GET sends no file"))
    }
    #expect(server.connections == 0)
  }

  /// The file was cut while it was sent.
  @Test func failsWhereTheFileEndsEarly() async throws {
    let file = try TemporaryFile([UInt8](repeating: 1, count: 100_000))
    guard case .opened(let upload) = FileUpload.open(FilePart(path: file.path, offset: 10, count: 90_000))
    else {
      Issue.record("it is there")
      return
    }
    withUnsafeTemporaryAllocation(byteCount: 60_000, alignment: 1) { buffer in
      #expect(upload.read(into: buffer) == 60_000)
      #expect(truncate(file.path, 70_000) == 0)
      #expect(upload.read(into: buffer) == 9990)
      #expect(upload.read(into: buffer) == nil)
    }
    #expect(upload.failure == .badRequest)
    #expect(upload.reason == "\(file.path) ended after 69990 of 90000 bytes")
  }

  /// As above, on the wire: the peer takes the first bytes, and then the file is cut.
  @Test func breaksOffWhereTheFileEndsEarly() async throws {
    let size = 256 << 20
    let file = try TemporaryFile(size: size)
    let server = try DrainingServer(pausingAfter: 1 << 20)
    try await withLoop { loop in
      let part = FilePart(path: file.path, offset: 0, count: Int64(size))
      let upload = Task { await loop.failure(HTTPRequest(profile, url: server.url, upload: part)) }
      await eventually { server.received >= 1 << 20 }
      #expect(truncate(file.path, 1 << 20) == 0)
      server.goOn()
      let error = await upload.value
      #expect(error?.kind == .badRequest)
      #expect(error?.message.contains("\(file.path) ended after ") == true, "\(error?.message ?? "")")
    }
    #expect(server.received < size)
  }

  /// What the server says of it counts, however much was sent.
  @Test func readsAnAnswerThatComesEarly() async throws {
    let file = try TemporaryFile(size: 64 << 20)
    let server = try DrainingServer(pausingAfter: 1 << 20, answeringEarly: "403 Forbidden")
    try await withLoop { loop in
      let part = FilePart(path: file.path, offset: 0, count: 64 << 20)
      let answer = try await loop.send(HTTPRequest(profile, url: server.url, upload: part))
      #expect(answer.status == 403)
      server.goOn()
    }
  }

  @Test func noticesThatNothingLeaves() async throws {
    let file = try TemporaryFile(size: 64 << 20)
    let server = try DrainingServer(pausingAfter: 1 << 20)
    let profile = HTTPProfile(method: "PUT", timeout: .seconds(600), bodyLimit: 100, stall: .seconds(1))
    let part = FilePart(path: file.path, offset: 0, count: 64 << 20)
    let error = try await withLoop {
      await $0.failure(HTTPRequest(profile, url: server.url, upload: part))
    }
    server.goOn()
    #expect(error?.kind == .timeout)
    #expect(
      error?.message.contains("nothing came or left for 1.0 seconds") == true, "\(error?.message ?? "")")
  }

  @Test func isCancelled() async throws {
    let file = try TemporaryFile(size: 64 << 20)
    let server = try DrainingServer(pausingAfter: 1 << 20)
    try await withLoop { loop in
      let part = FilePart(path: file.path, offset: 0, count: 64 << 20)
      let upload = Task { await loop.failure(HTTPRequest(profile, url: server.url, upload: part)) }
      await eventually { server.received >= 1 << 20 }
      upload.cancel()
      #expect(await upload.value?.kind == .cancelled)
      server.goOn()
    }
  }

  @Test func sendsOverHTTP2() async throws {
    let bytes = (0..<1_000_000).map { UInt8(truncatingIfNeeded: $0 &* 31) }
    let file = try TemporaryFile(bytes)
    let behind = try LoopbackServer { .respond(200, body: "\($0.body.count)") }
    let nginx = try await NginxFixture(upstream: behind.port)
    defer { nginx.stop() }
    let profile = HTTPProfile(
      method: "PUT", connection: ConnectionOptions(ca: nginx.ca), timeout: .seconds(30), bodyLimit: 1000)
    let part = FilePart(path: file.path, offset: 1000, count: 900_000)
    let sink = RecordingSink()
    let response = try await withLoop {
      let url = "https://localhost:\(nginx.open)/behind/x"
      return try await $0.send(HTTPRequest(profile, url: url, upload: part, sink: sink))
    }
    #expect(response.version == .http2)
    #expect(sink.text == "900000")
    #expect(behind.requests.first?.body == Array(bytes[1000..<901_000]))
    #expect(behind.requests.first?.headers["content-length"] == "900000")
  }
}
