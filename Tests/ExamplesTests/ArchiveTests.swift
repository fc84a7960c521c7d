import Foundation
import Model
import Synchronization
import TestSupport
import Testing

@Suite struct ArchiveTests {
  private static let film: [UInt8] = (0..<200_000).map { UInt8(truncatingIfNeeded: $0 &* 7 &+ $0 / 256) }

  /// Runs the script on a task, outputs to `archive/`.
  private func archive(
    _ examples: Examples, _ task: String, env: [String: String] = [:]
  ) async throws -> Examples.Finished {
    try await examples.run("archive.sh", env: env, stdin: task)
  }

  private func task(_ id: String, _ urls: String...) throws -> String {
    let task: [String: Any] = ["id": id, "status": "SUCCEEDED", "output": urls]
    return String(decoding: try JSONSerialization.data(withJSONObject: task), as: UTF8.self)
  }

  @Test func theDaemonKeepsACopyOfEachOutput() async throws {
    try await TaskAPI.use(failures: 0) { api, address in
      try await Examples.use { examples in
        let env = ["COMETAPI_URL": address, "COMETAPI_KEY": "right"]
        let check = try await examples.run(
          Examples.taskhook, "check", "-c", examples.path("archive.yaml"), env: env)
        #expect(check.status == 0 && !check.stderr.contains("warning"), "\(check.stderr)")
        let id = api.create()
        try await examples.run(Examples.taskhook, "add", "-c", examples.path("archive.yaml"), id)
        let daemon = try await examples.daemon("archive.yaml", env: env)
        try await eventually {
          try await examples.deliveries("archive.yaml").first?["state"] as? String == "delivered"
        }
        await examples.stop(daemon)
        let deliveries = try await examples.deliveries("archive.yaml")
        #expect(deliveries.map { $0["state"] as? String } == ["delivered"])
        let files = examples.files("archive")
        #expect(files.allSatisfy { $0.hasPrefix(id + "/") && $0.hasSuffix(".mp4") } && !files.isEmpty)
        for file in files {
          // As the simulator makes them: 16 to 64 KiB that begin with a file type box.
          let bytes = try #require(examples.bytes("archive/" + file))
          #expect(bytes.count >= 16384 && Array(bytes[4..<12]) == Array("ftypisom".utf8))
        }
      }
    }
  }

  @Test(arguments: [
    ("", 65), ("{", 65), ("nonsense", 65), ("{} {}", 65), ("[]", 65), ("3", 65), (#""text""#, 65),
    ("null", 0), ("{}", 0), (#"{"id": "x"}"#, 0), (#"{"id": "x", "output": null}"#, 0),
    (#"{"id": "x", "output": []}"#, 0),
    // To be saved, but under what name?
    (#"{"output": ["http://127.0.0.1:9/"]}"#, 65), (#"{"id": "", "output": ["http://127.0.0.1:9/"]}"#, 65),
    // Not to be asked of curl, which reads files and speaks many protocols.
    (#"{"id": "x", "output": ["file:///etc/passwd"]}"#, 65), (#"{"id": "x", "output": "scp://h/x"}"#, 65),
    (#"{"id": "x", "output": [7, null, {}, ""]}"#, 65),
    (#"{"id": "x", "output": ["http://127.0.0.1:9/a\noutput = /tmp/x"]}"#, 65),
    (#"{"id": "x", "output": ["http://127.0.0.1:9/\"\noutput = \"/tmp/x"]}"#, 65),
    (#"{"id": "x", "output": ["http://127.0.0.1:9/a\n"]}"#, 65),
  ]) func inputWithoutFilesHasItsExitCode(input: String, status: Int) async throws {
    try await Examples.use { examples in
      let finished = try await archive(examples, input)
      #expect(finished.status == status, "\(finished.stderr)")
      #expect(finished.stderr.contains("archive: ") && examples.files("archive").isEmpty)
    }
  }

  @Test func outputMayBeOneTextAndNamesComeFromThePlaceAndTheURLsExtension() async throws {
    let server = try LoopbackServer { .respond(200, body: "content of \($0.target)") }
    try await Examples.use { examples in
      let urls = [
        "/video.mp4?sign=a.b&x=[1-3]{a,b}", "/no-extension", "/dots/../..", "/x.toolongtobeone", "/pic.PNG#f",
        "/a.sh;touch%20x", "/\u{FC}.webp",
      ]
      let answer = try await archive(
        examples,
        String(
          decoding: try JSONSerialization.data(withJSONObject: [
            "id": "one", "output": urls.map { server.url($0) } as [String],
          ]), as: UTF8.self))
      #expect(answer.status == 0, "\(answer.stderr)")
      #expect(
        examples.files("archive") == [
          "one/0.mp4", "one/1", "one/2", "one/3", "one/4.PNG", "one/5", "one/6.webp",
        ])
      #expect(examples.text("archive/one/0.mp4") == "content of /video.mp4?sign=a.b&x=[1-3]{a,b}")
      let text = try await archive(
        examples, #"{"id": 12, "output": "\#(server.url("/a.mp4"))"}"#, env: ["ARCHIVE_DIR": "else/where"])
      #expect(text.status == 0 && text.stdout == "saved 12/0.mp4\n", "\(text.stderr)")
      #expect(examples.text("else/where/12/0.mp4") == "content of /a.mp4")
    }
  }

  @Test func idsNeverLeadOutOfTheFolder() async throws {
    let server = try LoopbackServer { _ in .respond(200, body: "x") }
    try await Examples.use { examples in
      let ids = [
        "../../evil": "%2E.%2F..%2Fevil", "..": "%2E.", ".": "%2E", "/etc/x": "%2Fetc%2Fx",
        "a b\n$(id)'": "a%20b%0A%24%28id%29%27", ".hidden": "%2Ehidden", "-rf": "-rf",
        "\u{E9}*~": "%C3%A9%2A%7E",
      ]
      for (id, folder) in ids {
        let finished = try await archive(examples, try task(id, server.url("/f.bin")))
        #expect(finished.status == 0, "\(id): \(finished.stderr)")
        #expect(examples.text("archive/\(folder)/0.bin") == "x", "\(id)")
      }
      #expect(examples.files("archive").count == ids.count)
      // Two long ids that begin alike do not share a folder.
      for end in ["a", "b"] {
        let id = String(repeating: "\u{1F3AC}", count: 120) + end
        #expect(try await archive(examples, try task(id, server.url("/f.bin"))).status == 0)
      }
      #expect(examples.files("archive").count == ids.count + 2)
      // What taskhook calls the task comes before what the task says of itself.
      let told = try await archive(
        examples, try task("own", server.url("/f.bin")), env: ["TASKHOOK_TASK_ID": "told"])
      #expect(told.status == 0 && examples.text("archive/told/0.bin") == "x")
    }
  }

  @Test func finishedFilesAreLeftAsTheyAre() async throws {
    let server = try LoopbackServer { _ in .respond(200, body: "new") }
    try await Examples.use { examples in
      try examples.write("archive/one/0.mp4", "old")
      let finished = try await archive(examples, try task("one", server.url("/a.mp4"), server.url("/b.mp4")))
      #expect(finished.status == 0)
      #expect(finished.stdout == "kept  one/0.mp4\nsaved one/1.mp4\n")
      #expect(examples.text("archive/one/0.mp4") == "old" && examples.text("archive/one/1.mp4") == "new")
      #expect(server.requests.map(\.target) == ["/b.mp4"])
    }
  }

  @Test func whatCannotBeFetchedIsForLaterAndDoesNotKeepTheRest() async throws {
    let server = try LoopbackServer { request in
      switch request.target {
      case "/gone.mp4": .respond(404, body: "an error page is no film")
      case "/broken.mp4": .script([.send("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf"), .close])
      case "/elsewhere.mp4": .respond(302, headers: [HTTPHeader("location", "/good.mp4")])
      case "/inside.mp4": .respond(302, headers: [HTTPHeader("location", "file:///etc/passwd")])
      default: .respond(200, body: "good")
      }
    }
    let closed = try LoopbackServer { _ in .respond(200) }
    let unreachable = closed.url("/a.mp4")
    closed.stop()
    try await Examples.use { examples in
      let finished = try await archive(
        examples,
        try task(
          "one", server.url("/gone.mp4"), server.url("/broken.mp4"), unreachable, server.url("/inside.mp4"),
          "no URL", server.url("/elsewhere.mp4")))
      #expect(finished.status == 75, "\(finished.stderr)")
      #expect(finished.stdout == "saved one/5.mp4\n")
      #expect(examples.files("archive").filter { !$0.hasPrefix("one/.") } == ["one/5.mp4"])
      #expect(examples.text("archive/one/5.mp4") == "good")
      let unwritable = try await archive(
        examples, try task("one", server.url("/a.mp4")), env: ["ARCHIVE_DIR": "/proc/nothing"])
      #expect(unwritable.status == 75 && unwritable.stderr.contains("cannot make the folder"))
    }
  }

  /// A server of one file with an ETag that breaks off the first answer in its midst.
  private func breakingServer(etag: @escaping @Sendable (Int) -> String?, ranges: Bool = true) throws
    -> LoopbackServer
  {
    let count = Mutex(0)
    return try LoopbackServer { request in
      let number = count.withLock { count in
        count += 1
        return count
      }
      let film = Self.film
      let current = etag(number)
      let headers = current.map { [HTTPHeader("etag", $0)] } ?? []
      if number == 1 {
        let tag = current.map { "ETag: \($0)\r\n" } ?? ""
        return .script([
          .send("HTTP/1.1 200 OK\r\nContent-Length: \(film.count)\r\n\(tag)\r\n"),
          .sendBytes(Array(film[..<70_000])), .close,
        ])
      }
      if ranges, let range = request.headers["range"], request.headers["if-range"] == current,
        let start = Int(range.dropFirst("bytes=".count).dropLast())
      {
        if start >= film.count { return .respond(416) }
        return .bytes(
          206,
          headers: headers + [HTTPHeader("content-range", "bytes \(start)-\(film.count - 1)/\(film.count)")],
          body: Array(film[start...]))
      }
      return .bytes(200, headers: headers, body: film)
    }
  }

  @Test func aBrokenDownloadGoesOnWhereItBroke() async throws {
    let server = try breakingServer(etag: { _ in #""v1""# })
    try await Examples.use { examples in
      let first = try await archive(examples, try task("one", server.url("/a.mp4")))
      #expect(first.status == 75 && examples.bytes("archive/one/0.mp4") == nil)
      let part = try #require(examples.bytes("archive/one/.0.mp4.part"))
      #expect(!part.isEmpty && part.count < Self.film.count)
      // A fresh URL of the same file, as a later poll gives it.
      let second = try await archive(examples, try task("one", server.url("/a.mp4?fresh")))
      #expect(second.status == 0, "\(second.stderr)")
      #expect(examples.bytes("archive/one/0.mp4") == Self.film)
      #expect(examples.files("archive") == ["one/0.mp4"])
      #expect(server.requests.map { $0.headers["range"] } == [nil, "bytes=\(part.count)-"])
      #expect(server.requests[1].headers["if-range"] == #""v1""#)
    }
  }

  @Test func aPartThatWasWholeIsNotFetchedAgain() async throws {
    let server = try breakingServer(etag: { _ in #""v1""# })
    try await Examples.use { examples in
      _ = try await archive(examples, try task("one", server.url("/a.mp4")))
      try Data(Self.film).write(to: URL(fileURLWithPath: examples.path("archive/one/.0.mp4.part")))
      let second = try await archive(examples, try task("one", server.url("/a.mp4")))
      #expect(second.status == 0 && examples.bytes("archive/one/0.mp4") == Self.film, "\(second.stderr)")
      #expect(server.requests.count == 2)
    }
  }

  /// A part of one version and the rest of another would be no file at all.
  @Test(arguments: ["changed", "none", "weak", "no ranges"])
  func partsAreOnlyCompletedWhereTheFileIsSurelyTheSame(server kind: String) async throws {
    let server = try breakingServer(
      etag: { number in
        switch kind {
        case "changed": number == 1 ? #""v1""# : #""v2""#
        case "none": nil
        case "weak": #"W/"v1""#
        default: #""v1""#
        }
      }, ranges: kind != "no ranges")
    try await Examples.use { examples in
      #expect(try await archive(examples, try task("one", server.url("/a.mp4"))).status == 75)
      // If the part were used, the file would show it.
      try Data(repeating: 0, count: 1000).write(
        to: URL(fileURLWithPath: examples.path("archive/one/.0.mp4.part")))
      let second = try await archive(examples, try task("one", server.url("/a.mp4")))
      #expect(second.status == 0, "\(second.stderr)")
      #expect(examples.bytes("archive/one/0.mp4") == Self.film)
      #expect(examples.files("archive") == ["one/0.mp4"])
    }
  }

  @Test func twoRunsDoNotWriteToTheSameFiles() async throws {
    let server = try LoopbackServer { _ in .script([.hang]) }
    try await Examples.use { examples in
      let task = try task("one", server.url("/a.mp4"))
      let first = try examples.start("archive.sh", [], stdin: task)
      _ = try await server.requests(1)
      let second = try await archive(examples, task)
      #expect(second.status == 75 && second.stderr.contains("another run"))
      #expect(first.isRunning)
      server.stop()
      #expect(await examples.finish(first).status == 75)
    }
  }

  @Test func itsURLsAreOnNoCommandLine() async throws {
    let token = "token-\(UUID().uuidString)"
    let seen = Mutex(false)
    let server = try LoopbackServer { _ in
      let isSeen = Examples.isOnACommandLine(token)
      seen.withLock { $0 = isSeen }
      return .respond(200, body: "x")
    }
    try await Examples.use { examples in
      let finished = try await archive(examples, try task("one", server.url("/a.mp4?\(token)")))
      #expect(finished.status == 0 && !seen.withLock { $0 })
      #expect(!(finished.stdout + finished.stderr).contains(token))
    }
  }
}
