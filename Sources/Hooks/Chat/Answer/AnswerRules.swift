import Config
import Model

/// What the answers of a service mean. Rules are tried in order; what none of them fits means what it means to any
/// webhook (SPEC section 6).
struct AnswerRules: ConfigSection {
  enum Keys {
    static let says = Key(
      "says", .jsonPaths, default: [], defaultText: "the body's text",
      doc: "Where a JSON answer says in words what is wrong.")
    static let wait = Key(
      "wait", .section(WaitPlaces.self), defaultText: "the header retry-after",
      doc: "Where an answer says when to come again.")
    static let budget = Key(
      "budget", .section(BudgetPlaces.self), defaultText: "none",
      doc: "Where any answer says how many more requests are taken now.")
    static let rules = Key(
      "rules", .list(of: .section(AnswerRule.self)), default: [], defaultText: "none",
      doc: "What answers mean, tried in order.")
  }

  static let keys = [AnyKey(Keys.says), AnyKey(Keys.wait), AnyKey(Keys.budget), AnyKey(Keys.rules)]

  /// The most of a service's own words that is shown as the reason of an attempt, in bytes.
  static let longestWords = 300

  private let says: [JSONPath]
  private let wait: WaitPlaces?
  private let budget: BudgetPlaces?
  private let rules: [AnswerRule]

  init?(_ section: Section) {
    says = section[Keys.says]
    wait = section[Keys.wait]
    budget = section[Keys.budget]
    rules = section[Keys.rules]
  }

  /// What an answer means.
  /// - Parameters:
  ///   - url: where the request went.
  ///   - now: what a date in a header is measured from.
  ///   - show: makes the service's words fit to be shown: masks, escapes and cuts them.
  func read(
    _ answer: ChatAnswer, url: SecretURL, now: Timestamp, show: (String) -> String
  ) -> HTTPExchange.Reading {
    let words = answer.words(at: says).map(show)
    return HTTPExchange.Reading(
      outcome(of: answer, words: words, url: url, now: now), pause: budget?.pause(answer.response, now: now))
  }

  private func outcome(of answer: ChatAnswer, words: String?, url: SecretURL, now: Timestamp) -> Outcome {
    let response = answer.response
    let answered = WebhookOutcome.answered(response.status, words)
    let wait = wait ?? WaitPlaces()
    guard let rule = rules.first(where: { $0.fits(answer) }) else {
      if (200..<300).contains(response.status), answer.isPage {
        return .retry(reason: answered + " with a web page; check the hook's url")
      }
      let usual = WebhookOutcome.of(response, url: url, now: now, words: words)
      guard case .retry(let reason, _) = usual, response.status == 429 || response.status == 503 else {
        return usual
      }
      return .retry(reason: reason, after: wait.told(by: answer, now: now))
    }
    let hint = rule.hint.map { "; " + $0 }
    switch rule.means {
    case .delivered: return .delivered
    case .retry:
      return .retry(reason: answered + (hint ?? ""), after: wait.told(by: answer, now: now) ?? rule.wait)
    case .dead: return .dead(reason: answered + (hint ?? WebhookOutcome.again))
    case .gone: return .gone(reason: answered + (hint ?? ""))
    case .told:
      var inner = response
      inner.status = rule.told(by: answer) ?? response.status
      return WebhookOutcome.of(inner, url: url, now: now, words: words)
    }
  }
}

/// Where an answer says when to come again; the first place that says something counts, headers before the body.
struct WaitPlaces: ConfigSection {
  enum Keys {
    static let headers = Key(
      "headers", .oneOrMany(of: .string), default: WaitPlaces.usual,
      doc: "Headers with seconds, or a date.")
    static let json = Key(
      "json", .jsonPaths, default: [], defaultText: "none", doc: "Numbers of a JSON body, in seconds.")
  }

  static let keys = [AnyKey(Keys.headers), AnyKey(Keys.json)]
  private static let usual = ["retry-after"]

  private let headers: [String]
  private let json: [JSONPath]

  init?(_ section: Section) {
    headers = section[Keys.headers]
    json = section[Keys.json]
  }

  /// The header that HTTP has for it.
  init() {
    headers = Self.usual
    json = []
  }

  func told(by answer: ChatAnswer, now: Timestamp) -> Duration? {
    let inHeaders = headers.lazy.compactMap { answer.response.headers[$0] }
    let inBody = json.lazy.compactMap { path in answer.json.flatMap { path.first(in: $0) }?.plainText }
    for text in Array(inHeaders) + Array(inBody) {
      if let wait = RetryAfter.parse(text, now: now, most: WebhookOutcome.longestWait) { return wait }
    }
    return nil
  }
}

/// Where any answer, good or bad, says how many more requests are taken before a pause.
struct BudgetPlaces: ConfigSection {
  enum Keys {
    static let left = Key("left", .string, required: true, doc: "The header with the number left.")
    static let reset = Key(
      "reset", .string, required: true, doc: "The header with the seconds until there are more.")
  }

  static let keys = [AnyKey(Keys.left), AnyKey(Keys.reset)]

  private let left: String
  private let reset: String

  init?(_ section: Section) {
    guard let left = section[Keys.left], let reset = section[Keys.reset] else { return nil }
    self.left = left
    self.reset = reset
  }

  /// How long to wait before the next request, where none is left.
  func pause(_ response: HTTPResponse, now: Timestamp) -> Duration? {
    guard response.headers[left].flatMap({ Int($0) }) == 0 else { return nil }
    return RetryAfter.parse(response.headers[reset], now: now, most: WebhookOutcome.longestWait)
  }
}
