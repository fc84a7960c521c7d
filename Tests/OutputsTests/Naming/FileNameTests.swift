import Model
import TestSupport
import Testing

@testable import Outputs
@testable import Templates

@Suite struct FileNameTests {
  @Test(arguments: [
    ("a/0.mp4", "a/0.mp4"), ("0.mp4", "0.mp4"), ("/a//b/", "a/b"), ("a/./b", "a/b"),
    ("/etc/passwd", "etc/passwd"),
    ("../../etc/passwd", "_/_/etc/passwd"), ("a/../b", "a/_/b"), ("..", "_"), (".", "_"), ("", "_"),
    ("///", "_"),
    ("...", "_"), (". .", "_"), ("a/ /b", "a/b"), (" a / b ", "a/b"), ("a./b..", "a/b"),
    ("a b.mp4", "a b.mp4"),
    (".bashrc", "_bashrc"), (".ssh/authorized_keys", "_ssh/authorized_keys"), ("..a", "_.a"),
    (".taskhook-1.part", "_taskhook-1.part"), ("a\\b", "a_b"), ("a\0b", "a_b"),
    ("a\n\u{1b}[2Jb\u{7f}\u{85}", "a__[2Jb__"),
    ("a\u{202e}4pm.exe", "a_4pm.exe"), ("a\u{2028}b", "a_b"), ("Ünï/日本.mp4", "Ünï/日本.mp4"), ("C:/x", "C:/x"),
    ("~/x", "~/x"), ("%2e%2e/x", "%2e%2e/x"), ("\u{ff0e}\u{ff0e}/x", "\u{ff0e}\u{ff0e}/x"),
  ])
  func staysWithinItsTarget(rendered: String, path: String) {
    #expect(FileName(rendered).path == path)
  }

  @Test func isCutBetweenCharactersAndKeepsItsExtension() {
    let emoji = FileName(String(repeating: "🎬", count: 300) + ".mp4", extension: ".mp4").path
    #expect(emoji == String(repeating: "🎬", count: 62) + ".mp4" && emoji.utf8.count == 252)
    let family = FileName(String(repeating: "👨‍👩‍👧‍👦", count: 300)).path
    #expect(family == String(repeating: "👨‍👩‍👧‍👦", count: 10))
    // One character that is longer than any name.
    let marks = "e" + String(repeating: "\u{301}", count: 400)
    let cut = FileName(marks).path
    #expect(cut.utf8.count == 255 && cut.unicodeScalars.first == "e")
    #expect(FileName(String(repeating: "a", count: 253) + " . b").path == String(repeating: "a", count: 253))
  }

  @Test func theWholeHasALimitToo() {
    let part = String(repeating: "ä", count: 200)
    for count in 1...20 {
      let name = FileName(Array(repeating: part, count: count).joined(separator: "/") + "/x.mp4")
      #expect(name.path.utf8.count <= FileName.longest)
      #expect(name.numbered(123_456).utf8.count <= FileName.longest)
      #expect(name.path.hasSuffix("/x.mp4"))
      #expect(name.path.split(separator: "/").allSatisfy { $0.utf8.count <= 255 })
    }
  }

  @Test func arbitraryTextsMakeGoodNames() {
    var random = SeededRandom(seed: 7)
    let pieces = [
      "/", "..", ".", "\\", "\0", "a", "🎬", "e\u{301}", " ", "\n", "\u{202e}", "-2", ".mp4",
      String(repeating: "x", count: 120),
    ]
    for _ in 0..<2000 {
      let text = (0..<Int.random(in: 0...30, using: &random)).map { _ in
        pieces.randomElement(using: &random) ?? ""
      }.joined()
      for path in [FileName(text).path, FileName(text, extension: ".mp4").numbered(7)] {
        let parts = path.split(separator: "/", omittingEmptySubsequences: false)
        #expect(!path.isEmpty && path.utf8.count <= FileName.longest)
        #expect(
          parts.allSatisfy { part in
            !part.isEmpty && part != "." && part != ".." && part.utf8.count <= 255 && !part.hasPrefix(".")
              && !part.unicodeScalars.contains { $0.value < 0x20 || $0 == "\\" }
          }, "\(text.debugDescription) became \(path.debugDescription)")
      }
    }
  }

  @Test(arguments: [
    ("a/0.mp4", "", 2, "a/0-2.mp4"), ("a/0", "", 3, "a/0-3"), ("a.b/0", "", 2, "a.b/0-2"),
    ("a.tar.gz", ".tar.gz", 2, "a-2.tar.gz"), ("a.tar.gz", "", 2, "a.tar-2.gz"), ("v1.5", "", 2, "v1.5-2"),
    (".mp4", ".mp4", 2, "_mp4-2"), ("a.mp4", "", 1, "a.mp4"),
  ])
  func furtherOnesAreNumbered(rendered: String, known: String, number: Int, path: String) {
    #expect(FileName(rendered, extension: known).numbered(number) == path)
  }

  @Test func numbersFitLongNames() {
    let name = FileName(String(repeating: "a", count: 400) + ".mp4")
    #expect(name.path == String(repeating: "a", count: 251) + ".mp4")
    #expect(name.numbered(10) == String(repeating: "a", count: 248) + "-10.mp4")
  }

  @Test(arguments: [
    ("{{id}}/{{index}}{{extension}}", "d0658ae1/1.mp4"), ("{{source}}-{{number}}", "runway-2"),
    ("{{file}}{{extension}}", "a_b c.mp4"), ("{{labels.dir}}/{{id}}", "_.._x_y/d0658ae1"),
    ("{{{labels.dir}}}/{{id}}", "_/x_y/d0658ae1"), ("{{labels.none}}/{{id}}", "d0658ae1"),
    ("{{date(timestamp)}}/{{upper(id)}}", "2026-05-01/D0658AE1"), ("{{content_type}}", "video_mp4"),
    ("{{task.status}}{{task.nothing}}", "SUCCEEDED"),
  ])
  func isMadeOfTheEventAndTheFile(template: String, path: String) throws {
    let names = CopyNames(
      PendingSave(
        row: 1, ref: TaskRef(source: "runway", id: "d0658ae1"),
        event: sampleEvent(labels: ["dir": "/../x\\y"]),
        outputs: [
          TaskOutput(url: "https://cdn.example/0.mp4"),
          TaskOutput(url: "https://cdn.example/a%2Fb%20c.mov?x=1"),
        ], orderedAt: sampleTime),
      template: try TextTemplate(template, escape: .path, knowing: FileName.words))
    names.learn("video/mp4", of: 1)
    #expect(names.name(of: 1).path == path)
  }

  @Test func onlyWhatAFileHasCanBeNamed() throws {
    _ = try #require(FileName.usualTemplate)
    for template in ["{{delivery}}", "{{attempt}}", "{{digest.count}}", "{{ext}}", "{{index.x}}"] {
      #expect(throws: TemplateProblem.self) {
        try TextTemplate(template, escape: .path, knowing: FileName.words)
      }
    }
  }

  @Test func copiesOfOneNameAreNumberedInTheTasksOrder() throws {
    let outputs = ["a.mp4", "b", "c.png", "d.mp4", "e"].map { TaskOutput(url: "https://x/\($0)") }
    let names = CopyNames(
      PendingSave(
        row: 1, ref: TaskRef(source: "s", id: "t"), event: sampleEvent(), outputs: outputs,
        orderedAt: sampleTime),
      template: try TextTemplate("x{{extension}}", escape: .path, knowing: FileName.words))
    // What is not known yet may become the same.
    #expect(names.number(of: 0) == 1 && names.number(of: 3) == 3 && names.number(of: 2) == 2)
    names.learn("image/png", of: 1)
    #expect(names.number(of: 3) == 2 && names.number(of: 2) == 2)
    names.learn(nil, of: 4)
    #expect(names.number(of: 4) == 1)
    names.learn("video/mp4", of: 4)
    #expect(names.number(of: 4) == 3)
  }
}
