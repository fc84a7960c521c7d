import Model
import Testing

@testable import Outputs

@Suite struct FileHeadTests {
  @Test(
    arguments: [
      ("bytes 0-9/10", 0, 10), ("bytes 5-9/*", 5, nil), ("bytes */10", nil, 10), ("Bytes 1-1/2", 1, 2),
    ] as [(String, Int64?, Int64?)])
  func aRangeIsRead(header: String, first: Int64?, total: Int64?) throws {
    let range = try #require(ContentRange(header))
    #expect(range.first == first && range.total == total)
  }

  @Test(arguments: [
    nil, "", "bytes", "bytes 0-9", "items 0-9/10", "bytes 9-0/10", "bytes 0-10/10", "bytes -5/10",
    "bytes 0-/10",
    "bytes */*", "bytes 0-9/10/11", "bytes +0-9/10", "bytes 0-9/1e3", "bytes 0-99999999999999999999/*",
  ])
  func othersAreNone(header: String?) { #expect(ContentRange(header) == nil) }

  @Test(
    arguments: [
      ([("etag", "\"a\""), ("last-modified", "Fri, 01 May 2026 12:47:47 GMT")], "\"a\""),
      (
        [("etag", "W/\"a\""), ("last-modified", "Fri, 01 May 2026 12:47:47 GMT")],
        "Fri, 01 May 2026 12:47:47 GMT"
      ),
      ([("etag", "W/\"a\"")], nil), ([("etag", "a")], nil), ([("etag", "\"a b\"")], nil),
      ([("last-modified", "Fri, 01 May 2026 12:47:47 GMT"), ("date", "Fri, 01 May 2026 12:47:47 GMT")], nil),
      (
        [("last-modified", "Fri, 01 May 2026 12:47:47 GMT"), ("date", "Fri, 01 May 2026 12:47:48 GMT")],
        "Fri, 01 May 2026 12:47:47 GMT"
      ),
      ([("last-modified", "yesterday")], nil), ([], nil),
    ] as [([(String, String)], String?)])
  func onlyAStrongValidatorCounts(headers: [(String, String)], validator: String?) {
    let head = FileHead(200, HTTPHeaders(headers.map { HTTPHeader($0.0, $0.1) }))
    #expect(head.validator == validator)
  }

  @Test(arguments: [
    ("video/mp4", "video/mp4"), ("Video/MP4; codecs=\"avc1\"", "video/mp4"),
    ("text/html;charset=utf-8", "text/html"),
    ("mp4", nil), ("a/b/c", nil), ("/", nil), ("vidéo/mp4", nil), ("a/\u{1}b", nil), ("", nil),
    ("x/" + String(repeating: "a", count: 126), nil),
  ])
  func aContentTypeIsAWord(header: String, type: String?) {
    #expect(FileHead(200, HTTPHeaders([HTTPHeader("content-type", header)])).contentType == type)
  }

  @Test(
    arguments: [("10", 10), ("-1", nil), ("1e3", nil), ("99999999999999999999", nil)] as [(String, Int64?)])
  func aLengthIsANumber(header: String, length: Int64?) {
    #expect(FileHead(200, HTTPHeaders([HTTPHeader("content-length", header)])).length == length)
  }
}
