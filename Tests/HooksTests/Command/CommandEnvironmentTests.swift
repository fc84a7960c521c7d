import Model
import TestSupport
import Testing

@testable import Hooks

@Suite struct CommandEnvironmentTests {
  /// Files whose JSON has this many bytes each.
  private static func files(_ count: Int, bytes: Int) -> [SavedFile] {
    let empty = SavedFile(url: "", path: "", bytes: 1, sha256: "", contentType: nil)
    let rest = bytes - (json([empty]).utf8.count - 2)
    return (0..<count).map { index in
      var file = empty
      let name = String(index)
      file.path = name
      file.url = String(repeating: "u", count: rest - name.utf8.count)
      return file
    }
  }

  private static func json(_ files: [SavedFile]) -> String {
    var json = JSONWriter()
    json.files(files)
    return String(decoding: json.bytes, as: UTF8.self)
  }

  private static func told(_ files: [SavedFile]) throws -> String {
    var event = sampleEvent()
    event.files = files
    return try #require(CommandEnvironment.told(sampleAttempt(event))["TASKHOOK_FILES"])
  }

  /// 64 KiB hold two files of 32,766 bytes, the comma between them and the two brackets, and one byte is left.
  @Test(arguments: [(32_766, 2), (32_767, 1), (65_534, 1), (65_535, 0), (1000, 65)])
  func filesAreCutBetweenTwo(bytes: Int, kept: Int) throws {
    let files = Self.files(100, bytes: bytes)
    let told = try Self.told(files)
    #expect(told == Self.json(Array(files.prefix(kept))))
    #expect(told.utf8.count <= 65_536)
  }

  @Test func withoutFilesTheArrayIsEmpty() throws {
    #expect(try Self.told([]) == "[]")
    let digest = Digest(hook: "h", events: [sampleEvent()], named: 1)
    let attempt = Attempt(delivery: "msg_1", message: .digest(digest), number: 1)
    #expect(CommandEnvironment.told(attempt)["TASKHOOK_FILES"] == "[]")
  }
}
