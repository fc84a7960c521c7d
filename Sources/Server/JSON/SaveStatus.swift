import Model

/// Where the saving of a task's outputs stands.
package struct SaveStatus: Sendable, Equatable {
  package enum State: String, Sendable, CaseIterable { case pending, saved, failed }

  package var state: State
  /// When it was ordered, or when it ended.
  package var since: Timestamp
  /// How many files were saved so far, and how many there are, where that is known still.
  package var saved: Int
  package var outputs: Int?
  /// Why not all could be saved.
  package var reason: String?

  /// Nil where nothing was to be saved.
  package init?(_ pending: PendingSave?, _ history: [HistoryEntry]) {
    if let pending {
      state = .pending
      since = pending.orderedAt
      saved = pending.files.values.reduce(0) { if case .saved = $1 { $0 + 1 } else { $0 } }
      outputs = pending.outputs.count
    } else {
      guard let last = history.last(where: { $0.event.type == .saved || $0.event.type == .saveFailed })?.event
      else { return nil }
      state = last.type == .saved ? .saved : .failed
      since = last.timestamp
      saved = last.files.count
      reason = last.reason
    }
  }

  package func write(to writer: inout JSONWriter) {
    writer.object { writer in
      writer.member("state", state.rawValue)
      writer.member("since", since.iso8601)
      writer.member("saved", saved)
      writer.member("outputs", outputs)
      writer.member("reason", reason)
    }
  }
}
