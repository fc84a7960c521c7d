import Model
import TestSupport
import Testing

@testable import Hooks

/// Each row of SPEC section 6.
@Suite struct WebhookOutcomeTests {
  static let url = SecretURL("https://example.com/hooks/video?token=hush")

  private func outcome(_ status: Int, _ headers: [HTTPHeader] = []) -> Outcome {
    WebhookOutcome.of(
      HTTPResponse(status: status, headers: HTTPHeaders(headers)), url: Self.url, now: sampleTime)
  }

  @Test(arguments: [200, 201, 202, 204, 206, 226, 299])
  func delivered(status: Int) { #expect(outcome(status) == .delivered) }

  @Test(arguments: [400, 405, 411, 413, 414, 415, 422, 300, 301, 302, 303, 304, 305, 307, 308, 399])
  func deadAtOnce(status: Int) {
    guard case .dead(let reason) = outcome(status, [HTTPHeader("Retry-After", "5")]) else {
      Issue.record("\(outcome(status))")
      return
    }
    #expect(reason.hasPrefix("answered \(status)"))
  }

  @Test func gone() {
    guard case .gone(let reason) = outcome(410) else { return #expect(Bool(false)) }
    #expect(reason.hasPrefix("answered 410 Gone"))
  }

  @Test(arguments: [
    401, 402, 403, 404, 406, 407, 408, 409, 412, 416, 418, 421, 423, 425, 426, 429, 431, 451, 499, 500, 501,
    502,
    503, 504, 520, 524, 599, 100, 199, 0, 600, 999,
  ])
  func againLater(status: Int) {
    guard case .retry(let reason, nil) = outcome(status) else {
      Issue.record("\(outcome(status))")
      return
    }
    #expect(reason.hasPrefix("answered \(status)"))
  }

  @Test(
    arguments: [
      (429, "120", .seconds(120)), (503, "120", .seconds(120)), (429, "1.5", .milliseconds(1500)),
      (429, "Fri, 01 May 2026 12:48:47 GMT", .milliseconds(59_649)),
      (503, "Friday, 01-May-26 12:48:47 GMT", .milliseconds(59_649)),
      (503, "Fri May  1 12:48:47 2026", .milliseconds(59_649)), (429, "Fri, 01 May 2026 12:00:00 GMT", nil),
      (429, "86400", .seconds(86_400)), (429, "86401", .seconds(86_400)),
      (429, "99999999999999999999", .seconds(86_400)),
      (429, "Fri, 01 May 2099 12:48:47 GMT", .seconds(86_400)),
      (429, "soon", nil), (429, "-5", nil), (429, "", nil), (500, "120", nil), (502, "120", nil),
      (404, "120", nil),
    ] as [(Int, String, Duration?)])
  func retryAfter(status: Int, value: String, expected: Duration?) {
    guard case .retry(_, let after) = outcome(status, [HTTPHeader("retry-after", value)]) else {
      Issue.record("no retry")
      return
    }
    #expect(after == expected)
  }

  @Test(
    arguments: [
      ("https://other.example/secret/path?x=hush", "other.example"), ("//other.example/x", "other.example"),
      ("/login?token=hush", "another path of example.com"), ("login", "another path of example.com"),
      ("http://user:hush@evil.example:8080/", "evil.example"), ("", "another path of example.com"),
    ])
  func aRedirectNamesTheHostAlone(location: String, place: String) {
    #expect(
      outcome(301, [HTTPHeader("location", location)])
        == .dead(
          reason:
            "answered 301 Moved Permanently, pointing to \(place); redirects are never followed: put the "
            + "new address in url"))
  }

  @Test func aRedirectToNowhere() {
    #expect(outcome(304) == .dead(reason: "answered 304 Not Modified; redirects are never followed"))
  }
}
