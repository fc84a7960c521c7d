import Foundation
import Model
import TestSupport
import Testing

@testable import Outputs

/// Servers that do not do what they say.
@Suite struct LyingServerTests {
  private static func save(
    limit: Int64? = nil, giveUpAfter: Duration = .seconds(6 * 3600), name: String = FileName.usual,
    path: String = "/a.mp4", renewals: Int = 0, _ handler: @escaping LoopbackServer.Handler
  ) async throws -> (event: Event, bench: SaveBench, server: LoopbackServer) {
    let bench = try SaveBench()
    let server = try LoopbackServer(handler)
    bench.offer([server.url(path)])
    for _ in 0..<renewals { bench.renewer.script(.outputs([TaskOutput(url: server.url(path))])) }
    let event = await bench.run(
      bench.saver(try bench.settings(name: name, limit: limit, giveUpAfter: giveUpAfter)))
    return (try #require(event), bench, server)
  }

  private static func raw(_ head: String, _ body: [UInt8], then end: LoopbackServer.Step...)
    -> LoopbackServer.Answer
  {
    .script([.send("HTTP/1.1 \(head)\r\n\r\n"), .sendBytes(body)] + end)
  }

  @Test func lessIsAnnouncedThanComes() async throws {
    let bytes = content(1000)
    let (event, bench, _) = try await Self.save { _ in
      Self.raw("200 OK\r\nContent-Length: 400", bytes, then: .close)
    }
    #expect(event.type == .saved && bench.bytes("d0658ae1/0.mp4") == Array(bytes.prefix(400)))
  }

  @Test func moreIsAnnouncedThanComes() async throws {
    let (event, bench, server) = try await Self.save { request in
      request.headers["range"] == nil
        ? Self.raw("200 OK\r\nContent-Length: 1000\r\nETag: \"a\"", content(400), then: .close)
        : .respond(416, headers: [HTTPHeader("Content-Range", "bytes */400")])
    }
    #expect(event.type == .saveFailed)
    #expect(
      event.reason
        == "127.0.0.1:\(server.port) breaks off each time, at most 400 bytes from the beginning, and does not resume"
    )
    #expect(bench.files == [])
    #expect(server.requests.count < 30)
  }

  @Test func nothingIsAnnounced() async throws {
    let bytes = content(1000)
    let (event, bench, _) = try await Self.save { _ in Self.raw("200 OK", bytes, then: .close) }
    #expect(event.type == .saved && bench.bytes("d0658ae1/0.mp4") == bytes)
    #expect(event.files.first?.contentType == nil)
  }

  @Test func chunksEndTooEarly() async throws {
    let bytes = content(1000)
    let (event, bench, _) = try await Self.save { request in
      request.ordinal == 1 && request.connection == 1
        ? Self.raw("200 OK\r\nTransfer-Encoding: chunked", Array("3e8\r\n".utf8) + bytes, then: .close)
        : Self.raw(
          "200 OK\r\nTransfer-Encoding: chunked", Array("3e8\r\n".utf8) + bytes + Array("\r\n0\r\n\r\n".utf8))
    }
    #expect(event.type == .saved && bench.bytes("d0658ae1/0.mp4") == bytes)
  }

  @Test func aPageInPlaceOfTheFile() async throws {
    let (event, bench, server) = try await Self.save(renewals: 5) { _ in
      .respond(200, headers: [HTTPHeader("Content-Type", "text/html")], body: "<h1>Link expired</h1>")
    }
    #expect(
      event.reason
        == "an HTML page came in place of the file, from 127.0.0.1:\(server.port), "
        + "also after the API was asked for the address anew")
    #expect(bench.files == [] && bench.renewer.asked.count == 5)
    // Nothing is left of what was made for it.
    #expect(try FileManager.default.contentsOfDirectory(atPath: bench.target) == [])
  }

  @Test func theFileChangesOnTheWay() async throws {
    let (old, new) = (content(1000), content(1200, seed: 2))
    let (event, bench, server) = try await Self.save { request in
      request.headers["range"] == nil && request.connection == 1
        ? FileAnswer.file(old, to: request, tag: "\"old\"", breakingAfter: 600)
        : FileAnswer.file(new, to: request, tag: "\"new\"")
    }
    #expect(event.type == .saved && bench.bytes("d0658ae1/0.mp4") == new)
    #expect(event.files.first?.sha256 == sha256(new))
    #expect(server.requests.map { $0.headers["if-range"] } == [nil, "\"old\""])
  }

  /// A server that takes no notice of If-Range gives a part of another file.
  @Test func theFileChangesAndTheServerKeepsSilent() async throws {
    let (old, new) = (content(1000), content(1000, seed: 2))
    let (event, bench, server) = try await Self.save { request in
      if request.headers["range"] == nil, request.connection == 1 {
        return FileAnswer.file(old, to: request, tag: "\"old\"", breakingAfter: 600)
      }
      return FileAnswer.first(request).map {
        FileAnswer.answer(
          206, [HTTPHeader("ETag", "\"new\""), HTTPHeader("Content-Range", "bytes \($0)-999/1000")],
          Array(new[$0...]))
      } ?? FileAnswer.file(new, to: request, tag: "\"new\"")
    }
    #expect(event.type == .saved && bench.bytes("d0658ae1/0.mp4") == new)
    #expect(server.requests.map { FileAnswer.first($0) } == [nil, 600, nil])
  }

  @Test func rangesAreIgnored() async throws {
    let bytes = content(1000)
    let (event, bench, server) = try await Self.save { request in
      FileAnswer.answer(200, [HTTPHeader("ETag", "\"a\"")], bytes, request.connection < 3 ? 600 : .max)
    }
    #expect(event.type == .saved && bench.bytes("d0658ae1/0.mp4") == bytes)
    #expect(server.requests.count == 3)
  }

  @Test func itNeverEndsButForTheLimit() async throws {
    let chunk = content(65536)
    let (event, bench, server) = try await Self.save(limit: 1 << 20) { _ in
      .script([.send("HTTP/1.1 200 OK\r\n\r\n"), .flood(chunk, total: 64 << 20), .hang])
    }
    #expect(event.type == .saveFailed && bench.files == [] && server.requests.count == 1)
    #expect(
      event.reason?.hasPrefix("limit is 1MiB: 0 bytes are there, and 10") == true, "\(event.reason ?? "")")
  }

  @Test func itNeverEndsButForTheTime() async throws {
    let bench = try SaveBench()
    let chunk = content(65536)
    let server = try LoopbackServer { _ in
      .script([.send("HTTP/1.1 200 OK\r\n\r\n"), .flood(chunk, total: 1 << 40), .hang])
    }
    bench.offer([server.url()])
    let saver = bench.saver(try bench.settings(giveUpAfter: .seconds(1800)))
    await saver.start()
    await eventually { !bench.observer.words.isEmpty }
    bench.time.advance(by: .seconds(1800))
    await bench.finish(saver)
    #expect(bench.settled.first?.event.event.reason == "not complete within 30m")
    #expect(bench.files == [])
  }

  @Test func moreIsAnnouncedThanTheLimit() async throws {
    let (event, bench, _) = try await Self.save(limit: 100) { FileAnswer.file(content(101), to: $0) }
    #expect(event.reason == "limit is 100B: 0 bytes are there, and 101 are needed")
    #expect(bench.files == [])
    let (good, _, _) = try await Self.save(limit: 100) { FileAnswer.file(content(100), to: $0) }
    #expect(good.type == .saved)
  }

  @Test func aRedirectLeadsInside() async throws {
    let bench = try SaveBench()
    let inside = try LoopbackServer { _ in .respond(200, body: "secret") }
    // Whom the config names may be a private address; where that leads, may not.
    let api = try LoopbackServer { _ in FileAnswer.redirect(inside.url("/latest/meta-data")) }
    bench.offer([api.url("/v1/a")])
    let event = await bench.run(bench.saver(try bench.settings(allow: nil), base: api.url("/v1")))
    #expect(event?.type == .saveFailed && inside.requests.isEmpty && bench.files == [])
    #expect(
      event?.reason
        == "GET 127.0.0.1:\(inside.port): the host is at a loopback address, which this request may not reach"
    )
  }

  @Test func anAddressInsideIsNotAsked() async throws {
    let bench = try SaveBench()
    let inside = try LoopbackServer { _ in .respond(200, body: "secret") }
    bench.offer([inside.url(), "http://[::ffff:127.0.0.1]:\(inside.port)/", "file:///etc/passwd"])
    let event = await bench.run(bench.saver(try bench.settings(allow: nil)))
    #expect(event?.type == .saveFailed && inside.requests.isEmpty)
    #expect(event?.reason?.contains("output 3 of 3: its address is no http or https URL") == true)
  }

  @Test func redirectsGoInACircle() async throws {
    let (event, _, server) = try await Self.save(renewals: 1) { _ in FileAnswer.redirect("/a.mp4") }
    #expect(
      event.reason
        == "6 redirects, the last to 127.0.0.1:\(server.port), also after the API was asked for the address anew"
    )
    #expect(server.requests.count == 12)
  }

  @Test func redirectsAreFollowed() async throws {
    let bytes = content(1000)
    let (event, bench, server) = try await Self.save { request in
      request.target == "/a.mp4"
        ? FileAnswer.redirect("c?sig=1") : FileAnswer.file(bytes, to: request, breakingAfter: 400)
    }
    #expect(event.type == .saved && bench.bytes("d0658ae1/0.mp4") == bytes)
    #expect(
      server.requests.map(\.target) == ["/a.mp4", "/c?sig=1", "/a.mp4", "/c?sig=1", "/a.mp4", "/c?sig=1"])
  }

  @Test(arguments: [
    ("/..%2F..%2Fetc%2Fpasswd", "_._.._etc_passwd"), ("/%2e%2e", "_"), ("/%00a%0Ab", "_a_b"), ("/", "_"),
    ("/" + String(repeating: "%F0%9F%8E%AC", count: 300) + ".mp4", String(repeating: "🎬", count: 63)),
    ("/.ssh", "_ssh"), ("/.taskhook-x.part", "_taskhook-x"),
  ])
  func namesLeadNowhere(path: String, name: String) async throws {
    let (event, bench, _) = try await Self.save(name: "{{file}}", path: path) {
      FileAnswer.file(content(9), to: $0)
    }
    #expect(event.type == .saved && bench.files == [name])
    #expect(event.files.first?.path == bench.target + "/" + name)
  }

  @Test func packedBytesStayPacked() async throws {
    let packed = content(500)
    let (event, bench, _) = try await Self.save { _ in
      .bytes(200, headers: [HTTPHeader("Content-Encoding", "gzip")], body: packed)
    }
    #expect(event.type == .saved && bench.bytes("d0658ae1/0.mp4") == packed)
  }
}
