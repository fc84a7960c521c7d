import Testing

@testable import Simulator

@Suite struct RouteTests {
  @Test(
    arguments: [
      ("GET", "/", .about), ("HEAD", "/", .about), ("GET", "", .about), ("POST", "/", .wrongPage),
      ("GET", "/_simulator/stats", .stats), ("POST", "/_simulator/stats", .wrongPage),
      ("GET", "/runwayml/v1/tasks/abc", .task(id: "abc", surface: .gateway)),
      ("HEAD", "/runwayml/v1/tasks/abc", .task(id: "abc", surface: .gateway)),
      ("GET", "/v1/tasks/a%2Fb%20c", .task(id: "a/b c", surface: .runway)),
      ("GET", "/v1/tasks/50%", .task(id: "50%", surface: .runway)),
      ("GET", "/v1/tasks/%E6%97%A5", .task(id: "日", surface: .runway)),
      ("DELETE", "/v1/tasks/abc", .cancel(id: "abc")),
      ("DELETE", "/runwayml/v1/tasks/abc", .cancel(id: "abc")),
      ("POST", "/v1/tasks/abc", .wrongAPI), ("GET", "/v1/tasks", .wrongAPI),
      ("GET", "/v1/tasks/abc/", .redirect(to: "/v1/tasks/abc")), ("GET", "/v1/tasks/a/b", .wrongAPI),
      ("POST", "/runwayml/v1/image_to_video", .create(.video, surface: .gateway)),
      ("POST", "/v1/image_to_video", .create(.video, surface: .runway)),
      ("POST", "/v1/text_to_image", .create(.image, surface: .runway)),
      ("POST", "/v1/generate/audio", .create(.audio, surface: .runway)),
      ("GET", "/v1/image_to_video", .wrongAPI), ("POST", "/v1/mind_to_video", .wrongAPI),
      ("GET", "/runwayml/other", .wrongAPI), ("GET", "/runwayml/v2/tasks/abc", .wrongAPI),
      ("GET", "/files/abc/0.mp4", .file(id: "abc", name: "0.mp4")),
      ("HEAD", "/files/a%2Fb/0.mp4", .file(id: "a/b", name: "0.mp4")),
      ("POST", "/files/abc/0.mp4", .wrongPage),
      ("GET", "/runwayml/files/abc/0.mp4", .wrongAPI), ("GET", "/favicon.ico", .wrongPage),
      ("GET", "//v1/tasks/abc", .wrongPage),
    ] as [(String, String, Route)])
  func requestsFindTheirRoute(method: String, path: String, expected: Route) {
    #expect(Route(method: method, path: path) == expected)
  }
}
