import Model
import Testing

@Suite struct SavedFileTests {
  private static let files = [
    SavedFile(
      url: "https://cdn.example/a.mp4?sig=\"1\"", path: "/out/é\n.mp4", bytes: 9_007_199_254_740_993,
      sha256: "00ff", contentType: "video/mp4"),
    SavedFile(url: "https://cdn.example/b", path: "s3://bucket/b", bytes: 0, sha256: "", contentType: nil),
  ]

  @Test func filesAreWrittenAsReceiversReadThem() {
    var json = JSONWriter()
    json.files(Self.files)
    #expect(
      String(decoding: json.bytes, as: UTF8.self)
        == #"[{"url":"https://cdn.example/a.mp4?sig=\"1\"","path":"/out/é\n.mp4","bytes":9007199254740993,"#
        + #""sha256":"00ff","content_type":"video/mp4"},{"url":"https://cdn.example/b","path":"s3://bucket/b","#
        + #""bytes":0,"sha256":"","content_type":null}]"#)
  }

  @Test(arguments: [0, 1, 2])
  func whatIsWrittenIsRead(count: Int) {
    var json = JSONWriter()
    json.files(Array(Self.files.prefix(count)))
    #expect(SavedFile.list(from: json.bytes) == Array(Self.files.prefix(count)))
  }

  @Test(arguments: [
    "", "{}", "[1]", "[{}]", #"[{"url":"u","path":"p","bytes":1.5,"sha256":"s"}]"#,
    #"[{"url":"u","path":"p","bytes":"1","sha256":"s"}]"#,
    #"[{"url":"u","path":null,"bytes":1,"sha256":"s"}]"#,
  ])
  func whatIsNoListOfFilesIsRefused(text: String) {
    #expect(SavedFile.list(from: Array(text.utf8)) == nil)
  }
}
