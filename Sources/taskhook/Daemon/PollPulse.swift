import Model
import Synchronization

/// Whether the poll loop gets on: a timer that rings on the loop's own thread, among the polls. A loop that hangs
/// does not ring.
final class PollPulse: Sendable {
  private struct State {
    var last: Moment?
    var isRunning = false
  }

  private let loop: any HTTPLoop
  private let time: any TimeSource
  private let state = Mutex(State())

  private static let interval: Duration = .seconds(1)
  /// No beat for so long: the loop hangs. A turn of a busy loop takes milliseconds.
  static let patience: Duration = .seconds(10)

  init(loop: any HTTPLoop, time: any TimeSource) {
    self.loop = loop
    self.time = time
  }

  func start() {
    state.withLock { $0 = State(last: time.now, isRunning: true) }
    beat(after: .zero)
  }

  func stop() { state.withLock { $0.isRunning = false } }

  private func beat(after delay: Duration) {
    loop.wake(after: delay) { [weak self] in
      guard let self else { return }
      let goesOn = state.withLock { state in
        state.last = time.now
        return state.isRunning
      }
      if goesOn { beat(after: Self.interval) }
    }
  }

  /// Why the loop does not get on; nil where it does.
  func trouble() -> String? {
    guard let last = state.withLock({ $0.last }) else { return "the poll loop was not started" }
    let silence = time.now - last
    return silence < Self.patience ? nil : "the poll loop has not gone round for \(Span.text(silence))"
  }
}
