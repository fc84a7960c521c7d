/// What taskhook makes of a provider's status.
package enum TaskState: String, Sendable, CaseIterable, Codable {
  case pending, throttled, running, succeeded, failed, cancelled, expired, unknown

  /// Whether a task in this state is polled no more.
  package var isTerminal: Bool {
    switch self {
    case .succeeded, .failed, .cancelled, .expired: true
    case .pending, .throttled, .running, .unknown: false
    }
  }
}
