import Testing

@testable import Outputs

@Suite struct FileExtensionTests {
  @Test(arguments: [
    ("video/mp4", "https://x/a", ".mp4"), ("video/mp4", "https://x/a.bin", ".mp4"),
    ("VIDEO/MP4", "https://x/a", ".mp4"),
    ("application/octet-stream", "https://x/a.MOV?sig=1.png", ".mov"),
    ("binary/octet-stream", "https://x/a", ""),
    (nil, "https://x/a.webm#t=1.mp4", ".webm"), (nil, "https://x/", ""), (nil, "https://x", ""),
    ("text/plain", "https://x/a.srt", ".srt"), ("text/plain", "https://x/a", ".txt"),
    ("application/json", "https://x/a.geojson", ".geojson"), ("application/json", "https://x/a", ".json"),
    ("application/zip", "https://x/a.usdz", ".usdz"), ("model/gltf-binary", "https://x/a", ".glb"),
    ("audio/mpeg", "https://x/a.mp4", ".mp3"), (nil, "https://x/v1.5", ""),
    (nil, "https://x/download.php", ""),
    (nil, "https://x/a.tar.gz", ".gz"), (nil, "https://x/a.%6Dp4", ".mp4"), (nil, "https://x/.mp4", ""),
    (nil, "https://x/a.b%2Fc", ""), (nil, "https://x/a.toolongextension", ""), (nil, "https://x/a.m-4", ""),
    ("video/strange", "https://x/a.mpx", ".mpx"), (nil, "https://x.mp4/", ""),
  ])
  func comesOfTypeOrAddress(type: String?, url: String, expected: String) throws {
    #expect(FileExtension.of(contentType: type, url: try #require(OutputURL(url))) == expected)
  }

  @Test(arguments: [
    ("https://CDN.Example:443/a", "https", "cdn.example", 443), ("http://x/a", "http", "x", 80),
    ("https://x", "https", "x", 443), ("http://[::1]:8080/a", "http", "[::1]", 8080),
    ("http://[::1]", "http", "[::1]", 80),
    ("HTTP://x:80?q", "http", "x", 80),
  ])
  func anOriginIsRead(url: String, scheme: String, host: String, port: Int) throws {
    let origin = try #require(OutputURL(url)?.origin)
    #expect(origin.scheme == scheme && origin.host == host && origin.port == port)
  }

  @Test(arguments: [
    "http://api.example@evil.example/", "http://user:pw@x/", "http://x%2ey/", "http://日本.example/",
  ])
  func anOriginThatNeedsReadingIsNone(url: String) throws {
    #expect(try #require(OutputURL(url)).origin == nil)
  }

  @Test(arguments: [
    "", "a", "ftp://x/a", "file:///etc/passwd", "data:text/plain,x", "http://", "http:///a", "//x/a",
    "http://x:99999/",
  ])
  func othersAreNoAddresses(url: String) { #expect(OutputURL(url) == nil) }

  @Test(arguments: [
    ("https://x/a b.mp4", "https://x/a%20b.mp4"),
    ("https://x/ü|{}.mp4?q=\"1\"", "https://x/%C3%BC%7C%7B%7D.mp4?q=%221%22"),
    ("https://x/a%20b#part", "https://x/a%20b"), ("https://x?a#b", "https://x?a"),
    ("https://x/a\r\nHost: y", "https://x/a%0D%0AHost:%20y"),
  ])
  func whatAURLCannotHoldIsEncoded(url: String, sent: String) { #expect(OutputURL(url)?.text == sent) }
}
