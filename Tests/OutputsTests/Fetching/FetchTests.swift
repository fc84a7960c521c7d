import Model
import TestSupport
import Testing

@testable import Outputs

/// A fetch and its server, without either.
private struct Course {
  var fetch: Fetch
  var now = Moment.start
  var rules = Fetch.Rules()

  static let url = "https://cdn.example/a.mp4"

  init(
    _ url: String = Self.url, isOwn: Bool = false, base: String = "https://api.example/v1",
    partial: PartialFile? = nil, kept: Int64 = 0, rules: Fetch.Rules = Fetch.Rules()
  ) {
    self.rules = rules
    fetch = Fetch(
      TaskOutput(url: url, isOwn: isOwn), base: OutputURL(base)?.origin, partial: partial, kept: kept,
      rules: rules, now: .start)
  }

  enum Ending { case whole, broken, kind(HTTPError.Kind) }

  /// The headers of the next request, as text.
  mutating func asked() -> String? {
    guard case .ask(let ask) = fetch.next() else { return nil }
    return ask.headers.map { "\($0.name): \($0.value)" }.joined(separator: ", ")
  }

  /// One answer: its head, so many bytes of its body, and how it ends.
  mutating func answer(
    _ status: Int, _ headers: [String: String] = [:], bytes: Int = 0, _ ending: Ending = .whole,
    location: String? = nil
  ) -> Fetch.Step {
    let headers = HTTPHeaders(headers.map { HTTPHeader($0.key, $0.value) })
    let body = fetch.answer(FileHead(status, headers))
    if body != .ignore, bytes > 0, let refusal = fetch.take(bytes, at: now) {
      return fetch.end(HTTPError(.refused, refusal), at: now)
    }
    switch ending {
    case .whole:
      return fetch.end(
        HTTPResponse(status: status, headers: headers, location: location), at: now, wall: .start)
    case .broken: return fetch.end(HTTPError(.reset, "it broke off"), at: now)
    case .kind(let kind): return fetch.end(HTTPError(kind, "trouble"), at: now)
    }
  }

  /// 200 with a validator and 100 bytes, of which so many come.
  mutating func begin(_ bytes: Int = 40) -> Fetch.Step {
    _ = asked()
    return answer(
      200, ["content-length": "100", "etag": "\"v1\"", "content-type": "video/mp4"], bytes: bytes,
      bytes == 100 ? .whole : .broken)
  }
}

private func wait(_ seconds: Int) -> Fetch.Step { .wait(.seconds(seconds)) }
private let renew = Fetch.Step.renew(after: .zero)

@Suite struct FetchTests {
  @Test func aFileComesWhole() {
    var course = Course()
    #expect(course.asked() == "")
    #expect(course.begin(100) == .done)
    #expect(course.fetch.kept == 100 && course.fetch.contentType == "video/mp4")
    #expect(course.fetch.next() == .done)
  }

  @Test func aFileOfUnknownLengthEndsWithItsAnswer() {
    var course = Course()
    _ = course.asked()
    #expect(course.answer(200, bytes: 7) == .done)
    #expect(course.fetch.length == 7)
  }

  @Test func anEmptyFileIsAFile() {
    var course = Course()
    _ = course.asked()
    #expect(course.answer(200, ["content-length": "0"]) == .done)
  }

  @Test func whatBreaksOffIsResumed() {
    var course = Course()
    #expect(course.begin() == wait(1))
    #expect(course.asked() == "range: bytes=40-, if-range: \"v1\"")
    #expect(
      course.answer(206, ["content-range": "bytes 40-99/100", "etag": "\"v1\""], bytes: 20, .broken)
        == wait(1))
    #expect(course.asked() == "range: bytes=60-, if-range: \"v1\"")
    // Less than was asked for is good as well; the rest is asked for.
    guard case .ask = course.answer(206, ["content-range": "bytes 60-79/100"], bytes: 20) else {
      Issue.record("the rest is not asked for")
      return
    }
    #expect(course.fetch.kept == 80)
    #expect(course.answer(206, ["content-range": "bytes 80-99/*"], bytes: 20) == .done)
  }

  @Test func anEarlyEndIsResumed() {
    var course = Course()
    _ = course.asked()
    #expect(course.answer(200, ["content-length": "100", "etag": "\"v1\""], bytes: 40) == wait(1))
    #expect(course.asked() == "range: bytes=40-, if-range: \"v1\"")
  }

  @Test func aDateIsAValidator() {
    var course = Course()
    _ = course.asked()
    let date = "Fri, 01 May 2026 12:47:47 GMT"
    _ = course.answer(200, ["content-length": "100", "last-modified": date], bytes: 40, .broken)
    #expect(course.asked() == "range: bytes=40-, if-range: \(date)")
  }

  @Test func withoutAValidatorTheLengthTells() {
    for (total, isGood) in [("100", true), ("101", false), ("*", false)] {
      var course = Course()
      _ = course.asked()
      _ = course.answer(200, ["content-length": "100"], bytes: 40, .broken)
      #expect(course.asked() == "range: bytes=40-")
      let step = course.answer(206, ["content-range": "bytes 40-99/\(total)"], bytes: 60)
      #expect(step == (isGood ? .done : wait(2)), "\(total)")
      if !isGood { #expect(course.asked() == "") }
    }
  }

  @Test func withNothingToTellTheFileByItComesAnew() {
    let course = Course(partial: PartialFile(path: "/p"), kept: 40)
    #expect(course.fetch.kept == 0)
  }

  @Test(arguments: [
    ["content-range": "bytes 41-99/100"], ["content-range": "bytes 40-99/101"],
    ["content-range": "bytes */100"], [:],
    ["content-range": "bytes 40-99/100", "etag": "\"v2\""],
    ["content-type": "multipart/byteranges; boundary=x"],
  ])
  func aPartOfSomethingElseIsNotKept(headers: [String: String]) {
    var course = Course()
    _ = course.begin()
    _ = course.asked()
    #expect(course.answer(206, headers, bytes: 60) == wait(2))
    #expect(course.fetch.kept == 0)
    #expect(course.asked() == "")
  }

  @Test func aServerThatDoesNotResumeIsTakenFromTheStart() {
    var course = Course()
    _ = course.begin()
    _ = course.asked()
    #expect(course.answer(200, ["content-length": "50", "etag": "\"v2\""], bytes: 50) == .done)
    #expect(course.fetch.kept == 50 && course.fetch.validator == "\"v2\"")
  }

  @Test func aPartOfWhatNobodyAskedForIsNotKept() {
    var course = Course()
    _ = course.asked()
    #expect(course.answer(206, ["content-range": "bytes 0-9/10"], bytes: 10) == wait(1))
    #expect(course.fetch.kept == 0)
  }

  @Test func nothingAfterTheEndIsTheEnd() {
    var course = Course(partial: PartialFile(path: "/p", validator: "\"v1\""), kept: 40)
    #expect(course.asked() == "range: bytes=40-, if-range: \"v1\"")
    #expect(course.answer(416, ["content-range": "bytes */40"]) == .done)

    course = Course(partial: PartialFile(path: "/p", validator: "\"v1\"", length: 100), kept: 40)
    _ = course.asked()
    #expect(course.answer(416, ["content-range": "bytes */40"]) == wait(1))
    #expect(course.asked() == "")

    course = Course(partial: PartialFile(path: "/p", validator: "\"v1\""), kept: 40)
    _ = course.asked()
    #expect(course.answer(416, ["content-range": "bytes */39"]) == wait(1))
    #expect(course.asked() == "")
  }

  @Test func whatIsWholeIsNotAskedFor() {
    var course = Course(partial: PartialFile(path: "/p", length: 40), kept: 40)
    #expect(course.fetch.next() == .done)
    course = Course(partial: PartialFile(path: "/p", length: 30), kept: 40)
    #expect(course.asked() == "")
  }

  @Test func moreThanWasAnnouncedIsNotTheFile() {
    var course = Course()
    _ = course.begin()
    _ = course.asked()
    #expect(course.answer(206, ["content-range": "bytes 40-99/100"], bytes: 61) == wait(2))
    #expect(course.fetch.kept == 0)
  }

  // MARK: Waiting and giving up

  @Test func waitsGrowUntilBytesCome() {
    var course = Course()
    for seconds in [1, 2, 4, 8, 16, 32, 60, 60] {
      _ = course.asked()
      #expect(course.answer(0, [:], .broken) == wait(seconds))
    }
    #expect(course.begin(1) == wait(1))
    _ = course.asked()
    #expect(course.answer(503) == wait(2))
  }

  @Test func bytesThatWereThereBeforeAreNoProgress() {
    var course = Course()
    #expect(course.begin() == wait(1))
    for seconds in [2, 4, 8] { #expect(course.begin() == wait(seconds)) }
    #expect(course.begin(41) == wait(1))
  }

  @Test func aServerThatNeverResumesIsLeft() {
    var course = Course()
    _ = course.begin()
    for _ in 0..<10 { _ = course.begin() }
    guard case .fail(let reason) = course.begin() else {
      Issue.record("it goes on")
      return
    }
    #expect(
      reason == "cdn.example breaks off each time, at most 40 bytes from the beginning, and does not resume")
  }

  @Test(arguments: [408, 425, 429, 500, 502, 503, 504, 202, 204, 304])
  func passingTroubleIsWaitedOut(status: Int) {
    var course = Course()
    _ = course.asked()
    #expect(course.answer(status) == wait(1))
    _ = course.asked()
    #expect(course.answer(status, ["retry-after": "7"]) == wait(7))
    _ = course.asked()
    #expect(course.answer(status, ["retry-after": "999999"]) == wait(3600))
  }

  @Test(arguments: [HTTPError.Kind.resolve, .connect, .tls, .timeout, .reset, .protocolError, .other])
  func noAnswerIsPassingTrouble(kind: HTTPError.Kind) {
    var course = Course()
    _ = course.asked()
    #expect(course.answer(0, [:], .kind(kind)) == wait(1))
  }

  @Test(arguments: [HTTPError.Kind.forbidden, .badRequest, .refused])
  func someTroubleStays(kind: HTTPError.Kind) {
    var course = Course()
    _ = course.asked()
    #expect(course.answer(0, [:], .kind(kind)) == .fail(reason: "trouble"))
  }

  @Test func thereIsAnEndToIt() {
    var course = Course()
    _ = course.asked()
    course.now = .start + .seconds(6 * 3600 - 2)
    #expect(course.answer(503) == wait(1))
    _ = course.asked()
    #expect(course.answer(503) == .fail(reason: "not complete within 6h: 503 from cdn.example"))
    _ = course.asked()
    course.now = .start + .seconds(6 * 3600)
    #expect(course.answer(200, bytes: 10) == .fail(reason: "not complete within 6h"))
  }

  @Test func aReasonTellsHowFarItCame() {
    var course = Course()
    course.now = .start + .seconds(6 * 3600 - 1)
    #expect(
      course.begin() == .fail(reason: "not complete within 6h: it broke off; 40 of 100 bytes are there"))
  }

  // MARK: Renewal

  @Test(arguments: [403, 404, 410])
  func anAddressThatHasRunOutIsRenewed(status: Int) {
    var course = Course()
    _ = course.begin()
    _ = course.asked()
    #expect(course.answer(status) == renew)
    let step = course.fetch.renewed(
      .outputs([TaskOutput(url: "https://cdn.example/b.mp4?new")]), at: 0, course.now)
    #expect(step == .wait(.zero))
    guard case .ask(let ask) = course.fetch.next() else {
      Issue.record("it is not asked for")
      return
    }
    #expect(ask.url == "https://cdn.example/b.mp4?new")
    #expect(ask.headers == [HTTPHeader("range", "bytes=40-"), HTTPHeader("if-range", "\"v1\"")])
  }

  @Test func renewalsEnd() {
    var course = Course()
    var steps: [Fetch.Step] = []
    for _ in 0..<6 {
      _ = course.asked()
      steps.append(course.answer(404))
      _ = course.fetch.renewed(.outputs([TaskOutput(url: Course.url)]), at: 0, course.now)
    }
    #expect(
      steps.dropLast()
        == [.zero, .seconds(1), .seconds(2), .seconds(4), .seconds(8)].map { .renew(after: $0) })
    #expect(
      steps.last == .fail(reason: "404 from cdn.example, also after the API was asked for the address anew"))
  }

  @Test(arguments: [400, 401, 402, 405, 407, 451])
  func aRefusalIsTriedOnceMore(status: Int) {
    var course = Course()
    _ = course.asked()
    #expect(course.answer(status) == renew)
    _ = course.asked()
    #expect(
      course.answer(status)
        == .fail(reason: "\(status) from cdn.example, also after the API was asked for the address anew"))
  }

  @Test func anHTMLPageIsNoFile() {
    var course = Course()
    _ = course.asked()
    #expect(course.answer(200, ["content-type": "text/html; charset=utf-8"], bytes: 500) == renew)
    #expect(course.fetch.kept == 0)
    for url in ["https://x/report.html", "https://x/report.htm?sig=1"] {
      var course = Course(url)
      _ = course.asked()
      #expect(course.answer(200, ["content-type": "text/html"], bytes: 500) == .done)
    }
    course = Course(partial: PartialFile(path: "/p", validator: "\"a\"", contentType: "text/html"), kept: 5)
    _ = course.asked()
    #expect(course.answer(200, ["content-type": "text/html"], bytes: 500) == .done)
  }

  @Test func renewalMayHaveToWaitOrBeImpossible() {
    var course = Course()
    _ = course.asked()
    _ = course.answer(404)
    #expect(course.fetch.renewed(.later(reason: "503"), at: 0, course.now) == .renew(after: .seconds(1)))
    #expect(course.fetch.renewed(.later(reason: "503"), at: 0, course.now) == .renew(after: .seconds(2)))
    #expect(
      course.fetch.renewed(.never(reason: "the API does not know the task"), at: 0, course.now)
        == .fail(reason: "its address has run out, and the API does not know the task"))
    #expect(
      course.fetch.renewed(.outputs([]), at: 0, course.now)
        == .fail(reason: "its address has run out, and the task now names 0 outputs only"))
    #expect(
      course.fetch.renewed(.later(reason: "503"), at: 0, .start + .seconds(6 * 3600))
        == .fail(reason: "not complete within 6h: 503"))
  }

  // MARK: Redirects and the key

  @Test func redirectsAreFollowedByHand() {
    var course = Course()
    _ = course.begin()
    _ = course.asked()
    guard case .ask(let ask) = course.answer(302, location: "http://other.example/x y") else {
      Issue.record("it is not followed")
      return
    }
    #expect(ask.url == "http://other.example/x%20y" && !ask.isOwn && !ask.isTrusted)
    #expect(ask.headers.first == HTTPHeader("range", "bytes=40-"))
    // The next attempt begins at the beginning.
    #expect(course.answer(503) == wait(2))
    guard case .ask(let again) = course.fetch.next() else { return }
    #expect(again.url == Course.url)
  }

  @Test func aCircleIsLeft() {
    var course = Course()
    var step = course.fetch.next()
    for _ in 0..<5 {
      step = course.answer(307, location: Course.url)
      guard case .ask = step else {
        Issue.record("\(step)")
        return
      }
    }
    #expect(course.answer(307, location: Course.url) == renew)
    _ = course.fetch.next()
    for _ in 0..<6 { step = course.answer(307, location: Course.url) }
    #expect(
      step
        == .fail(
          reason: "6 redirects, the last to cdn.example, also after the API was asked for the address anew"))
  }

  @Test(arguments: [nil, "ftp://x/", "javascript:alert(1)"])
  func aRedirectWithoutAnAddressIsARefusal(location: String?) {
    var course = Course()
    _ = course.asked()
    #expect(course.answer(301, location: location) == renew)
  }

  @Test(arguments: [
    ("https://api.example/v1/content", true, true, true), ("https://API.example:443/x", true, true, true),
    ("https://api.example/other", false, false, true), ("http://api.example/v1", true, false, false),
    ("https://api.example:8443/v1", true, false, false),
    ("https://api.example.evil.example/v1", true, false, false),
    ("https://api.example@evil.example/v1", true, false, false),
    ("https://cdn.example/a", true, false, false),
  ])
  func theKeyGoesToTheAPIAlone(url: String, isOwn: Bool, getsKey: Bool, isTrusted: Bool) {
    var course = Course(url, isOwn: isOwn)
    guard case .ask(let ask) = course.fetch.next() else {
      Issue.record("it is not asked for")
      return
    }
    #expect(ask.isOwn == getsKey && ask.isTrusted == isTrusted)
  }

  @Test func theKeyDoesNotFollowRedirects() {
    let own = "https://api.example/v1/content"
    var course = Course(own, isOwn: true)
    _ = course.fetch.next()
    func ask(_ location: String, _ course: inout Course) -> Fetch.Ask? {
      guard case .ask(let ask) = course.answer(302, location: location) else { return nil }
      return ask
    }
    #expect(ask("https://api.example/v1/elsewhere", &course)?.isOwn == true)
    let away = ask("https://cdn.example/a", &course)
    #expect(away?.isOwn == false && away?.isTrusted == false)
    // Whoever is asked there does not get to say where the key goes, nor what of the private network is asked.
    let back = ask(own, &course)
    #expect(back?.isOwn == false && back?.isTrusted == false)
    #expect(course.answer(500) == wait(1))
    guard case .ask(let again) = course.fetch.next() else { return }
    #expect(again.isOwn)
  }

  @Test func whatIsNoAddressFails() {
    var course = Course("ftp://x/a")
    #expect(course.fetch.next() == .fail(reason: "its address is no http or https URL"))
  }
}
