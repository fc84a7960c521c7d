/// What one poll saw of a task.
package struct Observation: Sendable, Equatable {
  /// The provider's own word, verbatim.
  package var status: String
  package var state: TaskState
  /// From 0 to 1, where the provider tells.
  package var progress: Double?
  /// The provider's task object, byte for byte as it came, unwrapped from an envelope.
  package var task: [UInt8]
  /// When the task was created, where the provider tells.
  package var createdAt: Timestamp?

  package init(
    status: String, state: TaskState, progress: Double? = nil, task: [UInt8], createdAt: Timestamp? = nil
  ) {
    self.status = status
    self.state = state
    self.progress = progress
    self.task = task
    self.createdAt = createdAt
  }
}

/// What an answer of a task API means (SPEC section 5).
package enum PollReading: Sendable, Equatable {
  case observed(Observation)
  /// The API does not know the id.
  case notFound
  /// Asking again will not help: the API says that it will never tell of this id. Watching ends.
  case gone(reason: String)
  /// 401 or 403: the source's credentials do not work.
  case refused(reason: String)
  /// 429: the whole source pauses, for as long as the API asked.
  case throttled(retryAfter: Duration?)
  /// Passing trouble; the task is asked again later.
  case failed(reason: String)
  /// An answer that no task API gives: a redirect, HTML, no JSON, no status. Handled as `failed`, and
  /// `hint` says what to check; logged once.
  case unreadable(reason: String, hint: String)
}
