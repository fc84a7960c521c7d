import Model

/// Asks the API for the addresses of a task's outputs anew: those in its last answer may have run out.
package protocol OutputRenewer: Sendable {
  /// Polls the task once. Cancelling the caller cancels it.
  func outputs(of task: TaskAddress, source: String) async -> OutputRenewal
}

/// What asking for the outputs of a task anew came to.
package enum OutputRenewal: Sendable, Equatable {
  /// As the task names them now, in its order.
  case outputs([TaskOutput])
  /// Not now: to be asked again later. The reason says why, to follow "and".
  case later(reason: String)
  /// Never: the task is gone, or is no success any more.
  case never(reason: String)
}
