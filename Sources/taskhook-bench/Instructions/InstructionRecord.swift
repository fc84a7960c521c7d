/// How many instructions a poll may take: the numbers that were counted when somebody last looked at them, in a file of
/// lines `KIND NUMBER` with comments.
struct InstructionRecord: Equatable {
  /// A poll that takes more than so many times the recorded number has become too dear. The counts of two builds of
  /// one source differ by less than a hundredth.
  static let tolerance = 1.15

  private(set) var counts: [ScriptedPolls.Kind: Int] = [:]

  init(_ counts: [ScriptedPolls.Kind: Int]) { self.counts = counts }

  /// Nil where the text is not of that form, or a kind is missing.
  init?(text: String) {
    for line in text.split(separator: "\n") where !line.hasPrefix("#") {
      let words = line.split(separator: " ")
      guard words.count == 2, let kind = ScriptedPolls.Kind(rawValue: String(words[0])),
        let count = Int(words[1]), count > 0, counts.updateValue(count, forKey: kind) == nil
      else { return nil }
    }
    guard counts.count == ScriptedPolls.Kind.allCases.count else { return nil }
  }

  var text: String {
    """
    # Instructions of one poll, without the network: the watcher, the provider and the decision, counted by callgrind.
    # CI fails where they grow by more than \(Self.percentage)%. To take a new number, look why it grew, then:
    #
    #     swift run -c release taskhook-bench instructions --record
    #
    \(ScriptedPolls.Kind.allCases.compactMap { kind in counts[kind].map { "\(kind.rawValue) \($0)" } }
      .joined(separator: "\n"))

    """
  }

  /// What is too dear, a line each.
  func complaints(against standard: InstructionRecord) -> [String] {
    ScriptedPolls.Kind.allCases.compactMap { kind in
      guard let own = counts[kind], let most = standard.counts[kind],
        Double(own) > Double(most) * Self.tolerance
      else { return nil }
      return
        "a poll, \(kind.title): \(own) instructions, more than \(Self.percentage)% over the recorded \(most)"
    }
  }

  private static var percentage: Int { Int((tolerance * 100).rounded()) - 100 }
}

extension ScriptedPolls.Kind {
  var title: String {
    switch self {
    case .differing: "every body differs"
    case .same: "the same body"
    }
  }
}
