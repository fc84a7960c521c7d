import Synchronization

/// Steps tasks through their statuses in a way that the transitions are known whatever is killed when: a task
/// goes on only once its status was asked for twice by one daemon, as a daemon asks again only when it has
/// recorded what it saw. How far they may go grows with the daemons, so that none finds its work done.
final class Lives: Sendable {
  private struct Life {
    var step = 1
    var daemon = 0
    var asked = 0
  }

  private struct State {
    var daemon = 0
    var share = 0.0
    var lives: [String: Life] = [:]
  }

  private let steps: Int
  private let state = Mutex(State())

  init(steps: Int) { self.steps = steps }

  /// `share` of the steps may be gone until the next one, from 0 to 1.
  func daemonBegins(share: Double) {
    state.withLock { state in
      state.daemon += 1
      state.share = share
    }
  }

  /// How many tasks have told their last status.
  var ended: Int { state.withLock { $0.lives.values.count { $0.step == steps } } }

  func status(of id: String) -> String {
    state.withLock { state in
      var life = state.lives[id] ?? Life()
      if life.daemon != state.daemon { (life.daemon, life.asked) = (state.daemon, 0) }
      let most = min(steps, 2 + Int(state.share * Double(steps - 1)))
      if life.asked >= 2, life.step < most { (life.step, life.asked) = (life.step + 1, 0) }
      life.asked += 1
      state.lives[id] = life
      return Self.status(life.step, of: steps)
    }
  }

  static func status(_ step: Int, of steps: Int) -> String {
    step == steps ? "SUCCEEDED" : ["PENDING", "RUNNING", "THROTTLED"][step % 3]
  }
}
