/// What an event tells. The raw value is the type as receivers see it.
package enum EventType: Sendable, Hashable {
  /// A transition to a state: `task.STATE`.
  case task(TaskState)
  case progress, notFound, lost, stalled, timedOut
  /// The outputs of a success were kept; not all of them could be.
  case saved, saveFailed
  case sourceDown, sourceUp
  /// A hook's endpoint fails again and again, or asked to stop; it works again.
  case hookDown, hookUp
  /// A delivery was given up.
  case deliveryDead

  /// All types, in the order of the documentation.
  package static let all: [EventType] =
    TaskState.allCases.map { .task($0) }
    + [
      .progress, .notFound, .lost, .stalled, .timedOut, .saved, .saveFailed, .sourceDown, .sourceUp,
      .hookDown, .hookUp, .deliveryDead,
    ]

  package var name: String {
    switch self {
    case .task(let state): "task.\(state.rawValue)"
    case .progress: "task.progress"
    case .notFound: "task.not_found"
    case .lost: "task.lost"
    case .stalled: "task.stalled"
    case .timedOut: "task.timed_out"
    case .saved: "task.saved"
    case .saveFailed: "task.save_failed"
    case .sourceDown: "source.down"
    case .sourceUp: "source.up"
    case .hookDown: "hook.down"
    case .hookUp: "hook.up"
    case .deliveryDead: "delivery.dead"
    }
  }

  package init?(name: String) {
    guard let type = Self.byName[name] else { return nil }
    self = type
  }

  private static let byName = Dictionary(uniqueKeysWithValues: all.map { ($0.name, $0) })

  /// Whether the event is a change of a task's status.
  package var isTransition: Bool {
    if case .task = self { true } else { false }
  }
}
