import Model
import TestSupport
import Testing

@testable import Hooks

@Suite struct TokenAnswerTests {
  private func read(_ status: Int, _ body: String, _ headers: [HTTPHeader] = []) -> Result<
    AccessToken, TokenFailure
  > {
    TokenAnswer.read(
      HTTPResponse(status: status, headers: HTTPHeaders(headers), body: Array(body.utf8)),
      host: "auth.example.com",
      now: sampleTime)
  }

  @Test(
    arguments: [
      (#"{"access_token":"tok","token_type":"Bearer","expires_in":120}"#, 120),
      (#"{"access_token":"tok","token_type":"bEARER"}"#, 3600),
      (#"{"access_token":"tok"}"#, 3600), (#"{"access_token":"tok","expires_in":"90"}"#, 90),
      (#"{"access_token":"tok","expires_in":0}"#, 0),
      (#"{"access_token":"tok","expires_in":-5}"#, 0), (#"{"access_token":"tok","expires_in":1.5}"#, 1.5),
      (#"{"access_token":"tok","expires_in":1e18}"#, 86400),
      (#"{"access_token":"tok","expires_in":1e999}"#, 86400),
      (#"{"access_token":"tok","expires_in":"soon"}"#, 3600),
      (#"{"access_token":"tok","expires_in":null}"#, 3600),
      (#"{"access_token":"tok","expires_in":"nan"}"#, 3600),
      (#"{"access_token":"tok","expires_in":"inf"}"#, 86400),
      (#" {"expires_in":7200,"x":[1],"access_token":"t\u006fk"} "#, 7200),
    ])
  func tokens(body: String, seconds: Double) throws {
    let token = try read(200, body).get()
    #expect(token == AccessToken(secret: Secret("tok"), lifetime: .milliseconds(Int64(seconds * 1000))))
  }

  @Test(
    arguments: [
      (
        401, #"{"error":"invalid_client","error_description":"s3cret"}"#,
        "answered 401 Unauthorized: invalid_client; check client_id, client_secret and scope"
      ),
      (
        400, #"{"error":"unauthorized_client"}"#,
        "answered 400 Bad Request: unauthorized_client; check client_id, client_secret and scope"
      ),
      (
        400, #"{"error":"in\u000avalid\"","x":1}"#,
        "answered 400 Bad Request; check client_id, client_secret and scope"
      ),
      (400, "<html>s3cret", "answered 400 Bad Request; check client_id, client_secret and scope"),
      (500, "", "answered 500 Internal Server Error"),
      (404, "", "answered 404 Not Found; check token_url"),
      (302, "", "answered 302 Found; redirects are never followed: put the new address in token_url"),
      (200, "<html>s3cret", "answered 200, but not with a JSON object"),
      (200, "[]", "answered 200, but not with a JSON object"),
      (200, "", "answered 200, but not with a JSON object"),
      (200, "{}", "answered 200 without an access_token"),
      (200, #"{"access_token":""}"#, "answered 200 without an access_token"),
      (200, #"{"access_token":5}"#, "answered 200 without an access_token"),
      (200, #"{"access_token":"a\r\nX: b"}"#, "answered 200 without an access_token"),
      (
        200, #"{"access_token":"s3cret","token_type":"mac"}"#,
        #"answered 200 with a token of the type "mac"; only Bearer is known"#
      ),
      (
        200, #"{"error":"invalid_scope"}"#,
        "answered 200: invalid_scope; check client_id, client_secret and scope"
      ),
    ])
  func failures(status: Int, body: String, reason: String) {
    let answer = read(status, body)
    guard case .failure(let failure) = answer else {
      Issue.record("\(answer)")
      return
    }
    #expect(failure == TokenFailure(reason: "no token from auth.example.com: " + reason))
    #expect(!failure.reason.contains("s3cret"))
  }

  @Test func aWaitThatTheServerAsksFor() {
    for status in [429, 503] {
      let answer = read(status, "", [HTTPHeader("Retry-After", "120")])
      guard case .failure(let failure) = answer else {
        Issue.record("\(answer)")
        continue
      }
      #expect(failure.after == .seconds(120))
    }
  }

  @Test func aTokenIsHeldUntilShortlyBeforeItsEnd() {
    let start = Moment(nanoseconds: 0)
    for (lifetime, held) in [(3600.0, 3540.0), (600, 540), (300, 270), (10, 9), (0, 0)] {
      var cache = TokenCache()
      #expect(cache.token(at: start, insteadOf: nil) == nil)
      cache.keep(AccessToken(secret: Secret("tok"), lifetime: .seconds(lifetime)), askedAt: start)
      #expect(cache.token(at: start + .seconds(held), insteadOf: nil) == nil)
      if held > 0 {
        #expect(cache.token(at: start + .seconds(held - 0.5), insteadOf: nil) == Secret("tok"))
        #expect(cache.token(at: start, insteadOf: Secret("other")) == Secret("tok"))
        #expect(cache.token(at: start, insteadOf: Secret("tok")) == nil)
      }
    }
  }
}
