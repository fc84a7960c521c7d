import Model
import Testing

extension Bench {
  /// Records the success of a task with the outputs that are to be saved; answers the event.
  @discardableResult
  func succeed(
    _ record: TaskRecord, hooks: [String] = [], save outputs: [TaskOutput]?, holds: Bool = false
  ) async throws -> Event {
    let (after, event) = transition(record, to: .succeeded)
    let order = outputs.map { SaveOrder(outputs: $0, holds: holds) }
    try await store.commit([.task(after, [BoundEvent(event, hooks: hooks, save: order)])])
    return event
  }

  func pendingSave() async throws -> PendingSave {
    let saves = try await store.pendingSaves(after: 0, limit: 9)
    #expect(saves.count == 1)
    return try #require(saves.first)
  }

  /// Ends a save with what the copies' keeper makes of it.
  func settle(
    _ save: PendingSave, _ type: EventType = .saved, hooks: [String] = [], files: [SavedFile]
  ) async throws -> BoundEvent? {
    let success = save.event
    let event = Event(
      type: type, source: success.source, taskID: success.taskID, sequence: 0, timestamp: time.wall,
      status: success.status, state: success.state, labels: success.labels, task: success.task,
      reason: type == .saved ? nil : "output 1: 404", files: files)
    return try await store.settle(
      SaveSettlement(row: save.row, orderedAt: save.orderedAt, event: BoundEvent(event, hooks: hooks)))
  }
}

extension TaskOutput {
  static let samples = [
    TaskOutput(url: "https://cdn.example/a.mp4?sig=1"),
    TaskOutput(url: "https://api.example/v1/a/content", isOwn: true),
  ]
}

extension SavedFile {
  /// The copy of one of the samples.
  static func sample(_ place: Int, _ path: String? = nil) -> SavedFile {
    SavedFile(
      url: TaskOutput.samples[place].url, path: path ?? "/out/a/\(place).mp4", bytes: 1000 + Int64(place),
      sha256: String(repeating: "ab", count: 32), contentType: place == 0 ? "video/mp4" : nil)
  }
}
