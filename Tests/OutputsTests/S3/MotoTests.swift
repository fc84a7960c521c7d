import Foundation
import HTTP
import Model
import TestSupport
import Testing

@testable import Outputs

/// Against an S3 that somebody else wrote.
@Suite(.enabled(if: MotoServer.python != nil, "TASKHOOK_TEST_PYTHON is not set"))
struct MotoTests {
  private static let signing = AWSSigning(accessKey: "k", secretKey: Secret("s"), region: "us-east-1")
  private static let get = profile("GET")

  private static func profile(_ method: String) -> HTTPProfile {
    HTTPProfile(method: method, timeout: .seconds(60), bodyLimit: 100 << 20, signing: signing)
  }

  private static func object(_ path: String, _ moto: MotoServer, _ bench: SaveBench) async throws
    -> HTTPResponse
  {
    let sum = HTTPHeader("x-amz-content-sha256", sha256([]))
    return try await bench.loop.send(HTTPRequest(get, url: moto.url + path, headers: [sum]))
  }

  @Test func aFileIsKeptInABucket() async throws {
    let (bench, moto) = (try SaveBench(), try await MotoServer())
    let bytes = content(100_000)
    let server = try LoopbackServer { FileAnswer.file(bytes, to: $0) }
    bench.offer([server.url("/a"), server.url("/b")], id: "ü + 1~/x")
    let target = bench.bucket(at: moto.url, prefix: "out/2026")
    let event = await bench.run(bench.saver(try bench.settings(to: target)))
    #expect(event?.type == .saved, "\(event?.reason ?? "")")
    #expect(
      event?.files.map(\.path) == [
        "s3://media/out/2026/ü + 1~_x/0.mp4", "s3://media/out/2026/ü + 1~_x/1.mp4",
      ])
    #expect(event?.files.map(\.sha256) == [sha256(bytes), sha256(bytes)])
    let kept = try await Self.object("/media/out/2026/%C3%BC%20%2B%201~_x/0.mp4", moto, bench)
    #expect(kept.status == 200 && kept.body == bytes && kept.headers["content-type"] == "video/mp4")
    #expect(kept.headers["x-amz-meta-sha256"] == sha256(bytes))
    #expect(bench.leftParts == [])
    let mode = try FileManager.default.attributesOfItem(atPath: bench.parts)[.posixPermissions]
    #expect(mode as? Int == 0o700)
  }

  @Test func aLargeFileGoesUpInParts() async throws {
    let (bench, moto) = (try SaveBench(), try await MotoServer())
    let bytes = content(70 << 20)
    let server = try LoopbackServer { FileAnswer.file(bytes, to: $0) }
    bench.offer([server.url()])
    let transport = WatchedTransport(bench.loop)
    let event = await bench.run(
      bench.saver(try bench.settings(to: bench.bucket(at: moto.url)), transport: transport))
    #expect(event?.type == .saved, "\(event?.reason ?? "")")
    let kept = try await Self.object("/media/d0658ae1/0.mp4", moto, bench)
    #expect(kept.body == bytes && kept.headers["content-type"] == "video/mp4")
    #expect(kept.headers["etag"]?.hasSuffix("-5\"") == true)
    #expect(transport.lines.filter { $0.hasPrefix("PUT") }.count == 5)
    let uploads = try await Self.object("/media?uploads=", moto, bench)
    #expect(!String(decoding: uploads.body, as: UTF8.self).contains("<UploadId>"))
    #expect(bench.leftParts == [])
  }

  @Test func aStoppedUploadIsForgottenAndDoneAnew() async throws {
    let (bench, moto) = (try SaveBench(), try await MotoServer())
    let bytes = content(70 << 20)
    let server = try LoopbackServer { FileAnswer.file(bytes, to: $0) }
    bench.offer([server.url()])
    let settings = try bench.settings(to: bench.bucket(at: moto.url))
    let stuck = WatchedTransport(bench.loop) { $0.contains("partNumber=3") }
    let first = bench.saver(settings, transport: stuck)
    await first.start()
    await eventually { stuck.lines.contains { $0.contains("partNumber=3") } }
    await first.stop()
    var uploads = try await Self.object("/media?uploads=", moto, bench)
    #expect(String(decoding: uploads.body, as: UTF8.self).contains("<UploadId>"))
    let transport = WatchedTransport(bench.loop)
    let event = await bench.run(bench.saver(settings, transport: transport))
    #expect(event?.type == .saved && event?.files.first?.sha256 == sha256(bytes))
    #expect(transport.lines.first?.hasPrefix("DELETE /media/d0658ae1/0.mp4?uploadId=") == true)
    #expect(server.requests.count == 1)
    #expect(try await Self.object("/media/d0658ae1/0.mp4", moto, bench).body == bytes)
    uploads = try await Self.object("/media?uploads=", moto, bench)
    #expect(!String(decoding: uploads.body, as: UTF8.self).contains("<UploadId>"))
  }

  @Test func anothersObjectIsLeftAlone() async throws {
    let (bench, moto) = (try SaveBench(), try await MotoServer())
    let server = try LoopbackServer { FileAnswer.file(Array($0.target.utf8), to: $0) }
    let theirs = Array("theirs".utf8)
    _ = try await bench.loop.send(
      HTTPRequest(
        Self.profile("PUT"), url: moto.url + "/media/d0658ae1/0.mp4",
        headers: [
          HTTPHeader("x-amz-content-sha256", sha256(theirs)), HTTPHeader("content-type", "text/plain"),
        ], body: theirs))
    let settings = try bench.settings(to: bench.bucket(at: moto.url))
    bench.offer([server.url("/a")])
    var event = await bench.run(bench.saver(settings))
    #expect(event?.files.map(\.path) == ["s3://media/d0658ae1/0-2.mp4"])
    #expect(try await Self.object("/media/d0658ae1/0.mp4", moto, bench).body == theirs)
    // The own one, of which the store was not told any more, is written anew.
    bench.offer([server.url("/b")], sequence: 9)
    event = await bench.run(bench.saver(settings))
    #expect(event?.files.map(\.path) == ["s3://media/d0658ae1/0-2.mp4"])
    #expect(try await Self.object("/media/d0658ae1/0-2.mp4", moto, bench).body == Array("/b".utf8))
  }

  @Test func aBucketThatIsNotThere() async throws {
    let (bench, moto) = (try SaveBench(), try await MotoServer())
    let server = try LoopbackServer { FileAnswer.file(content(9), to: $0) }
    bench.offer([server.url()])
    let event = await bench.run(
      bench.saver(try bench.settings(to: bench.bucket(at: moto.url, "nobodys"))))
    #expect(
      event?.reason
        == "cannot write s3://nobodys: the storage answered 404 NoSuchBucket: The specified bucket does not exist"
    )
    #expect(bench.leftParts == [])
  }
}
