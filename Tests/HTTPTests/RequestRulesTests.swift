import Model
import Testing

@testable import HTTP

@Suite struct RequestRulesTests {
  @Test(arguments: [
    ("http://host/", RequestRules.URLReading.http),
    ("HTTPS://host/", .https),
    ("hTTp://host/a%20b?c=d#e", .http),
    ("http://höst/ü", .http),
    ("http://", .refused("the URL is neither http nor https")),
    ("ftp://host/", .refused("the URL is neither http nor https")),
    ("file:///etc/passwd", .refused("the URL is neither http nor https")),
    ("http:/host", .refused("the URL is neither http nor https")),
    ("http:///path", .refused("the URL has no host")),
    ("https:///path", .refused("the URL has no host")),
    ("", .refused("the URL is neither http nor https")),
    ("http://host/a b", .refused("the URL holds a control character or a blank")),
    ("http://host/\r\nX: 1", .refused("the URL holds a control character or a blank")),
    ("http://host/\0", .refused("the URL holds a control character or a blank")),
    ("http://host/\u{7F}", .refused("the URL holds a control character or a blank")),
  ])
  func readsURLs(url: String, reading: RequestRules.URLReading) {
    var url = url
    let read = url.withUTF8 { RequestRules.read($0) }
    #expect(read == reading)
  }

  @Test(arguments: [
    ("X-Key", "value", true), ("X-Key", "", true), ("X-Key", "a\tb", true), ("X-Key", "ünï", true),
    ("X-Key", "a\r\nX-Other: b", false), ("X-Key", "a\nb", false), ("X-Key", "a\rb", false),
    ("X-Key", "a\0b", false), ("X-Key", "a\u{7F}", false),
    ("", "value", false), ("X Key", "value", false), ("X-Key:", "value", false), ("X\r\nKey", "value", false),
    ("Ünï", "value", false), ("Content-Length", "1", false), ("transfer-encoding", "chunked", false),
  ])
  func judgesHeaders(name: String, value: String, fine: Bool) {
    let refusal = RequestRules.refusal(ofHeader: HTTPHeader(name, value))
    #expect((refusal == nil) == fine)
    if let refusal, value.count > 1 { #expect(!refusal.contains(value)) }
  }

  @Test(arguments: [
    ("GET", true), ("post", true), ("M-SEARCH", true), ("CONNECT", false), ("", false), ("GE T", false),
    ("GET\r\n", false),
  ])
  func judgesMethods(method: String, fine: Bool) {
    #expect((RequestRules.refusal(ofMethod: method) == nil) == fine)
  }
}
