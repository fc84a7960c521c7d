import Model
import Testing

@Suite struct JSONPathTests {
  static let text =
    #"{"data":{"status":"ok","videos":[{"url":"a"},{"x":1},{"url":"b"}],"m":[[1,2],[3]]},"a b":{"é-1":true}}"#

  @Test(arguments: [
    ("data.status", ["\"ok\""]), ("data.videos[1].x", ["1"]), ("data.videos[*].url", ["\"a\"", "\"b\""]),
    ("data.m[*][*]", ["1", "2", "3"]), ("data.m[1][0]", ["3"]), ("a b.é-1", ["true"]), ("data.m[2]", []),
    ("data.none.status", []), ("data.status.x", []), ("data[0]", []), ("[0]", []), ("data.status[*]", []),
  ])
  func finds(path: String, expected: [String]) throws {
    let root = try JSONDocument(Array(Self.text.utf8)).root
    let path = try JSONPath(path)
    #expect(path.all(in: root).map { String(decoding: $0.bytes, as: UTF8.self) } == expected)
    #expect(path.first(in: root).map { String(decoding: $0.bytes, as: UTF8.self) } == expected.first)
  }

  @Test(arguments: [
    ("", 0), (".", 0), ("a.", 2), ("a..b", 2), (".a", 0), ("a[", 1), ("a[]", 2), ("a[-1]", 2), ("a[x]", 2),
    ("a[1]b", 4), ("a]", 1), ("a[99999999999999999999]", 2), ("a[+1]", 2), ("a.[0]", 2),
  ])
  func refuses(path: String, offset: Int) {
    let error = #expect(throws: JSONPath.SyntaxError.self) { try JSONPath(path) }
    #expect(error?.offset == offset)
  }
}
