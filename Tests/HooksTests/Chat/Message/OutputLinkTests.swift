import Model
import Testing

@testable import Hooks

@Suite struct OutputLinkTests {
  @Test(
    arguments: [
      (
        "https://x.example/a/b.mp4?sig=1&x=%20", "https://x.example/a/b.mp4?sig=1&x=%20", "b.mp4",
        OutputLink.Kind.video
      ),
      ("http://x.example/A.PNG", "http://x.example/A.PNG", "A.PNG", .image),
      ("HTTPS://x.example", "HTTPS://x.example", "x.example", .file),
      ("https://x.example/", "https://x.example/", "x.example", .file),
      ("https://x.example/a%20b.webp#f", "https://x.example/a%20b.webp#f", "a b.webp", .image),
      // What ends a link in some service's markup is encoded.
      (
        "https://x.example/a b|c>d<e\"f'g(h)i[j]k`l*m\\n.gif",
        "https://x.example/a%20b%7Cc%3Ed%3Ce%22f%27g%28h%29i%5Bj%5Dk%60l%2Am%5Cn.gif",
        "a b|c>d<e\"f'g(h)i[j]k`l*m\\n.gif", .image
      ),
      ("https://x.example/größe.mov", "https://x.example/gr%C3%B6%C3%9Fe.mov", "größe.mov", .video),
      ("https://x.example/a%0Ab.txt", "https://x.example/a%0Ab.txt", "a b.txt", .file),
      ("https://x.example/a.tar.gz", "https://x.example/a.tar.gz", "a.tar.gz", .file),
    ])
  func addresses(text: String, url: String, name: String, kind: OutputLink.Kind) throws {
    let link = try #require(OutputLink(text))
    #expect(link.url == url && link.name == name && link.kind == kind, "\(link)")
  }

  @Test(
    arguments: [
      "", "x", "/a/b.mp4", "//x.example/a", "ftp://x.example/a", "javascript:alert(1)",
      "data:image/png;base64,AA", "https://",
      "https:///a", " https://x.example/a", "https://x.example/" + String(repeating: "a", count: 2048),
    ])
  func whatIsNone(text: String) { #expect(OutputLink(text) == nil) }

  @Test func inATask() throws {
    let task = try JSONDocument(
      Array(
        #"{"output":["https://x/1.mp4",5,"no",{"url":"https://x/2.mp4"},"https://x/1.mp4","https://x/3.mp4"],"video_url":"https://x/4.mp4"}"#
          .utf8))
    let paths = try ["output", "output[*]", "output[*].url", "video_url"].map { try JSONPath($0) }
    func names(_ most: Int) -> [String] { OutputLink.all(at: paths, in: task.root, most: most).map(\.name) }
    #expect(names(10) == ["1.mp4", "3.mp4", "2.mp4", "4.mp4"])
    #expect(names(2) == ["1.mp4", "3.mp4"] && names(0) == [])
  }
}
