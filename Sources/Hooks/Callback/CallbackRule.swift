import Config
import Model
import Synchronization

/// Which events a task's own webhook is told: `on` of a hook, as it came in through the API.
package struct CallbackRule: Sendable, Equatable {
  let on: [EventMatcher]

  /// `on` where a callback has none: every event that changes what is known of the task's fate. Its progress, and that
  /// it has not changed for long, is told to those who ask for it.
  package static let usualText = #"["change","not_found","lost","timed_out","saved","save_failed"]"#

  /// The same, read.
  static let usual = CallbackRule(
    on: [.change] + [.notFound, .lost, .timedOut, .saved, .saveFailed].map(EventMatcher.type))

  init(on: [EventMatcher]) { self.on = on }

  /// Reads a rule that was checked when its callback came in. Since then the config's sources may have changed, so
  /// every word may be a status now; one that cannot be read at all counts as the usual one.
  init(stored text: String) {
    let reading = CallbackOn.read(Array(text.utf8), knowing: .ofAnyStatus)
    self = if case .success(let reading) = reading { reading.rule } else { Self.usual }
  }

  func fits(_ event: Event) -> Bool { on.contains { $0.fits(event) } }

  var wantsProgress: Bool { on.contains(where: \.wantsProgress) }
}

/// The rules of callbacks by their text, each read once. Most callbacks have one of a few; the others do not fill
/// the memory.
final class CallbackRules: Sendable {
  /// Rules that are kept.
  static let most = 256

  private let known = Mutex<[String: CallbackRule]>([:])

  var count: Int { known.withLock { $0.count } }

  func rule(of callback: TaskCallback) -> CallbackRule {
    if let rule = known.withLock({ $0[callback.on] }) { return rule }
    let rule = CallbackRule(stored: callback.on)
    known.withLock { known in
      if known.count >= Self.most { known.removeAll(keepingCapacity: true) }
      known[callback.on] = rule
    }
    return rule
  }
}
