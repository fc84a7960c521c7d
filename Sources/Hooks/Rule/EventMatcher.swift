import Model

/// One entry of a hook's `on`.
package enum EventMatcher: Sendable, Hashable {
  /// A transition to a status or state.
  case word(StatusWord)
  /// A transition to any terminal state: `done`.
  case done
  /// Any transition: `change`.
  case change
  /// A transition from one status or state to another; nil for any.
  case transition(from: StatusWord?, to: StatusWord?)
  /// Progress that passes a multiple of this step, above 0 and at most 1.
  case progress(step: Double)
  /// Events of one type.
  case type(EventType)

  package func fits(_ event: Event) -> Bool {
    switch self {
    case .type(let type): return event.type == type
    case .progress(let step):
      return event.type == .progress && Self.passes(step, from: event.previousProgress, to: event.progress)
    case .change: return event.type.isTransition
    case .done: return event.type.isTransition && event.state?.isTerminal == true
    case .word(let word):
      return event.type.isTransition && word.fits(status: event.status, state: event.state)
    case .transition(let from, let to):
      return event.type.isTransition
        && from?.fits(status: event.previousStatus, state: event.previousState) ?? true
        && to?.fits(status: event.status, state: event.state) ?? true
    }
  }

  /// Whether the entry could fit a progress event.
  var wantsProgress: Bool {
    switch self {
    case .progress, .type(.progress): true
    case .word, .done, .change, .transition, .type: false
    }
  }

  /// Whether a multiple of `step` lies above `previous`, none at all counting as 0, and not above `current`.
  /// Progress that falls passes nothing.
  static func passes(_ step: Double, from previous: Double?, to current: Double?) -> Bool {
    guard let current, step > 0 else { return false }
    return multiples(of: step, in: current) > multiples(of: step, in: max(previous ?? 0, 0))
  }

  /// Progress comes as decimals that a Double only nears: 0.3 / 0.1 is 2.9999999999999996.
  private static func multiples(of step: Double, in progress: Double) -> Double {
    (progress / step + 1e-9).rounded(.down)
  }
}
