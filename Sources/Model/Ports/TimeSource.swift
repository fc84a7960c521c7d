/// Where time comes from. Injected everywhere, so that tests turn it by hand.
package protocol TimeSource: Sendable {
  /// On the timeline that never jumps.
  var now: Moment { get }
  /// On the wall.
  var wall: Timestamp { get }
  /// Returns once `now` has reached `moment`; throws `CancellationError` where the caller was cancelled.
  func sleep(until moment: Moment) async throws
}
