/// How one attempt ended (SPEC section 6).
package enum Outcome: Sendable, Equatable {
  case delivered
  /// Again later. `after` is the least wait the receiver asked for; it holds for the whole hook.
  case retry(reason: String, after: Duration? = nil)
  /// Never again.
  case dead(reason: String)
  /// 410: never again, and the hook is paused until `taskhook resume`.
  case gone(reason: String)

  /// The outcome with its reason in other words.
  package func mapReason(_ change: (String) -> String) -> Outcome {
    switch self {
    case .delivered: .delivered
    case .retry(let reason, let after): .retry(reason: change(reason), after: after)
    case .dead(let reason): .dead(reason: change(reason))
    case .gone(let reason): .gone(reason: change(reason))
    }
  }
}

/// One delivery on its way through a hook.
package struct Attempt: Sendable {
  /// The delivery's id, `msg_…`; of a digest one of its own.
  package var delivery: String
  package var message: Message
  /// Counts from 1, over replays too.
  package var number: Int

  package init(delivery: String, message: Message, number: Int) {
    self.delivery = delivery
    self.message = message
    self.number = number
  }

  package init(delivery: String, event: Event, number: Int) {
    self.init(delivery: delivery, message: .event(event), number: number)
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
  /// The least wait before the hook's next attempt, whatever became of this one: the receiver told that
  /// nothing is left of its budget for so long.
  package var pause: Duration?

  package init(_ outcome: Outcome, code: Int? = nil, detail: String = "", pause: Duration? = nil) {
    self.pause = pause
    self.outcome = outcome
    self.code = code
    self.detail = detail
  }
}
