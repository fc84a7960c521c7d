import Foundation
import Synchronization

/// A task API whose every status is sure to be recorded, whatever is killed when: a task goes on only once the same
/// daemon has asked for its status twice, since a daemon asks again only when it has recorded what it saw.
/// Besides, each task goes on at its own times, spread over the run.
final class OutageAPI: Sendable {
  private struct Life {
    var step = 1
    var daemon = ""
    var asked = 0
  }

  private struct State {
    var lives: [String: Life] = [:]
    var begun: ContinuousClock.Instant?
  }

  private let steps: Int
  /// From one status of a task to the next.
  private let interval: Duration
  private let state = Mutex(State())

  /// `duration` is the time over which all tasks go through their `steps` statuses.
  init(steps: Int, over duration: Duration) {
    self.steps = steps
    interval = duration / steps
  }

  /// The tasks begin to move.
  func begin() { state.withLock { $0.begun = .now } }

  /// How many tasks have told their last status.
  var ended: Int { state.withLock { $0.lives.values.count { $0.step == steps } } }

  /// Requests say in `x-life` which daemon sent them.
  func answer(_ request: Server.Request) -> Server.Answer {
    let id = String(request.path.split(separator: "/").last ?? "")
    let step = state.withLock { state in
      var life = state.lives[id] ?? Life()
      let daemon = request.headers["x-life"] ?? ""
      if life.daemon != daemon { (life.daemon, life.asked) = (daemon, 0) }
      if life.asked >= 2, life.step < allowed(id, since: state.begun) {
        (life.step, life.asked) = (life.step + 1, 0)
      }
      life.asked += 1
      state.lives[id] = life
      return life.step
    }
    return Server.Answer(status: 200, body: #"{"id":"\#(id)","status":"\#(Self.status(step, of: steps))"}"#)
  }

  /// How far a task may be by now.
  private func allowed(_ id: String, since begun: ContinuousClock.Instant?) -> Int {
    guard let begun else { return 1 }
    // Where in an interval it goes on; by the digits of its id.
    let place = id.utf8.reduce(0) { ($0 * 31 + Int($1)) % 1000 }
    let elapsed = ContinuousClock.now - begun + interval * place / 1000
    return min(steps, 1 + Int(elapsed / interval))
  }

  /// The status at a step, from 1; the last one is terminal.
  static func status(_ step: Int, of steps: Int) -> String {
    step == steps ? "SUCCEEDED" : ["PENDING", "RUNNING", "THROTTLED"][step % 3]
  }
}
