import Model

/// Where the saving of a task's outputs stands.
struct SaveReport {
  enum State: String { case pending, saved, failed }

  var state: State
  /// When it was ordered, or when it ended.
  var since: Timestamp
  /// How many files were saved so far, and how many there are, where that is known still.
  var saved: Int
  var outputs: Int?
  /// Why not all could be saved.
  var reason: String?

  init(state: State, since: Timestamp, saved: Int, outputs: Int?, reason: String?) {
    self.state = state
    self.since = since
    self.saved = saved
    self.outputs = outputs
    self.reason = reason
  }

  /// Nil where nothing was to be saved.
  init?(_ pending: PendingSave?, _ history: [HistoryEntry]) {
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

  var line: String {
    let files = saved == 1 ? "1 file" : "\(saved) files"
    return switch state {
    case .pending: "being saved, \(saved) of \(outputs ?? saved) so far, since \(since.iso8601)"
    case .saved: "saved, \(files)"
    case .failed: "not all saved, \(files): \(Printable.line(reason ?? "no reason is known"))"
    }
  }

  func write(to writer: inout JSONWriter) {
    writer.object { writer in
      writer.key("state")
      writer.string(state.rawValue)
      writer.key("since")
      writer.string(since.iso8601)
      writer.key("saved")
      writer.number(saved)
      writer.key("outputs")
      if let outputs { writer.number(outputs) } else { writer.null() }
      writer.key("reason")
      writer.string(reason)
    }
  }
}
