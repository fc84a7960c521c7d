/// Where a delivery stands.
package enum DeliveryState: String, Sendable, CaseIterable {
  /// The task's outputs are saved first.
  case held
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

/// How much of their tasks claimed deliveries bring along.
package enum ClaimedBodies: Sendable, Equatable {
  /// Every event has its task object. The claim ends before these add up to more than so many bytes, but has one
  /// delivery at least.
  case all(bytes: Int)
  /// Only the first so many events have theirs.
  case first(Int)
}

/// What a hook's queue got when it asked for work.
package struct Claim: Sendable {
  package var deliveries: [ClaimedDelivery]
  /// How many were due, up to the limit: more than `deliveries` where these ended at their bytes.
  package var due: Int
  /// When the next delivery beyond these is due; nil where none waits.
  package var nextDue: Moment?

  package init(deliveries: [ClaimedDelivery], due: Int? = nil, nextDue: Moment?) {
    self.deliveries = deliveries
    self.due = due ?? deliveries.count
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
  /// Events of the hook that the attempt gives cause for. The store gives them their sequence.
  package var events: [BoundEvent]

  package init(
    row: Int64, hook: String, result: Result, attempt: AttemptRecord, hookState: HookState? = nil,
    events: [BoundEvent] = []
  ) {
    self.row = row
    self.hook = hook
    self.result = result
    self.attempt = attempt
    self.hookState = hookState
    self.events = events
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
