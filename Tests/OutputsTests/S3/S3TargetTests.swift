import Foundation
import Model
import Synchronization
import TestSupport
import Testing

@testable import Outputs

/// A storage that does not always do what it is asked.
@Suite struct S3TargetTests {
  private static let large: Int64 = 65 << 20
  private static let begun =
    "<InitiateMultipartUploadResult><UploadId>up/1+</UploadId></InitiateMultipartUploadResult>"

  private static func error(_ status: Int, _ code: String, _ message: String = "Words.")
    -> LoopbackServer.Answer
  {
    .respond(
      status, headers: [HTTPHeader("content-type", "application/xml")],
      body: "<?xml version=\"1.0\"?>\n<Error><Code>\(code)</Code><Message>\(message)</Message></Error>")
  }

  /// What a storage answers where nothing is wrong.
  private static func good(_ request: LoopbackServer.Request) -> LoopbackServer.Answer {
    switch (request.method, request.target.contains("uploads=")) {
    case ("HEAD", _): .respond(404)
    case ("POST", true): .respond(200, body: begun)
    case ("POST", false): .respond(200, body: "<CompleteMultipartUploadResult/>")
    case ("DELETE", _): .respond(204)
    default: .respond(200, headers: [HTTPHeader("ETag", "\"tag&\(request.body.count)\"")])
    }
  }

  /// Saves a file to a storage, and answers what came of it and what was asked.
  private static func save(
    large: Bool = false, giveUpAfter: Duration = .seconds(6 * 3600), token: String? = nil,
    id: String = "d0658ae1",
    upload: String? = nil, _ handler: @escaping LoopbackServer.Handler
  ) async throws -> (event: Event, lines: [String], requests: [LoopbackServer.Request], bench: SaveBench) {
    let bench = try SaveBench()
    let storage = try LoopbackServer(handler)
    let files = try LoopbackServer { FileAnswer.file(content(1000), to: $0) }
    if large {
      try bench.offerWhole(size: Self.large, upload: upload)
    } else {
      bench.offer([files.url()], id: id)
    }
    let target = bench.bucket(at: storage.url("/s3"), token: token)
    let event = await bench.run(bench.saver(try bench.settings(giveUpAfter: giveUpAfter, to: target)))
    return (try #require(event), storage.requests.map(\.line), storage.requests, bench)
  }

  @Test func aSmallFileIsOneRequest() async throws {
    let (event, lines, requests, bench) = try await Self.save(token: "tok+/=", Self.good)
    #expect(event.type == .saved && event.files.map(\.path) == ["s3://media/d0658ae1/0.mp4"])
    #expect(lines == ["HEAD /s3/media/d0658ae1/0.mp4", "PUT /s3/media/d0658ae1/0.mp4"])
    let put = try #require(requests.last)
    #expect(put.body == content(1000) && put.headers["x-amz-content-sha256"] == sha256(content(1000)))
    #expect(put.headers["content-type"] == "video/mp4" && put.headers["x-amz-meta-sha256"] != nil)
    #expect(put.headers["x-amz-security-token"] == "tok+/=" && put.headers["content-length"] == "1000")
    let authorization = put.headers["authorization"] ?? ""
    #expect(authorization.hasPrefix("AWS4-HMAC-SHA256 Credential=AKIAIOSFODNN7EXAMPLE/"))
    #expect(authorization.contains("/us-east-1/s3/aws4_request"))
    #expect(requests.allSatisfy { request in !"\(request)".contains(SaveBench.secretKey) })
    #expect(bench.leftParts == [])
  }

  @Test func aLargeFileIsSentInParts() async throws {
    let (event, lines, requests, bench) = try await Self.save(large: true, Self.good)
    #expect(event.type == .saved && event.files.map(\.bytes) == [Self.large])
    let key = "/s3/media/d0658ae1/0.mp4"
    #expect(
      lines == ["HEAD \(key)", "POST \(key)?uploads="] + (1...5).map { "PUT \(key)?partNumber=\($0)&id" }
        + ["POST \(key)?&id"])
    #expect(requests[2].target.hasSuffix("&uploadId=up%2F1%2B"))
    #expect(requests[2...6].map(\.body.count) == Array(repeating: 16 << 20, count: 4) + [1 << 20])
    #expect(requests[2].headers["x-amz-content-sha256"] == sha256(Array(repeating: 0, count: 16 << 20)))
    #expect(
      requests[1].headers["content-type"] == "video/mp4" && requests[1].headers["x-amz-meta-taskhook"] != nil)
    #expect(
      requests[7].text.contains(
        "<Part><PartNumber>5</PartNumber><ETag>&quot;tag&amp;1048576&quot;</ETag></Part>"))
    #expect(bench.leftParts == [])
    let notes = bench.scripted.notes.compactMap { note in
      if case .partial(let partial) = note.progress { partial.upload } else { nil }
    }
    #expect(notes == ["up/1+ d0658ae1/0.mp4"])
  }

  @Test func passingTroubleIsWaitedOut() async throws {
    let answers = Mutex<[LoopbackServer.Answer]>([
      Self.error(503, "SlowDown"), .script([.reset]), Self.error(500, "InternalError"),
      Self.error(400, "RequestTimeout"),
      .respond(429, headers: [HTTPHeader("Retry-After", "5")]),
    ])
    let (event, lines, _, _) = try await Self.save { request in
      let next = request.method == "PUT" ? answers.withLock { $0.isEmpty ? nil : $0.removeFirst() } : nil
      return next ?? Self.good(request)
    }
    #expect(event.type == .saved && lines.filter { $0.hasPrefix("PUT") }.count == 6)
  }

  @Test func itIsNotTriedForEver() async throws {
    let (event, _, _, bench) = try await Self.save(giveUpAfter: .seconds(60)) { request in
      request.method == "PUT"
        ? Self.error(503, "SlowDown", "Please reduce your request rate.") : Self.good(request)
    }
    #expect(
      event.reason
        == "cannot write s3://media, tried for long: the storage answered 503 SlowDown: Please reduce your request rate."
    )
    #expect(bench.leftParts == [])
  }

  @Test(arguments: [
    (403, "AccessDenied"), (404, "NoSuchBucket"), (403, "SignatureDoesNotMatch"), (400, "InvalidRequest"),
    (301, "PermanentRedirect"), (501, "NotImplemented"), (412, "PreconditionFailed"),
  ])
  func refusalsEndIt(status: Int, code: String) async throws {
    let (event, lines, _, bench) = try await Self.save { request in
      request.method == "PUT" ? Self.error(status, code, "\u{1b}[1mWords &amp; more") : Self.good(request)
    }
    #expect(event.type == .saveFailed && lines.count == 2 && bench.leftParts == [])
    #expect(
      event.reason == "cannot write s3://media: the storage answered \(status) \(code): \\x1b[1mWords & more")
  }

  @Test func aRefusedUploadIsForgotten() async throws {
    let (event, lines, _, bench) = try await Self.save(large: true) { request in
      request.target.contains("partNumber=2") ? Self.error(403, "AccessDenied") : Self.good(request)
    }
    #expect(event.type == .saveFailed && bench.leftParts == [])
    #expect(lines.last == "DELETE /s3/media/d0658ae1/0.mp4?&id")
  }

  @Test func anUploadThatIsLostIsBegunAnew() async throws {
    let losses = Mutex(2)
    let (event, lines, _, _) = try await Self.save(large: true) { request in
      let isLost =
        request.target.contains("partNumber=1")
        && losses.withLock { losses in
          losses -= 1
          return losses >= 0
        }
      return isLost ? Self.error(404, "NoSuchUpload") : Self.good(request)
    }
    #expect(event.type == .saved && lines.filter { $0.hasSuffix("?uploads=") }.count == 3)
    let (other, _, _, _) = try await Self.save(large: true) { request in
      request.target.contains("partNumber=1") ? Self.error(404, "NoSuchUpload") : Self.good(request)
    }
    #expect(other.reason == "the storage loses each upload before it is complete")
  }

  /// Some errors come behind the head of a good answer.
  @Test func aCompletionMayFailInItsBody() async throws {
    let first = Mutex(true)
    let (event, lines, _, _) = try await Self.save(large: true) { request in
      let isCompletion = request.method == "POST" && !request.target.contains("uploads=")
      let fails =
        isCompletion
        && first.withLock { first in
          defer { first = false }
          return first
        }
      return fails ? Self.error(200, "InternalError") : Self.good(request)
    }
    #expect(event.type == .saved && lines.filter { $0 == "POST /s3/media/d0658ae1/0.mp4?&id" }.count == 2)
  }

  @Test(arguments: [true, false])
  func aCompletionWhoseAnswerIsLostIsFound(isOurs: Bool) async throws {
    struct Kept {
      var headers: [HTTPHeader] = []
      var completions = 0
    }
    let kept = Mutex(Kept())
    let (event, _, _, _) = try await Self.save(large: true) { request in
      if request.target.contains("uploads=") {
        kept.withLock { kept in
          kept.headers = ["x-amz-meta-taskhook", "x-amz-meta-sha256"].map {
            HTTPHeader($0, request.headers[$0] ?? "")
          }
        }
      }
      if request.method == "POST", !request.target.contains("uploads=") {
        let count = kept.withLock { kept in
          kept.completions += 1
          return kept.completions
        }
        return count % 2 == 1 ? .script([.reset]) : Self.error(404, "NoSuchUpload")
      }
      if request.method == "HEAD", kept.withLock({ $0.completions }) > 0 {
        return isOurs ? .respond(200, headers: kept.withLock { $0.headers }) : .respond(404)
      }
      return Self.good(request)
    }
    #expect(event.type == (isOurs ? .saved : .saveFailed))
  }

  @Test func whoMayOnlyWriteWrites() async throws {
    let (event, _, _, _) = try await Self.save { request in
      request.method == "HEAD" ? .respond(403) : Self.good(request)
    }
    #expect(event.type == .saved)
  }

  @Test func whatIsNotOursIsNotTouched() async throws {
    let (event, lines, _, _) = try await Self.save { request in
      request.method == "HEAD" && request.target.hasSuffix("/0.mp4") ? .respond(200) : Self.good(request)
    }
    #expect(event.files.map(\.path) == ["s3://media/d0658ae1/0-2.mp4"])
    #expect(lines.last == "PUT /s3/media/d0658ae1/0-2.mp4")
  }

  @Test func anOldUploadIsForgottenFirst() async throws {
    let (event, lines, requests, bench) = try await Self.save(
      large: true, upload: "old= a b/ü.mp4", Self.good)
    #expect(event.type == .saved)
    #expect(requests.first?.target == "/s3/media/a%20b/%C3%BC.mp4?uploadId=old%3D")
    #expect(lines.first?.hasPrefix("DELETE") == true && bench.leftParts == [])
  }

  @Test(arguments: ["", "old", "old ", " key"])
  func aNoteThatMakesNoSenseIsPassedOver(upload: String) async throws {
    let (event, lines, _, _) = try await Self.save(large: true, upload: upload, Self.good)
    #expect(event.type == .saved && !lines.contains { $0.hasPrefix("DELETE") })
  }

  @Test(arguments: [
    (1, 1, 16 << 20), (64 << 20, 4, 16 << 20), ((64 << 20) + 1, 5, 16 << 20),
    (160_000 << 20, 10_000, 16 << 20),
    ((160_000 << 20) + 1, 9_412, 17 << 20), (5 << 40, 9_987, 525 << 20),
  ])
  func partsAreFewEnough(size: Int, count: Int, partSize: Int) {
    let parts = S3Parts(of: Int64(size))
    #expect(parts.count == count && parts.partSize == Int64(partSize))
    #expect(parts[0].offset == 0 && parts[0].number == 1)
    let last = parts[count - 1]
    #expect(last.number == count && last.offset + last.count == Int64(size) && last.count > 0)
  }
}
