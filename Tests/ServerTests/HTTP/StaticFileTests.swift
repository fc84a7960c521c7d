import Testing

@testable import Server

@Suite struct StaticFileTests {
  private static let pages = StaticFiles([
    "/": file("text/html; charset=utf-8", "<p>page</p>"),
    "/dashboard/app.js": file("text/javascript; charset=utf-8", "run()"),
    "/dashboard/style.css": file("text/css; charset=utf-8", "p {}"),
  ])

  private static func file(_ type: String, _ text: String) -> StaticFiles.File {
    StaticFiles.File(contentType: type, bytes: Array(text.utf8))
  }

  @Test func filesAreServedStrictly() async throws {
    try await withServer(pages: Self.pages) { bench in
      let page = try await bench.get("/")
      #expect(page.status == 200 && page.text == "<p>page</p>")
      #expect(page.header("content-type") == "text/html; charset=utf-8")
      let policy = try #require(page.header("content-security-policy"))
      #expect(policy.hasPrefix("default-src 'none'; script-src 'self'; style-src 'self';"))
      #expect(policy.hasSuffix("base-uri 'none'; form-action 'none'; frame-ancestors 'none'"))
      #expect(!policy.contains("unsafe"))
      #expect(page.header("x-content-type-options") == "nosniff")
      #expect(page.header("referrer-policy") == "no-referrer")
      #expect(page.header("cross-origin-opener-policy") == "same-origin")
      #expect(try await bench.get("/dashboard/app.js").text == "run()")
      #expect(try await bench.get("/dashboard/style.css").header("content-type") == "text/css; charset=utf-8")
      #expect(try await bench.get("/dashboard/other.js").status == 404)
      #expect(try await bench.send("POST", "/").status == 405)
      #expect(try await bench.send("HEAD", "/").header("content-length") == "11")
    }
  }

  @Test func whatIsKnownIsNotSentAgain() async throws {
    try await withServer(pages: Self.pages) { bench in
      let tag = try #require(try await bench.get("/").header("etag"))
      for value in [tag, "W/\(tag)", "\"x\", \(tag)", "*"] {
        let again = try await bench.get("/", headers: ["If-None-Match: \(value)"])
        #expect(again.status == 304 && again.body.isEmpty && again.header("etag") == tag)
      }
      #expect(try await bench.get("/", headers: ["If-None-Match: \"x\""]).status == 200)
      #expect(try await bench.get("/dashboard/app.js").header("etag") != tag)
    }
  }

  @Test func thePageMayBeOpenedFromElsewhere() async throws {
    try await withServer(pages: Self.pages) { bench in
      let fields = ["Sec-Fetch-Site: cross-site"]
      let page = try await bench.get("/", headers: fields)
      #expect(page.status == 200)
      #expect(try await bench.send("POST", "/", headers: fields).status == 403)
      #expect(try await bench.send("GET", "/", host: "evil.example").status == 421)
    }
  }
}
