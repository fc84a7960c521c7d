/// Where a delivery stands.
package enum DeliveryState: String, Sendable, CaseIterable {
  /// An earlier delivery of the same hook and task comes first.
  case waiting
  /// Due now or at its next attempt.
  case ready
  case delivered
  case dead
}

/// A delivery handed out to be attempted.
package struct ClaimedDelivery: Sendable {
  /// The store's number of the row.
  package var row: Int64
  /// `msg_…`
  package var id: String
  package var event: Event
  /// Attempts made so far, over all replays.
  package var attempts: Int
  /// Attempts made since it was created or last replayed: the place in the retry schedule.
  package var tries: Int

  package init(row: Int64, id: String, event: Event, attempts: Int, tries: Int) {
    self.row = row
    self.id = id
    self.event = event
    self.attempts = attempts
    self.tries = tries
  }
}

/// What a hook's queue got when it asked for work.
package struct Claim: Sendable {
  package var deliveries: [ClaimedDelivery]
  /// When the next delivery beyond these is due; nil where none waits.
  package var nextDue: Moment?

  package init(deliveries: [ClaimedDelivery], nextDue: Moment?) {
    self.deliveries = deliveries
    self.nextDue = nextDue
  }
}

/// What is written after an attempt.
package struct Settlement: Sendable {
  package enum Result: Sendable, Equatable {
    case delivered
    case retry(at: Moment)
    case dead
  }

  package var row: Int64
  package var hook: String
  package var result: Result
  package var attempt: AttemptRecord
  /// What the attempt changed about the whole hook.
  package var hookState: HookState?

  package init(
    row: Int64, hook: String, result: Result, attempt: AttemptRecord, hookState: HookState? = nil
  ) {
    self.row = row
    self.hook = hook
    self.result = result
    self.attempt = attempt
    self.hookState = hookState
  }
}

/// One attempt as it is kept.
package struct AttemptRecord: Sendable, Equatable {
  package var number: Int
  package var at: Timestamp
  package var duration: Duration
  /// nil where the attempt delivered.
  package var error: String?
  package var code: Int?
  package var detail: String

  package init(
    number: Int, at: Timestamp, duration: Duration, error: String?, code: Int?, detail: String
  ) {
    self.number = number
    self.at = at
    self.duration = duration
    self.error = error
    self.code = code
    self.detail = detail
  }
}

/// What is kept about a hook over restarts.
package struct HookState: Sendable, Equatable {
  /// Why the hook is paused until `taskhook resume`; nil where it is not.
  package var paused: String?
  /// No attempt before this moment (Retry-After).
  package var notBefore: Moment?
  /// Why the hook is down: since `hook.down` was told, and until `hook.up` is.
  package var down: String?

  package init(paused: String? = nil, notBefore: Moment? = nil, down: String? = nil) {
    self.paused = paused
    self.notBefore = notBefore
    self.down = down
  }
}
