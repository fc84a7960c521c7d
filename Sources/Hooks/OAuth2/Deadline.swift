import Model

/// Work that may take only so long.
enum Deadline {
  /// What the work comes to; nil where the time ran out first, and the work was cancelled.
  static func run<Value: Sendable>(
    within span: Duration, time: any TimeSource,
    _ work: @escaping @Sendable () async throws(CancellationError) -> Value
  ) async throws(CancellationError) -> Value? {
    let end = time.now + span
    let outcome = await withTaskGroup(of: Value?.self, returning: Value?.self) { group in
      group.addTask { try? await work() }
      group.addTask {
        try? await time.sleep(until: end)
        return nil
      }
      // Whichever ends first ends the other. Work that was done all the same counts.
      let first = await group.next() ?? nil
      group.cancelAll()
      let second = await group.next() ?? nil
      return first ?? second
    }
    if outcome == nil, Task.isCancelled { throw CancellationError() }
    return outcome
  }
}
