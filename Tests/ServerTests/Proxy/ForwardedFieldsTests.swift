import Hummingbird
import Model
import Testing

@testable import Server

@Suite struct ForwardedFieldsTests {
  private static let key = [
    HTTPHeader("Authorization", "Bearer own"), HTTPHeader("X-Version", "1"), HTTPHeader("Accept", "a/b"),
    HTTPHeader("User-Agent", "taskhook/1"), HTTPHeader("Content-Type", "application/json"),
  ]

  private func fields(_ pairs: [(String, String)]) -> HTTPFields {
    var fields = HTTPFields()
    for (name, value) in pairs { fields.append(HTTPFields.Element(name: FieldName(name)!, value: value)) }
    return fields
  }

  private func sent(_ pairs: [(String, String)], key: [HTTPHeader] = []) -> [String] {
    ForwardedFields.ofRequest(fields(pairs), key: key).map { "\($0.name): \($0.value)" }
  }

  @Test func requestsKeepWhatIsMeantForTheAPI() {
    let kept = [
      ("Authorization", "Bearer k"), ("X-Runway-Version", "2024-11-06"), ("Accept", "*/*"), ("accept", "x/y"),
      ("Content-Type", "multipart/form-data; boundary=x"), ("User-Agent", "RunwayML/Python"), ("X-Empty", ""),
    ]
    #expect(sent(kept) == kept.map { "\($0): \($1)" })
  }

  @Test(arguments: [
    "Connection", "Keep-Alive", "TE", "Trailer", "Transfer-Encoding", "Upgrade", "Proxy-Authorization",
    "Proxy-Connection", "Host", "Content-Length", "Accept-Encoding", "Expect", "Origin", "Referer", "Cookie",
    "Sec-Fetch-Site", "Taskhook-Token", "taskhook-callback", "TASKHOOK-Label-x",
  ])
  func requestsLoseWhatIsNot(name: String) {
    #expect(sent([(name, "x"), ("X-A", "1")]) == ["X-A: 1"])
  }

  @Test func whatConnectionNamesIsForThisConnection() {
    let pairs = [("Connection", "close, X-Hop ,x-other"), ("X-Hop", "1"), ("X-OTHER", "2"), ("X-A", "3")]
    #expect(sent(pairs) == ["X-A: 3"])
    let answer = ForwardedFields.ofAnswer(
      HTTPHeaders(pairs.map { HTTPHeader($0, $1) }), isChanged: false)
    #expect(answer.map(\.name.rawName) == ["X-A"])
  }

  @Test func theSourcesKeyIsForThoseWithoutOne() {
    #expect(sent([("X-A", "1")], key: Self.key) == ["X-A: 1", "Authorization: Bearer own", "X-Version: 1"])
    #expect(sent([("x-version", "2")], key: Self.key) == ["x-version: 2", "Authorization: Bearer own"])
    #expect(sent([("authorization", "Bearer mine")], key: Self.key) == ["authorization: Bearer mine"])
  }

  @Test func answersPass() {
    let lines = [
      ("Content-Type", "text/html"), ("Set-Cookie", "a=1"), ("Set-Cookie", "b=2"), ("ETag", "\"x\""),
      ("Location", "https://elsewhere.test/?a"), ("Content-Length", "5"), ("Retry-After", "3"),
    ]
    let more = lines + [("Transfer-Encoding", "chunked"), ("Keep-Alive", "x"), ("Taskhook-Watched", "true")]
    let headers = HTTPHeaders(more.map { HTTPHeader($0, $1) })
    let whole = ForwardedFields.ofAnswer(headers, isChanged: false)
    #expect(whole.map { "\($0.name.rawName): \($0.value)" } == lines.map { "\($0): \($1)" })
    let changed = ForwardedFields.ofAnswer(headers, isChanged: true).map(\.name.canonicalName)
    #expect(!changed.contains("etag") && !changed.contains("content-length") && changed.contains("location"))
  }
}
