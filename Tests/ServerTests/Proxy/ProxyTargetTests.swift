import Testing

@testable import Server

@Suite struct ProxyTargetTests {
  @Test(arguments: [
    ("/proxy/runway/v1/tasks/a%2Fb?x=%20&y", "runway", "/v1/tasks/a%2Fb", "?x=%20&y"),
    ("/proxy/runway", "runway", "/", ""), ("/proxy/runway/", "runway", "/", ""),
    ("/proxy/runway?x", "runway", "/", "?x"), ("/proxy/r%C3%BC/a//b;c", "rü", "/a//b;c", ""),
    ("/proxy/a/b?c/../d", "a", "/b", "?c/../d"), ("/proxy/a/b#c", "a", "/b", ""),
    ("/proxy/a@evil.test/b", "a@evil.test", "/b", ""), ("/proxy/a/...", "a", "/...", ""),
  ])
  func parts(whole: String, source: String, path: String, query: String) throws {
    let target = try ProxyTarget(whole)
    #expect(target.source == source && target.path == path && target.query == query)
  }

  @Test(arguments: [
    ("/proxy/", 404), ("/proxy//x", 404), ("/proxy/%zz/x", 404), ("/proxy/a/../b", 400),
    ("/proxy/a/./b", 400),
    ("/proxy/a/%2e%2E/b", 400), ("/proxy/a/b/.%2e", 400),
  ])
  func refusals(whole: String, status: Int) {
    let problem = #expect(throws: Problem.self) { try ProxyTarget(whole) }
    #expect(problem?.status == status)
  }
}
