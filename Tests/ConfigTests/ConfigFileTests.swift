import Config
import Foundation
import Model
import Testing

@Suite struct ConfigFileTests {
  private func errors(loading path: String) -> [String] {
    let diagnostics = Diagnostics()
    let root = ConfigFile.load(path: path, environment: [:], diagnostics: diagnostics)
    #expect(root == nil)
    return diagnostics.errors.map(\.description)
  }

  @Test func aFileThatCannotBeReadSaysWhy() throws {
    let folder = try TemporaryFolder()
    #expect(errors(loading: folder.path) == ["\(folder.path): the file is a directory"])
    #expect(errors(loading: folder.path + "/none") == ["\(folder.path)/none: the file does not exist"])
    let file = try folder.write("a", [])
    #expect(
      errors(loading: file + "/b") == [
        "\(file)/b: the file does not exist: a part of its path is no directory"
      ])
    #expect(
      errors(loading: file) == [
        "\(file):1:1: the file is empty. Expected: lines of the form \"key: value\""
      ])
    let large = try folder.write("large", [UInt8](repeating: 0x23, count: 10 << 20))
    #expect(
      errors(loading: large) == ["\(large):1:1: the file is larger than 4096 KiB, the most that is read"])
    #expect(
      errors(loading: "/dev/zero") == [
        "/dev/zero:1:1: the file is larger than 4096 KiB, the most that is read"
      ])
    let latin = try folder.write("latin", [0x61, 0x3A, 0x20, 0xE9, 0x0A])
    #expect(errors(loading: latin) == ["\(latin):1:4: the file is not valid UTF-8 here"])
  }

  @Test func aFileIsReadWithItsByteOrderMarkAndItsFolder() throws {
    let folder = try TemporaryFolder()
    let file = try folder.write("config.yaml", [0xEF, 0xBB, 0xBF] + Array("a: 1\nb: x".utf8))
    let diagnostics = Diagnostics()
    let root = try #require(ConfigFile.load(path: file, environment: [:], diagnostics: diagnostics))
    #expect(root.context.folder == folder.path)
    #expect(root["a"]?.text == "1" && root["a"]?.position == TextPosition(line: 1, column: 4))
    #expect(root["b"]?.keyPosition == TextPosition(line: 2, column: 1))
    #expect(!diagnostics.hasErrors)
  }

  @Test(arguments: [
    ("", "/etc/x"), (".", "/etc/x"), ("./", "/etc/x"), ("a", "/etc/x/a"), ("./a/b", "/etc/x/a/b"),
    ("../a", "/etc/x/../a"), ("/a", "/a"), (".//a", "/etc/x/a"), (".a", "/etc/x/.a"),
  ])
  func pathsAreRelativeToTheFile(path: String, absolute: String) {
    let context = ConfigContext(file: "f", folder: "/etc/x", environment: [:], diagnostics: Diagnostics())
    #expect(context.absolute(path) == absolute)
  }

  @Test func theFolderOfAPath() {
    #expect(ConfigFile.folder(of: "/etc/x/config.yaml") == "/etc/x")
    #expect(ConfigFile.folder(of: "/config.yaml") == "/")
    let here = FileManager.default.currentDirectoryPath
    #expect(ConfigFile.folder(of: "config.yaml") == here)
    #expect(ConfigFile.folder(of: "a b/é.yaml") == here + "/a b")
  }

  @Test func filesArePutInWithoutTheirLastNewline() throws {
    let folder = try TemporaryFolder()
    try folder.write("one", Array("key\n".utf8))
    try folder.write("two", Array("key\n\n".utf8))
    try folder.write("crlf", Array("key\r\n".utf8))
    try folder.write("none", Array("key".utf8))
    try folder.write("dollar", Array("${N}: [".utf8))
    try folder.write("latin", [0xE9])
    try folder.write("large", [UInt8](repeating: 0x78, count: (1 << 20) + 1))
    let text = """
      one: ${file:one}
      two: ${file:./two}
      crlf: ${file:crlf}
      none: x${file:\(folder.path)/none}x
      dollar: ${file:dollar}
      latin: ${file:latin}
      large: ${file:large}
      folder: ${file:.}
      """
    let diagnostics = Diagnostics()
    let root = ConfigFile.parse(
      Array(text.utf8), name: "f", folder: folder.path, diagnostics: diagnostics)
    let values = ["one", "two", "crlf", "none", "dollar", "latin"].map { root?[$0]?.text }
    #expect(values == ["key", "key\n", "key", "xkeyx", "${N}: [", nil])
    #expect(
      diagnostics.errors.map(\.description)
        == [
          "f:6:8: latin: the file \"\(folder.path)/latin\" is not valid UTF-8",
          "f:7:8: large: the file \"\(folder.path)/large\" is larger than 1024 KiB",
          "f:8:9: folder: the file \"\(folder.path)\" is a directory",
        ].map { $0.replacing(folder.path, with: folder.path) })
  }

  /// A file of a mebibyte put in at a hundred thousand places would be a hundred gigabytes.
  @Test func whatIsPutInIsBounded() throws {
    let folder = try TemporaryFolder()
    try folder.write("large", [UInt8](repeating: 0x78, count: 1 << 20))
    let text =
      "a: &a 'x${file:large}'\nb: [" + Array(repeating: "*a", count: 50_000).joined(separator: ",") + "]"
    let diagnostics = Diagnostics()
    let root = ConfigFile.parse(Array(text.utf8), name: "f", folder: folder.path, diagnostics: diagnostics)
    #expect(root?["b"]?.items.count == 50_000 && !diagnostics.hasErrors)
    let many = "b: [" + Array(repeating: "'x${file:large}'", count: 100).joined(separator: ",") + "]"
    _ = ConfigFile.parse(Array(many.utf8), name: "g", folder: folder.path, diagnostics: diagnostics)
    #expect(diagnostics.errors.first?.message == "all ${…} together put in more than 16 MiB")
  }
}
