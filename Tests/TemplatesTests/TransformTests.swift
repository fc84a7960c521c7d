import Model
import TestSupport
import Testing

@testable import Templates

@Suite struct TransformTests {
  private func json(_ value: TemplateValue) -> String {
    var json = JSONWriter()
    value.write(to: &json)
    return String(decoding: json.bytes, as: UTF8.self)
  }

  @Test(
    arguments: [
      ("duration", "0", #""0s""#), ("duration", "0.0004", #""0s""#), ("duration", "0.85", #""850ms""#),
      ("duration", "0.9996", #""1s""#),
      ("duration", "1", #""1s""#), ("duration", "59.4", #""59s""#), ("duration", "59.6", #""1m""#),
      ("duration", "92.351", #""1m 32s""#),
      ("duration", "3600", #""1h""#), ("duration", "7531", #""2h 5m""#), ("duration", "86399.9", #""1d""#),
      ("duration", "3605", #""1h""#), ("duration", "273600", #""3d 4h""#),
      ("duration", "-92", #""-1m 32s""#), ("duration", #""92""#, #""1m 32s""#),
      ("duration", #""soon""#, #""soon""#), ("duration", "1e300", "1e300"), ("duration", "1e999", "1e999"),
      ("duration", "[1]", "[1]"), ("duration", "null", "null"), ("duration", "true", "true"),
      ("duration", #""nan""#, #""nan""#),
      ("time", #""2026-05-01T12:47:47.351Z""#, #""2026-05-01 12:47 UTC""#),
      ("time", #""2026-05-01t23:47:47-02:30""#, #""2026-05-02 02:17 UTC""#),
      ("time", "1777639667", #""2026-05-01 12:47 UTC""#),
      ("time", "1777639667351", #""2026-05-01 12:47 UTC""#),
      ("time", #""1777639667.5""#, #""2026-05-01 12:47 UTC""#),
      ("time", #""yesterday""#, #""yesterday""#), ("time", "-5", "-5"), ("time", "1e20", "1e20"),
      ("time", #""2026-13-01T00:00:00Z""#, #""2026-13-01T00:00:00Z""#),
      ("clock", "1777639667351", #""12:47:47 UTC""#), ("date", "1777639667351", #""2026-05-01""#),
      ("unix", #""2026-05-01T12:47:47.351Z""#, "1777639667"),
      ("unix", #""1969-12-31T23:59:59.5Z""#, "-1"), ("unix", "{}", "{}"),
      ("host", #""https://user:pw@cdn.example.com:8443/a/b?c#d""#, #""cdn.example.com""#),
      ("host", #""a text""#, #""a text""#), ("host", "7", "7"), ("host", #""/path""#, #""/path""#),
      ("file", #""https://x/a/My%20Video.mp4?sig=1/2#t""#, #""My Video.mp4""#),
      ("file", #""https://x""#, #""https://x""#), ("file", #""https://x/""#, #""https://x/""#),
      ("file", #""/srv/out/1.mp4""#, #""1.mp4""#), ("file", #""%zz""#, #""%zz""#), ("file", #""""#, #""""#),
      ("urlencode", #""a b/é&""#, #""a%20b%2F%C3%A9%26""#), ("urlencode", "1.50", #""1.50""#),
      ("urlencode", "null", "null"), ("urlencode", "[1]", "[1]"),
      ("percent", "0.42", #""42%""#), ("percent", "0.29", #""29%""#), ("percent", "0", #""0%""#),
      ("percent", "1", #""100%""#), ("percent", "0.999", #""99%""#), ("percent", #""0.5""#, #""50%""#),
      ("percent", "42", "42"), ("percent", #""42%""#, #""42%""#), ("percent", "-0.1", "-0.1"),
      ("json", #"{ "a" : [ 1 , "x y\" z" ] }"#, #""{\"a\":[1,\"x y\\\" z\"]}""#),
      ("json", #""é""#, #""\"é\"""#), ("json", "null", #""null""#),
      ("lower", #""ÀB""#, #""àb""#), ("upper", #""straße""#, #""STRASSE""#), ("upper", "1e5", "1e5"),
      ("count", "[1,[2,3]]", "2"), ("count", "[]", "0"), ("count", #"{"a":{"b":1},"c":2}"#, "2"),
      ("count", #""👩‍👩‍👧‍👧é""#, "2"), ("count", "5", "5"), ("count", "null", "null"),
      ("first", "[[1],2]", "[1]"), ("first", "[]", "null"), ("first", #""one""#, #""one""#),
      ("last", "[1, 2.0]", "2.0"), ("last", "[]", "null"), ("last", "{}", "{}"),
    ])
  func table(name: String, value: String, expected: String) throws {
    let transform = try #require(Transform(rawValue: name))
    let document = try JSONDocument(Array(value.utf8))
    #expect(json(transform.apply(to: .json(document.root))) == expected)
  }

  @Test func shortening() {
    func shorten(_ text: String) -> String { Transform.shorten.apply(to: .text(text)).text }
    let eighty = String(repeating: "é", count: 80)
    #expect(shorten(eighty) == eighty)
    #expect(shorten(eighty + "x") == String(repeating: "é", count: 79) + "…")
    #expect(shorten(String(repeating: "👩‍👩‍👧‍👧", count: 90)).count == 80)
    #expect(shorten("") == "")
  }
}
