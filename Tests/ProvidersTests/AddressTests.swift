import Model
import Testing

@testable import Providers

/// Where requests go: places in braces, and the URLs that tasks bring.
@Suite struct AddressTests {
  private func url(_ request: String, _ id: String) throws -> String {
    try Fixtures.own(read: "status: s", request: request).request(for: id).url
  }

  @Test(arguments: [
    ("{url: '/a/{id}'}", "x/y z", "/a/x%2Fy%20z"), ("{url: '/a/{+id}'}", "x/y z", "/a/x/y%20z"),
    ("{url: '/{+id}/b'}", "projects/p/operations/1", "/projects/p/operations/1/b"),
    ("{url: '/a?q={id}&again={id}'}", "é&", "/a?q=%C3%A9%26&again=%C3%A9%26"),
    ("{url: '/{+id}'}", "a?b=1#c", "/a%3Fb%3D1%23c"), ("{url: '/{+id}'}", "a//b/", "/a//b/"),
    ("{url: '/{+id}'}", "a...b/..c", "/a...b/..c"), ("{url: '/a', method: POST, body: ['{id}']}", "x", "/a"),
  ])
  func places(request: String, id: String, path: String) throws {
    #expect(try url(request, id) == "https://api.test/v1" + path)
  }

  @Test(arguments: ["..", "a/../b", "../a", "a/..", "./a", "a/."])
  func idsThatLeadElsewhereAreRefused(id: String) throws {
    let provider = try Fixtures.own(read: "status: s", request: "{url: '/{+id}'}")
    #expect(throws: AddressRefusal("its id has \".\" or \"..\" in it, which a URL reads as a folder")) {
      try provider.request(for: id)
    }
    #expect(try url("{url: '/x/{id}'}", "a/../b").hasSuffix("a%2F..%2Fb"))
  }

  // MARK: A task's own URL

  static let base = "https://Api.Test/v1"

  @Test(arguments: [
    "https://api.test/v1/jobs/9", "HTTPS://API.TEST/v1/jobs/9", "https://api.test:443/v1/jobs/9?sig=s3cret",
    "https://api.test/v1", "https://api.test/v1/", "https://api.test/v1?x=1", "https://api.test/v1/a..b/...",
  ])
  func aTasksOwnURLIsAsked(url: String) throws {
    let provider = try Fixtures.own(read: "status: s", base: Self.base)
    let request = try provider.request(for: TaskAddress(id: "t", url: url))
    #expect(request.url == url)
    #expect(request.profile === (try provider.request(for: "t").profile))
  }

  @Test(arguments: [
    "https://evil.test/v1/jobs", "http://api.test/v1/jobs", "https://api.test:8443/v1/jobs",
    "https://api.test.evil.test/v1/x", "https://api.test@evil.test/v1/x", "https://user@api.test/v1/x",
    "https://u:p@api.test/v1/x", "https://api.test/", "https://api.test", "https://api.test/v2/x",
    "https://api.test/v1x/y", "https://api.test/v1/../admin", "https://api.test/v1/%2e%2E/admin",
    "https://api.test/v1/.%2e/admin", "https://api.test/v1/./x", "https://api.test/v1/x#frag",
    "https://api.test/v1/a b", "https://api.test/v1/a\nb", "https://api.test/v1/\u{7f}", "//api.test/v1/x",
    "/v1/x", "api.test/v1/x", "ftp://api.test/v1/x", "https:///v1/x", "https://api.test\\@evil.test/v1/x",
    "https://api.test:443@evil.test/v1/x", "https://api.test:0/v1/x", "https://%61pi.test/v1/x",
    "https://api.test./v1/x", "https://api.test/v1/é", "https://[::1]/v1/x", "", "https://api.test;x/v1/",
  ])
  func theKeyGoesNowhereElse(url: String) throws {
    let provider = try Fixtures.own(read: "status: s", base: Self.base)
    let refusal = #expect(throws: AddressRefusal.self) {
      try provider.request(for: TaskAddress(id: "t", url: url + (url.isEmpty ? "" : "?token=s3cret")))
    }
    #expect(
      refusal?.description
        == "its URL is not below https://Api.Test/v1/…, where alone the key may go; make another source with that base_url"
    )
  }

  @Test(arguments: [
    ("http://localhost:8080", "http://localhost:8080/x", true),
    ("http://localhost", "http://localhost:80/x", true),
    ("http://localhost", "http://localhost:8080/x", false), ("http://[::1]:9/p", "http://[::1]:9/p/x", true),
    ("http://[::1]", "http://[::1]:80/x", true), ("http://[::1]:9", "http://[::1]:99/x", false),
    ("http://[fd00::A]", "http://[fd00::a]/x", true), ("https://a.test", "https://a.test", true),
    ("https://bücher.test", "https://bücher.test/x", true),
    ("https://a.test/p//", "https://a.test/p/x", true),
  ])
  func origins(base: String, url: String, isBelow: Bool) throws {
    let provider = try Fixtures.own(read: "status: s", base: "'\(base)'")
    let request = try? provider.request(for: TaskAddress(id: "t", url: url))
    #expect((request?.url == url) == isBelow)
  }

  // MARK: by: url

  @Test func anAPIThatIsAskedByURLsAlone() throws {
    let provider = try Fixtures.own(read: "status: s", request: "{by: url}")
    let url = "https://api.test/v1/operations/9?api-version=2"
    #expect(try provider.request(for: TaskAddress(id: "t", url: url)).url == url)
    #expect(try provider.request(for: url).url == url)
    #expect(throws: AddressRefusal("this API is asked by the URL that it gave: add the task with --url")) {
      try provider.request(for: "t")
    }
    #expect(throws: AddressRefusal("this API is asked by the URL that it gave: add the task with --url")) {
      try provider.request(for: "https://evil.test/v1/operations/9")
    }
    #expect(throws: AddressRefusal.self) { try provider.request(for: "https://api.test/v2/operations/9") }
  }
}
