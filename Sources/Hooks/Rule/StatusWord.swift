import Model

/// A word of a rule that means a status or a state, in any case: `SUCCEEDED`, `succeeded`, `IN_PROGRESS`.
package struct StatusWord: Sendable, Hashable {
  private let lowercased: String

  package init(_ word: String) { lowercased = word.lowercased() }

  /// Whether a task that stands so is meant. Nil stands for a task never seen before.
  func fits(status: String?, state: TaskState?) -> Bool {
    if let state, state.rawValue == lowercased { return true }
    guard let status else { return false }
    return status == lowercased || status.lowercased() == lowercased
  }
}
