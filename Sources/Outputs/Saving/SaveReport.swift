import Model

/// What hooks are told of a save that has ended. Pure.
struct SaveReport: Sendable, Equatable {
  /// By their place among the task's outputs.
  var files: [Int: SavedFile] = [:]
  var failures: [Int: String] = [:]
  /// Why nothing was tried.
  var refusal: String?

  /// How many failures a reason names.
  private static let named = 3

  /// - Parameters:
  ///   - success: the event whose outputs they are.
  ///   - count: of outputs.
  func event(of success: Event, count: Int, at time: Timestamp) -> Event {
    let reason = refusal ?? self.reason(count: count)
    return Event(
      type: reason == nil ? .saved : .saveFailed, source: success.source, taskID: success.taskID, sequence: 0,
      timestamp: time, status: success.status, state: success.state, previousStatus: success.status,
      previousState: success.state, progress: success.progress, previousProgress: success.progress,
      labels: success.labels, task: success.task, reason: reason,
      files: files.sorted { $0.key < $1.key }.map(\.value), createdAt: success.createdAt,
      watchedSince: success.watchedSince, callback: success.callback)
  }

  private func reason(count: Int) -> String? {
    if failures.isEmpty { return nil }
    let told = failures.sorted { $0.key < $1.key }.prefix(Self.named).map { failure in
      (count > 1 ? "output \(failure.key + 1) of \(count): " : "") + failure.value
    }
    let more = failures.count - told.count
    return told.joined(separator: "; ") + (more > 0 ? "; and \(more) more" : "")
  }
}
