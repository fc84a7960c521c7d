/// What a poll came to, in a word: what is counted.
package enum PollOutcome: String, Sendable, CaseIterable {
  case observed
  /// The same body as the last time.
  case unchanged
  case notFound = "not_found"
  case throttled, refused, failed, unreadable, gone

  package init(_ reading: PollReading, isUnchanged: Bool = false) {
    self =
      switch reading {
      case .observed: isUnchanged ? .unchanged : .observed
      case .notFound: .notFound
      case .throttled: .throttled
      case .refused: .refused
      case .failed: .failed
      case .unreadable: .unreadable
      case .gone: .gone
      }
  }

  /// Whether the API told nothing of the task.
  package var isFailure: Bool {
    switch self {
    case .observed, .unchanged, .notFound, .gone: false
    case .throttled, .refused, .failed, .unreadable: true
    }
  }
}
