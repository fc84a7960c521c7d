import Foundation
import Hooks
import Model

/// Attempts that are made to try a hook.
enum Samples {
  /// One of an event that the hook's rule fits: with the label `test=true`, and an id of its own each time, as
  /// receivers discard those they have seen.
  static func attempt(of hook: String, rule: HookRule, sources: [String], at now: Timestamp) -> Attempt {
    let event = SampleEvents.fitting(rule, sources: sources, timestamp: now, labels: ["test": "true"])
    return Attempt(delivery: delivery(of: hook), event: event, number: 1)
  }

  static func delivery(of hook: String) -> String {
    Identity.digest(of: ["test", hook, UUID().uuidString])
  }
}
