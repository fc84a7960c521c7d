import Model

/// The moments at which a source is asked that tells of many tasks in one answer: whole steps from its start. Tasks
/// that are due at the same moments share requests, so that a hundred of them cost one poll. Pure.
struct PollGrid: Sendable {
  private let origin: Int64
  private let step: Int64

  /// `step` is the shortest time between two polls of one task.
  init(origin: Moment, step: Duration) {
    self.origin = origin.nanoseconds
    self.step = max(1, step.nanoseconds)
  }

  /// When a task is due again that was due at `due` and is to wait for `wait`. Waits are rounded up to whole steps. A
  /// poll that came long after its time, or out of step, counts from the next step on: no task is asked more often
  /// than once a step.
  func next(after due: Moment, wait: Duration, now: Moment) -> Moment {
    // An alarm rings a little late each time; that must not add up to steps.
    let isInStep = now - due < .nanoseconds(step / 4)
    let from = roundedUp((isInStep ? due : now).nanoseconds)
    let steps = max(1, (wait.nanoseconds + step - 1) / step)
    return max(Moment(nanoseconds: from + steps * step), now)
  }

  private func roundedUp(_ moment: Int64) -> Int64 {
    let past = moment - origin
    return origin + (past + step - 1) / step * step
  }
}
