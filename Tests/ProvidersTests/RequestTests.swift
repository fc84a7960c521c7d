import Config
import Model
import Testing

@testable import Providers

@Suite struct RequestTests {
  @Test(arguments: [
    ("d0658ae1-1f5a-4c2e", "d0658ae1-1f5a-4c2e"), ("A.b_c~9", "A.b_c~9"), ("a b", "a%20b"),
    ("../admin", "..%2Fadmin"), ("a/../b", "a%2F..%2Fb"), ("a?x=1#y", "a%3Fx%3D1%23y"), ("100%", "100%25"),
    ("日本", "%E6%97%A5%E6%9C%AC"), ("a+b&c=d", "a%2Bb%26c%3Dd"), ("{id}", "%7Bid%7D"), ("a\\b", "a%5Cb"),
    ("a:b@c!$'()*,;[]", "a%3Ab%40c%21%24%27%28%29%2A%2C%3B%5B%5D"),
  ])
  func idsArePercentEncoded(id: String, encoded: String) throws {
    let url = try Fixtures.provider().request(for: id).url
    #expect(url == "https://api.cometapi.com/runwayml/v1/tasks/\(encoded)")
  }

  @Test(arguments: [
    ("https://example.com", "https://example.com/runwayml/v1/tasks/x"),
    ("http://127.0.0.1:8080/", "http://127.0.0.1:8080/runwayml/v1/tasks/x"),
    ("https://example.com/proxy/runway//", "https://example.com/proxy/runway/runwayml/v1/tasks/x"),
    ("http://[::1]:9", "http://[::1]:9/runwayml/v1/tasks/x"),
  ])
  func baseURLs(base: String, url: String) throws {
    #expect(try Fixtures.provider("provider: runway\nbase_url: '\(base)'").request(for: "x").url == url)
  }

  @Test func profile() throws {
    let provider = try Fixtures.provider(
      "provider: runway\napi_key: sk-secret-123\nheaders: {X-Runway-Version: 2024-11-06}")
    let first = try provider.request(for: "a")
    let profile = first.profile
    #expect(profile === (try provider.request(for: "b").profile))
    #expect(profile.method == "GET" && first.body == nil && first.headers.isEmpty)
    #expect(profile.timeout == .seconds(30) && profile.bodyLimit == 8 << 20 && profile.overflow == .fail)
    #expect(
      Set(profile.headers) == [
        HTTPHeader("Authorization", "Bearer sk-secret-123"), HTTPHeader("Accept", "application/json"),
        HTTPHeader("User-Agent", "taskhook/\(Version.current)"), HTTPHeader("X-Runway-Version", "2024-11-06"),
      ])
  }

  @Test func withoutAKeyNoAuthorizationIsSent() throws {
    let headers = try Fixtures.provider("provider: runway").request(for: "a").profile.headers
    #expect(headers.map(\.name).sorted() == ["Accept", "User-Agent"])
  }

  @Test func ownHeadersReplaceThoseOfTheProvider() throws {
    let headers = try Fixtures.provider(
      "provider: runway\nheaders: {user-agent: mine/1, AUTHORIZATION: Token t, accept: text/json}"
    ).request(for: "a").profile.headers
    #expect(
      headers == [
        HTTPHeader("user-agent", "mine/1"), HTTPHeader("AUTHORIZATION", "Token t"),
        HTTPHeader("accept", "text/json"),
      ])
  }

  @Test func vocabulary() throws {
    let words = try Fixtures.provider().vocabulary
    #expect(
      Set(["PENDING", "RUNNING", "SUCCEEDED", "FAILED", "THROTTLED", "CANCELLED", "SUCCESS", "FAILURE"])
        .isSubset(of: words))
    #expect(Set(words.map { $0.lowercased() }).count == words.count)
  }
}
