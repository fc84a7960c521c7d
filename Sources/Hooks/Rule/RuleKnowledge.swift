import Config
import Model

/// What the rest of the config tells the reader of a rule.
package struct RuleKnowledge: Sendable {
  /// The names of all sources.
  package var sources: [String]
  /// The names of all hooks.
  package var hooks: [String]
  /// The status words of all sources' APIs, as these spell them.
  package var vocabulary: [String]
  /// Whether any word may be a status: the rule was checked before, beside another config.
  private var takesAnyStatus = false

  package init(sources: [String], hooks: [String] = [], vocabulary: [String]) {
    self.sources = sources
    self.hooks = hooks
    self.vocabulary = Array(Set(vocabulary)).sorted()
  }

  static let ofAnyStatus: RuleKnowledge = {
    var knowledge = RuleKnowledge(sources: [], vocabulary: [])
    knowledge.takesAnyStatus = true
    return knowledge
  }()

  /// Whether some source has the status, in any case.
  func hasStatus(_ word: String) -> Bool {
    if takesAnyStatus { return true }
    let word = word.lowercased()
    return vocabulary.contains { $0.lowercased() == word }
  }

  /// All that means a status or state, statuses first.
  var statusWords: [String] { vocabulary + TaskState.allCases.map(\.rawValue) }

  var expectedStatus: String {
    let states = TaskState.allCases.map(\.rawValue).joined(separator: ", ")
    return (vocabulary.isEmpty ? "" : "a status (\(vocabulary.joined(separator: ", "))) or ")
      + "a state (\(states))"
  }
}
