import Testing

/// Waits until a condition holds that other threads bring about; fails the test after `limit`, which is far more
/// than it takes on a slow machine.
package func eventually(
  within limit: Duration = .seconds(300), _ comment: Comment? = nil,
  sourceLocation: SourceLocation = #_sourceLocation, _ condition: () async throws -> Bool
) async rethrows {
  let deadline = ContinuousClock.now + limit
  while ContinuousClock.now < deadline {
    if try await condition() { return }
    try? await Task.sleep(for: .milliseconds(1))
  }
  Issue.record(comment ?? "it did not come about", sourceLocation: sourceLocation)
}
