import Config
import Model

/// What a provider's words for its statuses mean. A word that is not in the table means `unknown`: it is never
/// guessed.
package struct StateTable: ConfigSection {
  private static func key(_ state: TaskState) -> Key<[String], [String]?> {
    Key(
      state.rawValue,
      .oneOrMany(of: ValueType<String>.string.described(example: state.rawValue.uppercased())),
      defaultText: "none",
      doc: "Words for a task that is \(state.rawValue).")
  }

  package static let keys = TaskState.allCases.map { AnyKey(key($0)) }

  /// The words as the API spells them.
  package private(set) var words: [String]
  /// By words in lower case.
  private var states: [String: TaskState]

  package init?(_ section: Section) {
    var words: [String] = []
    var states: [String: TaskState] = [:]
    for state in TaskState.allCases {
      for word in section[Self.key(state)] ?? [] {
        if let other = states.updateValue(state, forKey: word.lowercased()) {
          section.fail(
            at: Self.key(state), "\"\(word)\" is there twice, under \(other.rawValue) and \(state.rawValue)",
            expected: "each word once, in whatever case")
          return nil
        }
        words.append(word)
      }
    }
    self.words = words
    self.states = states
  }

  /// The state a word means, in any case.
  package func state(of word: String) -> TaskState { states[word.lowercased()] ?? .unknown }

  /// Whether a word is in the table, in any case.
  package func knows(_ word: String) -> Bool { states[word.lowercased()] != nil }

  /// With the words of another table, which count where both have one.
  func merged(with other: StateTable) -> StateTable {
    var merged = self
    merged.words += other.words.filter { !knows($0) }
    merged.states.merge(other.states) { _, new in new }
    return merged
  }
}
