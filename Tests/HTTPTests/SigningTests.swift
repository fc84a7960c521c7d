import Model
import TestSupport
import Testing

@testable import HTTP

private let nothing = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
private let hello = "2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824"
private let zeros = "13aea96040f2133033d103008d5d96cfe98b3361f7202d77bea97b2424a7a6cd"
private let signing = AWSSigning(
  accessKey: "AKIAIOSFODNN7EXAMPLE", secretKey: Secret("wJalrXUtnFEMI/K7MDENG+bPxRfiCY:EXAMPLEKEY"),
  region: "eu-central-1")

private func profile(
  _ method: String, _ headers: [HTTPHeader] = [], signing: AWSSigning = signing
) -> HTTPProfile {
  HTTPProfile(
    method: method, headers: headers, timeout: .seconds(30), bodyLimit: 100_000, decodes: false,
    signing: signing)
}

/// What libcurl signs, as AWS's own library reads it.
@Suite(.enabled(if: SignatureVerifier.python != nil, "TASKHOOK_TEST_PYTHON is not set"))
struct SigningTests {
  private func verifier() async throws -> SignatureVerifier {
    try await SignatureVerifier(
      accessKey: signing.accessKey, secretKey: signing.secretKey.reveal(), region: signing.region)
  }

  @Test func signsRequestsWithoutABody() async throws {
    let verifier = try await verifier()
    let headers = [
      HTTPHeader("Accept", "*/*"), HTTPHeader("User-Agent", "taskhook/1.0  (a,b)"),
      HTTPHeader("X-Amz-Content-Sha256", nothing),
    ]
    try await withLoop { loop in
      for method in ["GET", "HEAD", "DELETE"] {
        let profile = profile(method, headers)
        for target in [
          "", "/", "/bucket", "/bucket/key", "/bucket/a%20b/%C3%BCmlaut%20%F0%9F%8E%AC.mp4",
          "/bucket/%2Bplus~tilde",
          "/bucket/%21%2A%27%28%29%3A%40%26%3D%24%2C%3B%25", "/bucket/a//b/", "/bucket/a/../b/./c",
          "/bucket?uploads=", "/bucket/key?partNumber=2&uploadId=a.b-c_d~%2B%2F%3D",
          "/bucket/key?a=&a-b=1&a.b=2",
          "/bucket?delimiter=%2F&list-type=2&prefix=a%20b%2F",
        ] {
          let response = try await loop.send(HTTPRequest(profile, url: verifier.url + target))
          #expect(response.status == 200, "\(method) \(target): \(response.text)")
        }
        // The second time on a connection, and with more headers.
        let more = [
          HTTPHeader("x-amz-security-token", "FwoGZXIvYXdzEJr//////////wEaDA=="),
          HTTPHeader("Range", "bytes=5-"),
          HTTPHeader("X-Amz-Meta-Title", "  a   b "), HTTPHeader("If-Range", "\"etag\""),
        ]
        let response = try await loop.send(HTTPRequest(profile, url: verifier.url + "/b/k", headers: more))
        #expect(response.status == 200, "\(method): \(response.text)")
      }
    }
  }

  @Test func signsBodies() async throws {
    let verifier = try await verifier()
    let file = try TemporaryFile(size: 3_000_000)
    try await withLoop { loop in
      func send(
        _ method: String, _ target: String, _ hash: String, type: String? = nil, body: String? = nil,
        upload: FilePart? = nil
      ) async throws {
        let type = type.map { [HTTPHeader("Content-Type", $0)] } ?? []
        let headers = [HTTPHeader("X-Amz-Content-Sha256", hash)] + type
        let request = HTTPRequest(
          profile(method), url: verifier.url + target, headers: headers, body: body.map { Array($0.utf8) },
          upload: upload)
        let response = try await loop.send(request)
        #expect(response.status == 200, "\(method) \(target): \(response.text)")
      }
      try await send("POST", "/b/a%20b?uploads=", nothing, type: "video/mp4")
      try await send("POST", "/b/k?uploadId=x", hello, type: "application/xml", body: "hello")
      try await send("PUT", "/b/k", hello, type: "text/plain", body: "hello")
      try await send("PUT", "/b/k", "UNSIGNED-PAYLOAD", type: "text/plain", body: "hello")
      try await send(
        "POST", "/b/k", zeros, type: "text/plain", body: String(repeating: "\0", count: 2_000_000))
      try await send("DELETE", "/b/k", hello, type: "text/plain", body: "hello")
      let part = FilePart(path: file.path, offset: 1_000_000, count: 2_000_000)
      try await send("PUT", "/b/k?partNumber=1&uploadId=x", zeros, upload: part)
      try await send("PUT", "/b/k", zeros, type: "video/mp4", upload: part)
      try await send("PUT", "/b/k", "UNSIGNED-PAYLOAD", upload: part)
      try await send("PUT", "/b/k", nothing, upload: FilePart(path: file.path, offset: 5, count: 0))
    }
  }

  /// So that the other tests can fail.
  @Test func otherKeysAreWrong() async throws {
    let verifier = try await verifier()
    var others = [signing, signing, signing, signing]
    others[0].secretKey = Secret("other")
    others[1].accessKey = "other"
    others[2].region = "us-east-1"
    others[3].service = "other"
    try await withLoop { loop in
      for other in others {
        let profile = profile("GET", [HTTPHeader("X-Amz-Content-Sha256", nothing)], signing: other)
        let response = try await loop.send(HTTPRequest(profile, url: verifier.url + "/b/k"))
        #expect(response.status == 403)
      }
    }
  }

  /// One handle: a file, then bytes, then a file.
  @Test func bringsNothingIntoTheNextRequest() async throws {
    let verifier = try await verifier()
    let file = try TemporaryFile(size: 2_000_000)
    let profile = profile("PUT", [HTTPHeader("Content-Type", "video/mp4")])
    try await withLoop { loop in
      for round in 0..<4 {
        let part = round % 2 == 0 ? FilePart(path: file.path, offset: 0, count: 2_000_000) : nil
        let headers = [HTTPHeader("X-Amz-Content-Sha256", round % 2 == 0 ? zeros : hello)]
        let response = try await loop.send(
          HTTPRequest(
            profile, url: verifier.url + "/b/\(round)", headers: headers, body: Array("hello".utf8),
            upload: part))
        #expect(response.status == 200, "\(round): \(response.text)")
      }
    }
  }
}

/// What is not signed rightly is not sent.
@Suite struct SigningRulesTests {
  @Test(arguments: [
    ("https://s3.example/b/k", true), ("https://s3.example", true), ("https://s3.example/?", true),
    ("https://s3.example/a%20b/%C3%BC-._~", true), ("https://s3.example/b/k?uploads=", true),
    ("https://s3.example/b/k?a=1&a=2&b=%2F", true), ("https://s3.example/b?a=&a-b=", true),
    ("https://s3.example/a+b", false), ("https://s3.example/a%2bb", false), ("https://s3.example/%7E", false),
    ("https://s3.example/a%2Fb", false), ("https://s3.example/ü", false), ("https://s3.example/a%2", false),
    ("https://s3.example/%GG", false), ("https://s3.example/a:b", false),
    ("https://s3.example/b?uploads", false),
    ("https://s3.example/b?b=1&a=1", false), ("https://s3.example/b?a=2&a=1", false),
    ("https://s3.example/b?a-b=&a=", false), ("https://s3.example/b?a=1&", false),
    ("https://s3.example/b?a=b=c", false), ("https://s3.example/b?a=b/c", false),
    ("https://s3.example/b#c", false),
    ("https://me@s3.example/b", false),
  ])
  func readsURLs(url: String, fine: Bool) { #expect((SigningRules.refusal(ofURL: url) == nil) == fine) }

  /// Headers beside `x-amz-content-sha256`.
  @Test(arguments: [
    ("", false, true), ("A=1", false, true), ("X-Amz-Meta-A=1&X-Amz-Meta-B=2", false, true),
    ("Content-Type=a/b", true, true), ("", true, false), ("Authorization=x", false, false),
    ("Date=x", false, false), ("X-AMZ-Date=x", false, false), ("A=1&a=2", false, false),
    ("A= ", false, false),
    ("A=", false, false), ("X-Amz-Content-SHA256=y", false, false),
    ("X-Amz-Meta-A=1&X-Amz-Meta-A-B=2", false, false),
  ])
  func readsHeaders(headers: String, sendsBytes: Bool, fine: Bool) {
    let more = headers.split(separator: "&").map { header in
      let sides = header.split(separator: "=", omittingEmptySubsequences: false)
      return HTTPHeader(String(sides[0]), String(sides[1]))
    }
    let all = more + [HTTPHeader("x-amz-content-sha256", "x")]
    #expect((SigningRules.refusal(ofHeaders: all, sendsBytes: sendsBytes) == nil) == fine)
    #expect(
      SigningRules.refusal(ofHeaders: more, sendsBytes: sendsBytes) != nil || headers.contains("SHA256"))
  }

  @Test(arguments: [
    ("key", "secret", "auto", "s3", true), ("a@b.example", "se cr:et", "eu-1", "s3", true),
    ("", "secret", "auto", "s3", false), ("k\r\nX: 1", "secret", "auto", "s3", false),
    ("a/b", "secret", "auto", "s3", false), ("a,b", "secret", "auto", "s3", false),
    ("key", "", "auto", "s3", false), ("key", "secret\n", "auto", "s3", false),
    ("key", "secret", "", "s3", false), ("key", "secret", "a:b", "s3", false),
    ("key", "secret", "auto", "", false),
    ("key", "secret", String(repeating: "a", count: 65), "s3", false),
  ])
  func readsKeys(key: String, secret: String, region: String, service: String, fine: Bool) {
    let signing = AWSSigning(accessKey: key, secretKey: Secret(secret), region: region, service: service)
    let refusal = SigningRules.refusal(of: signing)
    #expect((refusal == nil) == fine)
    if !secret.isEmpty { #expect(refusal?.contains("secret\n") != true && refusal?.contains("X: 1") != true) }
  }

  @Test func sendsNothingOfThem() async throws {
    let server = try LoopbackServer { _ in .respond(200) }
    let hash = HTTPHeader("X-Amz-Content-Sha256", nothing)
    var bad = signing
    bad.secretKey = Secret("hunter2\n")
    try await withLoop { loop in
      let refused = [
        HTTPRequest(profile("GET", [hash]), url: server.url("/b?uploads")),
        HTTPRequest(profile("GET"), url: server.url("/b")),
        HTTPRequest(profile("POST", [hash]), url: server.url("/b")),
        HTTPRequest(profile("GET", [hash], signing: bad), url: server.url("/b")),
      ]
      for request in refused {
        let error = await loop.failure(request)
        #expect(error?.kind == .badRequest)
        #expect(error?.message.contains("hunter2") == false)
      }
    }
    #expect(server.connections == 0)
  }

  /// A refusal is final, and no other way of proving who one is is tried; errors say nothing of the keys.
  @Test func asksOnceAndKeepsItsSecrets() async throws {
    let server = try LoopbackServer { _ in
      .respond(401, headers: [HTTPHeader("WWW-Authenticate", "Basic realm=\"x\"")])
    }
    let profile = profile("GET", [HTTPHeader("X-Amz-Content-Sha256", nothing)])
    try await withLoop { loop in
      let response = try await loop.send(HTTPRequest(profile, url: server.url("/b")))
      #expect(response.status == 401)
      #expect(server.requests.count == 1)
      let authorization = try #require(server.requests.first?.headers["authorization"])
      #expect(authorization.hasPrefix("AWS4-HMAC-SHA256 Credential=AKIAIOSFODNN7EXAMPLE/"))
      #expect(!authorization.contains(signing.secretKey.reveal()))
      server.stop()
      let error = await loop.failure(HTTPRequest(profile, url: server.url("/b")))
      #expect(error?.kind == .connect)
      #expect(error?.message.contains("wJal") == false && error?.message.contains("AKIA") == false)
    }
  }
}
