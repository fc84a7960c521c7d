import Config
import Model

/// One file on its way: what is asked for, what the answers mean, when to ask again and when to give up. Pure.
///
/// `next` begins an attempt. Of its answer `answer` is told first, then `take` of each of its bytes, then `end`; what
/// that gives says how it goes on. What has been kept stays, as long as the server shows that it is of the same
/// file: by its validator, or where it has none by the file's length.
struct Fetch: Sendable {
  struct Rules: Sendable {
    var giveUpAfter: Duration = .seconds(6 * 3600)
    /// Waits after failures in a row: 1 s, 2 s, 4 s… 60 s.
    var firstWait: Duration = .seconds(1)
    var mostWait: Duration = .seconds(60)
    /// The longest that a server may have us wait.
    var mostRetryAfter: Duration = .seconds(3600)
    /// Redirects of one attempt.
    var hops = 5
    /// How often in a row an address that has run out is asked for anew, and one that is refused otherwise.
    var renewals = 5
    var renewalsOfRefused = 1
    /// How often in a row what was kept may be thrown away. A server that does not resume, and breaks off each
    /// time, would have the same bytes sent for hours.
    var wastes = 10
  }

  enum Step: Sendable, Equatable {
    case ask(Ask)
    /// Wait, then begin again with `next`.
    case wait(Duration)
    /// Wait, ask the API for the outputs' addresses, and tell `renewed`.
    case renew(after: Duration)
    /// The file is whole.
    case done
    case fail(reason: String)
  }

  struct Ask: Sendable, Equatable {
    var url: String
    var headers: [HTTPHeader]
    /// Whether it goes to the API itself, and only by its own word: the source's key may come along.
    var isOwn: Bool
    /// Whether it goes to the API's own host, which the config names, and may be a private one.
    var isTrusted: Bool
  }

  /// What becomes of the body of an answer.
  enum Body: Sendable, Equatable {
    /// It goes behind what is kept.
    case append
    /// It replaces what is kept.
    case replace
    /// It is none of the file's.
    case ignore
  }

  /// Bytes of the file that are kept.
  private(set) var kept: Int64
  private(set) var validator: String?
  private(set) var length: Int64?
  private(set) var contentType: String?

  private let rules: Rules
  private let base: OutputURL.Origin?
  private let deadline: Moment
  private var output: TaskOutput
  private var origin: OutputURL?
  /// Where the next request goes: the output's own address, or where that led.
  private var place: OutputURL?
  private var isTrusted = false
  private var hops = 0
  private var failures = 0
  private var renewals = 0
  private var wastes = 0
  private var furthest: Int64
  private var body = Body.ignore
  /// Why the answer's body is none of the file's although its status is that of a file.
  private var objection: Objection?
  private var attemptBegan: Int64 = 0

  private enum Objection: Sendable {
    /// What is kept is of another file.
    case changed(String)
    case expired(String)
    case useless(String)
    case hopeless(String)
  }

  /// - Parameters:
  ///   - base: of the API itself.
  ///   - partial: what is known of the bytes that are kept.
  init(
    _ output: TaskOutput, base: OutputURL.Origin?, partial: PartialFile? = nil, kept: Int64 = 0,
    rules: Rules = Rules(), now: Moment
  ) {
    self.output = output
    self.base = base
    self.kept = kept
    self.rules = rules
    validator = partial?.validator
    length = partial?.length
    contentType = partial?.contentType
    furthest = 0
    deadline = now + rules.giveUpAfter
    origin = OutputURL(output.url)
    if let length, kept > length { forget() }
    if length == nil, validator == nil { forget() }
    furthest = self.kept
    restart()
  }

  /// Begins an attempt.
  mutating func next() -> Step {
    if let length, kept == length { return .done }
    guard let place else { return .fail(reason: "its address is no http or https URL") }
    body = .ignore
    objection = nil
    attemptBegan = kept
    var headers: [HTTPHeader] = []
    if kept > 0 {
      headers.append(HTTPHeader("range", "bytes=\(kept)-"))
      if let validator { headers.append(HTTPHeader("if-range", validator)) }
    }
    return .ask(
      Ask(url: place.text, headers: headers, isOwn: isTrusted && output.isOwn, isTrusted: isTrusted))
  }

  /// The head of the answer has come.
  mutating func answer(_ head: FileHead) -> Body {
    body = .ignore
    switch head.status {
    case 200:
      if head.contentType == "text/html", !expectsHTML {
        objection = .expired("an HTML page came in place of the file")
        return .ignore
      }
      if kept > 0, !throwAway() { return .ignore }
      validator = head.validator
      length = head.length
      contentType = head.contentType
      body = .replace
    case 206 where kept > 0: continues(head)
    case 206: objection = .useless("a part of the file came where the whole was asked for")
    default: break
    }
    return body
  }

  /// So many bytes of the file have come. Answers why they are not wanted; nil where they are.
  mutating func take(_ count: Int, at now: Moment) -> String? {
    if now >= deadline { return tooLate }
    if let length, kept + Int64(count) > length {
      objection = .changed("more than the \(length) bytes came that were announced")
      return "more came than was announced"
    }
    kept += Int64(count)
    if kept > furthest {
      furthest = kept
      failures = 0
      renewals = 0
      wastes = 0
    }
    return nil
  }

  /// The answer has come to its end.
  mutating func end(_ response: HTTPResponse, at now: Moment, wall: Timestamp) -> Step {
    if body != .ignore { return bodyEnded(at: now) }
    if let objection { return step(objection, now) }
    let answer = "\(response.status) from \(host)"
    switch response.status {
    case 416: return outOfRange(ContentRange(response.headers["content-range"]), now)
    case 300...399 where HTTPResponse.isRedirect(response.status): return redirect(to: response.location, now)
    case 403, 404, 410: return expired(answer, at: now)
    case 408, 425, 429, 500...599, 100...399:
      let wait = RetryAfter.parse(
        response.headers["retry-after"], now: wall, most: rules.mostRetryAfter)
      return again(answer, at: now, wait: wait)
    default: return expired(answer, at: now, most: rules.renewalsOfRefused)
    }
  }

  /// There was no answer, or it broke off.
  mutating func end(_ error: HTTPError, at now: Moment) -> Step {
    if let objection { return step(objection, now) }
    switch error.kind {
    case .forbidden, .badRequest, .refused: return .fail(reason: error.message)
    default: break
    }
    guard body != .ignore, let length else { return again(error.message, at: now) }
    return again("\(error.message); \(kept) of \(length) bytes are there", at: now)
  }

  /// What asking the API for the address anew came to.
  mutating func renewed(_ renewal: OutputRenewal, at index: Int, _ now: Moment) -> Step {
    switch renewal {
    case .outputs(let outputs):
      guard index < outputs.count else {
        return .fail(reason: "its address has run out, and the task now names \(outputs.count) outputs only")
      }
      output = outputs[index]
      origin = OutputURL(output.url)
      restart()
      return .wait(.zero)
    case .later(let reason):
      let wait = backoff()
      if now + wait >= deadline { return .fail(reason: "\(tooLate): \(reason)") }
      return .renew(after: wait)
    case .never(let reason): return .fail(reason: "its address has run out, and \(reason)")
    }
  }

  /// The output, at its newest address.
  var address: TaskOutput { output }

  /// What was kept is gone.
  mutating func lose() { forget() }

  // MARK: What an answer means

  private mutating func continues(_ head: FileHead) {
    guard let range = head.range, range.first == kept else {
      return object("another part of the file came than was asked for")
    }
    if let total = range.total, total != length ?? total { return object("the file has changed its length") }
    if let validator, let other = head.validator, other != validator {
      return object("the file has changed")
    }
    if validator == nil, range.total == nil || length == nil {
      return object("nothing shows that the rest is of the same file")
    }
    length = length ?? range.total
    body = .append
  }

  private mutating func object(_ reason: String) { objection = .changed(reason) }

  private mutating func step(_ objection: Objection, _ now: Moment) -> Step {
    switch objection {
    case .changed(let reason):
      if kept > 0, !throwAway(), case .hopeless(let reason) = self.objection { return .fail(reason: reason) }
      return again("\(reason), from \(host)", at: now)
    case .expired(let reason): return expired("\(reason), from \(host)", at: now)
    case .useless(let reason): return again("\(reason), from \(host)", at: now)
    case .hopeless(let reason): return .fail(reason: reason)
    }
  }

  private mutating func bodyEnded(at now: Moment) -> Step {
    guard let length else {
      length = kept
      return .done
    }
    if kept == length { return .done }
    let reason = "the answer of \(host) ended after \(kept) of \(length) bytes"
    // A server may send less than was asked for, and is asked for the rest.
    return kept > attemptBegan && body == .append ? next() : again(reason, at: now)
  }

  private mutating func outOfRange(_ range: ContentRange?, _ now: Moment) -> Step {
    if let total = range?.total, total == kept, length == nil || length == total {
      length = kept
      return .done
    }
    return step(.changed("416"), now)
  }

  private mutating func redirect(to location: String?, _ now: Moment) -> Step {
    guard let location, let target = OutputURL(location) else {
      return expired(
        "a redirect without an address came from \(host)", at: now, most: rules.renewalsOfRefused)
    }
    hops += 1
    if hops > rules.hops {
      return expired(
        "\(hops) redirects, the last to \(target.host)", at: now, most: rules.renewalsOfRefused)
    }
    isTrusted = isTrusted && target.origin == base
    place = target
    return next()
  }

  // MARK: What follows

  private mutating func again(_ reason: String, at now: Moment, wait least: Duration? = nil) -> Step {
    restart()
    let wait = max(backoff(), least ?? .zero)
    return now + wait < deadline ? .wait(wait) : .fail(reason: "\(tooLate): \(reason)")
  }

  private mutating func expired(_ reason: String, at now: Moment, most: Int? = nil) -> Step {
    restart()
    renewals += 1
    if renewals > most ?? rules.renewals {
      return .fail(reason: "\(reason), also after the API was asked for the address anew")
    }
    let wait = renewals == 1 ? .zero : backoff()
    return now + wait < deadline ? .renew(after: wait) : .fail(reason: "\(tooLate): \(reason)")
  }

  private mutating func backoff() -> Duration {
    failures += 1
    return min(rules.mostWait, rules.firstWait * (1 << min(failures - 1, 20)))
  }

  /// Whether what is kept may be thrown away; where not, the objection says why.
  private mutating func throwAway() -> Bool {
    wastes += 1
    if wastes > rules.wastes {
      objection = .hopeless(
        "\(host) breaks off each time, at most \(furthest) bytes from the beginning, and does not resume")
      return false
    }
    forget()
    return true
  }

  private mutating func forget() {
    kept = 0
    validator = nil
    length = nil
    contentType = nil
  }

  private mutating func restart() {
    hops = 0
    place = origin
    isTrusted = origin?.origin != nil && origin?.origin == base
  }

  private var host: String { place?.host ?? "the server" }

  private var tooLate: String { "not complete within \(DurationText.write(rules.giveUpAfter))" }

  private var expectsHTML: Bool {
    contentType == "text/html" || [".html", ".htm", ".xhtml"].contains(origin?.fileExtension)
  }
}
