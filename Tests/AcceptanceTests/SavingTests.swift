import Foundation
import Model
import TestSupport
import Testing

/// Output files are kept, and hooks are told where.
@Suite struct SavingTests {
  private typealias API = ScriptedTaskAPI

  private static func config(
    _ api: String, _ receiver: String, outputs: String = "{save_to: videos, allow: [127.0.0.1]}",
    more: String = ""
  ) -> String {
    """
    sources:
      runway: {provider: runway, base_url: "\(api)", api_key: k, poll: {every: 100ms}, outputs: \(outputs)}
    tasks: [t-1]
    hooks:
      all: {on: [change, saved, save_failed], webhook: {url: "\(receiver)"}, retry: {attempts: 3, first: 1s}}
    \(more)
    """
  }

  private static func success(_ urls: String...) -> API.Answer {
    API.task("t-1", "SUCCEEDED", "\"output\":[\(urls.map { "\"\($0)\"" }.joined(separator: ","))]")
  }

  @Test func hooksOfASuccessWaitForItsFiles() async throws {
    try await Workspace.use { place in
      let files = try FileServer()
      let video = FileServer.bytes(700_000, seed: 1)
      let image = FileServer.bytes(10_000, seed: 2)
      files.serve("/a/video.mp4", video)
      files.serve("/a/second", image)
      files.pace(.milliseconds(20))
      let api = try API()
      api.script(
        "t-1", API.task("t-1", "RUNNING"),
        Self.success(files.url("/a/video.mp4?sig=s3cr3t"), files.url("/a/second")))
      let receiver = try TestReceiver()
      try place.config(
        Self.config(
          api.url, receiver.url(),
          more: "  script: {on: [SUCCEEDED], run: 'printf %s \"$TASKHOOK_FILES\" > files.json'}"))
      let daemon = try await place.daemon()
      await eventually(within: .seconds(30)) { receiver.accepted.count >= 3 }
      #expect(receiver.types(of: "t-1") == ["task.running", "task.succeeded", "task.saved"])
      #expect(receiver.accepted.map(\.sequence) == [1, 2, 3])
      let path = place.path("videos/t-1/0.mp4")
      for delivery in receiver.accepted.dropFirst() {
        let told = delivery.json["data"]["files"]
        #expect(told[0]["url"].text == files.url("/a/video.mp4?sig=s3cr3t"))
        #expect(told[0]["path"].text == path)
        #expect(told[0]["bytes"].integer == video.count)
        #expect(told[0]["sha256"].text == FileServer.sha256(video))
        #expect(told[0]["content_type"].text == "video/mp4")
        #expect(told[1]["path"].text == place.path("videos/t-1/1.mp4"))
      }
      #expect(FileManager.default.contents(atPath: path).map(Array.init) == video)
      #expect(FileManager.default.contents(atPath: place.path("videos/t-1/1.mp4")).map(Array.init) == image)
      await eventually { place.read("files.json").hasSuffix("]") }
      #expect(JSON(Array(place.read("files.json").utf8))[0]["path"].text == path)
      let left = try FileManager.default.contentsOfDirectory(atPath: place.path("videos/t-1"))
      #expect(left.sorted() == ["0.mp4", "1.mp4"], "no parts are left")
      #expect(files.requests.allSatisfy { $0.headers["authorization"] == nil }, "the key stays with the API")
      await place.stop(daemon)
    }
  }

  @Test func whatCannotBeSavedIsToldAndCanBeSavedAgain() async throws {
    try await Workspace.use { place in
      let files = try FileServer()
      let video = FileServer.bytes(5000, seed: 3)
      files.answer("/x.mp4", .respond(400, body: "no"))
      let api = try API()
      api.script("t-1", Self.success(files.url("/x.mp4")))
      let receiver = try TestReceiver()
      try place.config(Self.config(api.url, receiver.url()))
      let daemon = try await place.daemon()
      await eventually(within: .seconds(30)) { receiver.accepted.count >= 2 }
      #expect(receiver.types(of: "t-1") == ["task.succeeded", "task.save_failed"])
      let failed = try #require(receiver.accepted.last).json["data"]
      #expect(failed["reason"].text?.contains("400") == true, "\(failed["reason"].text ?? "")")
      #expect(api.polls(of: "t-1").count == 2, "asked once more for a URL that works")
      files.serve("/x.mp4", video)
      let saved = try await place.run("save", "t-1")
      #expect(saved.status == 0 && saved.stderr.contains("t-1"), "\(saved.stderr)")
      await eventually(within: .seconds(30)) { receiver.accepted.count >= 3 }
      #expect(receiver.types(of: "t-1") == ["task.succeeded", "task.save_failed", "task.saved"])
      #expect(FileManager.default.contents(atPath: place.path("videos/t-1/0.mp4")).map(Array.init) == video)
      #expect(try await place.run("save", "t-2").status != 0)
      await place.stop(daemon)
    }
  }

  @Test func aURLThatHasExpiredIsRenewedByAskingAgain() async throws {
    try await Workspace.use { place in
      let files = try FileServer()
      let video = FileServer.bytes(5000, seed: 6)
      files.answer("/old.mp4", .respond(403, body: "expired"))
      files.serve("/new.mp4", video)
      let api = try API()
      api.script("t-1", Self.success(files.url("/old.mp4")), Self.success(files.url("/new.mp4")))
      let receiver = try TestReceiver()
      try place.config(Self.config(api.url, receiver.url()))
      let daemon = try await place.daemon()
      await eventually(within: .seconds(30)) { receiver.accepted.count >= 2 }
      #expect(receiver.types(of: "t-1") == ["task.succeeded", "task.saved"])
      // The address that the task object beside it names.
      #expect(receiver.accepted.last?.json["data"]["files"][0]["url"].text == files.url("/old.mp4"))
      #expect(FileManager.default.contents(atPath: place.path("videos/t-1/0.mp4")).map(Array.init) == video)
      #expect(api.polls(of: "t-1").count == 2)
      await place.stop(daemon)
    }
  }

  @Test func privateAddressesAreNotFetchedFrom() async throws {
    try await Workspace.use { place in
      let files = try FileServer()
      files.serve("/x.mp4", [1, 2, 3])
      let api = try API()
      api.script("t-1", Self.success(files.url("/x.mp4")))
      let receiver = try TestReceiver()
      try place.config(Self.config(api.url, receiver.url(), outputs: "{save_to: videos}"))
      let daemon = try await place.daemon()
      await eventually(within: .seconds(30)) { receiver.accepted.count >= 2 }
      #expect(receiver.types(of: "t-1") == ["task.succeeded", "task.save_failed"])
      #expect(receiver.accepted.last?.json["data"]["reason"].text?.contains("loopback") == true)
      #expect(files.requests.isEmpty)
      await place.stop(daemon)
    }
  }

  @Test func aFileThatIsCutOffByKillsArrivesWhole() async throws {
    try await Workspace.use { place in
      let files = try FileServer()
      let video = FileServer.bytes(6 << 20, seed: 4)
      files.serve("/v.mp4", video)
      files.pace(.milliseconds(25))
      let api = try API()
      api.script("t-1", Self.success(files.url("/v.mp4")))
      let receiver = try TestReceiver()
      try place.config(Self.config(api.url, receiver.url()))
      for round in 1...3 {
        let daemon = try await place.daemon()
        // Each time some of it has come.
        let mark = round * (1 << 20)
        await eventually(within: .seconds(30)) { Self.partBytes(in: place.path("videos")) > mark }
        await daemon.killHard()
      }
      let daemon = try await place.daemon()
      await eventually(within: .seconds(40)) { receiver.accepted.count >= 2 }
      #expect(receiver.types(of: "t-1") == ["task.succeeded", "task.saved"])
      #expect(FileManager.default.contents(atPath: place.path("videos/t-1/0.mp4")).map(Array.init) == video)
      let starts = files.requests.map { $0.headers["range"] ?? "bytes=0-" }
      #expect(starts.count == 4 && starts.first == "bytes=0-", "\(starts)")
      let offsets = starts.compactMap { Int($0.dropFirst(6).prefix { $0 != "-" }) }
      #expect(offsets.dropFirst().allSatisfy { $0 > 1 << 20 } && offsets == offsets.sorted(), "\(starts)")
      await place.stop(daemon)
    }
  }

  /// Bytes of all files below a folder, the unfinished ones too.
  private static func partBytes(in folder: String) -> Int {
    let files = FileManager.default.enumerator(atPath: folder)?.compactMap { $0 as? String } ?? []
    return files.reduce(0) { sum, name in
      let size = try? FileManager.default.attributesOfItem(atPath: folder + "/" + name)[.size] as? Int
      let isFolder = (try? FileManager.default.contentsOfDirectory(atPath: folder + "/" + name)) != nil
      return sum + (isFolder ? 0 : size ?? 0)
    }
  }

  @Test func withoutHoldingHooksAreNotHeldUp() async throws {
    try await Workspace.use { place in
      let files = try FileServer()
      files.answer("/v.mp4", .script([.hang]))
      let api = try API()
      api.script("t-1", Self.success(files.url("/v.mp4")))
      let receiver = try TestReceiver()
      try place.config(
        Self.config(
          api.url, receiver.url(), outputs: "{save_to: videos, hold_hooks: false, allow: [127.0.0.1]}"))
      let daemon = try await place.daemon()
      await eventually(within: .seconds(30)) { receiver.accepted.count >= 1 }
      #expect(receiver.types(of: "t-1") == ["task.succeeded"])
      await place.stop(daemon)
    }
  }

  @Test func hooksThatWaitForFilesAreListedAsHeld() async throws {
    try await Workspace.use { place in
      let files = try FileServer()
      files.answer("/v.mp4", .script([.hang]))
      let api = try API()
      api.script("t-1", Self.success(files.url("/v.mp4")))
      let receiver = try TestReceiver()
      try place.config(Self.config(api.url, receiver.url()))
      let daemon = try await place.daemon()
      await eventually(within: .seconds(30)) { !files.requests.isEmpty }
      #expect(try await place.json("deliveries").map { $0["state"].text } == ["held"])
      await place.stop(daemon)
      #expect(receiver.accepted.isEmpty)
    }
  }

  @Test func watchKeepsFiles() async throws {
    try await Workspace.use { place in
      let files = try FileServer()
      let video = FileServer.bytes(300_000, seed: 5)
      let api = try API(override: { id, _ in
        // Served by the API itself: its own address needs no leave.
        id.hasPrefix("file")
          ? .bytes(200, headers: [HTTPHeader("content-type", "video/mp4")], body: video) : nil
      })
      api.script("t-1", API.task("t-1", "RUNNING"), Self.success(api.url + "/runwayml/v1/tasks/file"))
      let finished = try await place.run(
        "watch", "--base-url", api.url, "--every", "100ms", "--save", "out", "t-1")
      #expect(finished.status == 0, "\(finished.stderr)")
      #expect(
        finished.stdout.contains("t-1 task.saved: " + place.path("out/t-1/0.mp4")), "\(finished.stdout)")
      #expect(FileManager.default.contents(atPath: place.path("out/t-1/0.mp4")).map(Array.init) == video)
      api.script("t-1", Self.success(files.url("/none.mp4")))
      let refused = try await place.run(
        "watch", "--base-url", api.url, "--every", "100ms", "--save", "out2", "t-1")
      #expect(refused.status == 3 && refused.stdout.contains("task.save_failed"), "\(refused.stdout)")
    }
  }
}
