import Foundation
import Model
import Testing

@testable import Watching

@Suite struct TaskLineTests {
  static func read(_ line: String, source: String? = "runway") throws(TaskLine.Refusal) -> NewTask? {
    try TaskLine.read(Array(line.utf8), source: source, sources: ["runway", "kling"])
  }

  @Test(arguments: ["abc", "  abc\r", "{\"id\":\"abc\"}", " {\"id\": \"abc\", \"labels\": {}} "])
  func idsAndObjects(line: String) throws {
    #expect(try Self.read(line) == NewTask(ref: TaskRef(source: "runway", id: "abc")))
  }

  @Test func labelsAndSource() throws {
    let task = try Self.read(#"{"id":"a b","source":"kling","labels":{"p":"x","q":"ü"}}"#)
    #expect(task == NewTask(ref: TaskRef(source: "kling", id: "a b"), labels: ["p": "x", "q": "ü"]))
  }

  @Test(arguments: ["", "   ", "\r", "\t"])
  func emptyLinesAreNothing(line: String) throws { #expect(try Self.read(line) == nil) }

  @Test(arguments: [
    ("{\"id\":", "not JSON"), ("{}", "id: missing"), (#"{"id":5}"#, "id: must be a string"),
    (#"{"id":"a","lables":{}}"#, "lables: unknown key"), (#"{"id":"a","labels":{"x":1}}"#, "labels.x"),
    (#"{"id":"a","source":"nope"}"#, "unknown source"), ("..", "folder"), ("a\u{0}b", "control characters"),
    (String(repeating: "x", count: 10_000), "at most 512 bytes"),
  ])
  func refusalsSayWhy(line: String, reason: String) {
    #expect {
      try Self.read(line)
    } throws: {
      "\($0)".contains(reason)
    }
  }

  @Test func severalSourcesNeedAName() {
    #expect(throws: TaskLine.Refusal.self) { try Self.read("a", source: nil) }
    #expect(throws: TaskLine.Refusal("not UTF-8")) {
      try TaskLine.read([0xFF, 0x41], source: "a", sources: ["a"])
    }
  }
}

@Suite struct TasksFileTests {
  let path = FileManager.default.temporaryDirectory.appendingPathComponent("tasks-\(UUID()).txt").path

  func append(_ text: String) throws {
    if !FileManager.default.fileExists(atPath: path) {
      _ = FileManager.default.createFile(atPath: path, contents: nil)
    }
    let file = try FileHandle(forWritingTo: URL(fileURLWithPath: path))
    try file.seekToEnd()
    try file.write(contentsOf: Data(text.utf8))
    try file.close()
  }

  func texts(_ chunk: TasksFile.Chunk?) -> [String]? {
    chunk?.lines.map { String(decoding: $0.bytes, as: UTF8.self) }
  }

  @Test func linesAreReadOnceAsTheyCome() throws {
    defer { try? FileManager.default.removeItem(atPath: path) }
    var file = TasksFile(path: path, mark: nil)
    #expect(try file.read() == nil, "it need not exist")
    try append("one\ntwo\n")
    let chunk = try file.read()
    #expect(texts(chunk) == ["one", "two"] && chunk?.lines.map(\.number) == [1, 2])
    #expect(try file.read() == nil)
    try append("thr")
    #expect(try file.read() == nil, "its writer may be in the midst of it")
    try append("ee\nfour\nfi")
    #expect(texts(try file.read()) == ["three", "four"])
    #expect(try file.read() == nil)
    #expect(texts(try file.read()) == ["fi"], "a last line without newline, unchanged for two looks")
  }

  @Test func aRestartGoesOnAtTheMark() throws {
    defer { try? FileManager.default.removeItem(atPath: path) }
    try append("one\ntwo\n")
    var file = TasksFile(path: path, mark: nil)
    let mark = try #require(try file.read()).mark
    try append("three\n")
    var later = TasksFile(path: path, mark: mark.value)
    #expect(texts(try later.read()) == ["three"])
    var spoiled = TasksFile(path: path, mark: "nonsense")
    #expect(texts(try spoiled.read()) == ["one", "two", "three"])
  }

  @Test func aReplacedOrRewrittenFileIsReadFromItsBeginning() throws {
    defer { try? FileManager.default.removeItem(atPath: path) }
    try append("one\ntwo\n")
    var file = TasksFile(path: path, mark: nil)
    _ = try file.read()
    let handle = try FileHandle(forWritingTo: URL(fileURLWithPath: path))
    try handle.truncate(atOffset: 0)
    try handle.write(contentsOf: Data("alpha\nbeta\ngamma\n".utf8))
    try handle.close()
    #expect(texts(try file.read()) == ["alpha", "beta", "gamma"], "same file, other bytes, longer")
    try FileManager.default.removeItem(atPath: path)
    try append("new\n")
    #expect(texts(try file.read()) == ["new"])
  }

  @Test func aFileOfTheSameLengthIsReadAnew() throws {
    defer { try? FileManager.default.removeItem(atPath: path) }
    try append("one\n")
    var file = TasksFile(path: path, mark: nil)
    #expect(texts(try file.read()) == ["one"])
    #expect(try file.read() == nil)
    let handle = try FileHandle(forWritingTo: URL(fileURLWithPath: path))
    try handle.write(contentsOf: Data("two\n".utf8))
    try handle.close()
    #expect(texts(try file.read()) == ["two"], "same file, same length, as `echo two > FILE` leaves it")
    #expect(try file.read() == nil)
  }

  @Test func aFirstLineNeedsNoNewlineEither() throws {
    defer { try? FileManager.default.removeItem(atPath: path) }
    try append("only")
    var file = TasksFile(path: path, mark: nil)
    #expect(try file.read() == nil)
    #expect(texts(try file.read()) == ["only"])
    #expect(try file.read() == nil)
    try append("\nnext\n")
    #expect(texts(try file.read()) == ["", "next"])
  }

  @Test func whatIsNoRegularFileIsAnErrorThatSaysSo() throws {
    defer { try? FileManager.default.removeItem(atPath: path) }
    try #require(mkfifo(path, 0o600) == 0)
    for path in ["/tmp", path] {
      var file = TasksFile(path: path, mark: nil)
      #expect {
        try file.read()
      } throws: {
        "\($0)".contains("is no regular file")
      }
    }
  }
}
