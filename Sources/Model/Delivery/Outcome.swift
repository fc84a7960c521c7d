/// How one attempt ended (SPEC section 6).
package enum Outcome: Sendable, Equatable {
  case delivered
  /// Again later. `after` is the least wait the receiver asked for; it holds for the whole hook.
  case retry(reason: String, after: Duration? = nil)
  /// Never again.
  case dead(reason: String)
  /// 410: never again, and the hook is paused until `taskhook resume`.
  case gone(reason: String)
}

/// One delivery on its way through a hook.
package struct Attempt: Sendable {
  /// The delivery's id, `msg_…`.
  package var delivery: String
  package var event: Event
  /// Counts from 1, over replays too.
  package var number: Int

  package init(delivery: String, event: Event, number: Int) {
    self.delivery = delivery
    self.event = event
    self.number = number
  }
}

/// What a hook tells of one attempt.
package struct AttemptReport: Sendable, Equatable {
  package var outcome: Outcome
  /// The HTTP status, or the exit code; nil where there was neither.
  package var code: Int?
  /// What came back: at most 4 KiB of a response, or a script's outputs up to their limit. Control
  /// characters are escaped and secrets masked already.
  package var detail: String

  package init(_ outcome: Outcome, code: Int? = nil, detail: String = "") {
    self.outcome = outcome
    self.code = code
    self.detail = detail
  }
}
