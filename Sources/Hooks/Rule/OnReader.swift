import Config
import Model

/// Reads `on`. Its words mean something only beside the sources, so it is read when those are known.
struct OnReader {
  let knowledge: RuleKnowledge

  /// Nil where an error was reported.
  func read(_ node: ConfigNode) -> [EventMatcher]? {
    guard node.kind == .sequence else { return entry(node) }
    let items = node.items.filter { $0.kind != .null }
    if items.isEmpty {
      node.fail("the list is empty", expected: Self.expected)
      return nil
    }
    let entries = items.map(entry)
    let good = entries.compactMap(\.self)
    return good.count == entries.count ? good.flatMap(\.self) : nil
  }

  static let expected =
    "a status or state, done, change, {from: X, to: Y}, {progress: 25%}, an event type, or a list of these"

  private func entry(_ node: ConfigNode) -> [EventMatcher]? {
    switch node.kind {
    case .scalar: word(node)
    case .mapping: mapping(node)
    case .sequence, .null:
      { () -> [EventMatcher]? in
        node.failKind(expected: Self.expected)
        return nil
      }()
    }
  }

  // MARK: Words

  private func word(_ node: ConfigNode) -> [EventMatcher]? {
    guard let text = node.text else { return nil }
    switch text.lowercased() {
    case "done": return [.done]
    case "change": return [.change]
    default: break
    }
    var meanings: [EventMatcher] = []
    if let type = eventType(text) { meanings.append(.type(type)) }
    // An API may have `lost` or `progress` among its statuses: then the word means both.
    if isStatus(text) { meanings.append(.word(StatusWord(text))) }
    if meanings.isEmpty {
      fail(
        node, "is no status of a source, no state and no event type",
        expected: knowledge.expectedStatus + ", done, change, {from: X, to: Y}, {progress: 25%} or "
          + Self.ownWords.joined(separator: ", "),
        among: knowledge.statusWords + ["done", "change"] + Self.ownWords + EventType.all.map(\.name))
      return nil
    }
    return meanings
  }

  /// `task.succeeded` and `source.down` in full, the watcher's own without `task.`; a bare state is a word.
  private func eventType(_ text: String) -> EventType? {
    let name = text.lowercased()
    if let type = EventType(name: name) { return type }
    guard let type = EventType(name: "task." + name), !type.isTransition else { return nil }
    return type
  }

  private func isStatus(_ text: String) -> Bool {
    TaskState(rawValue: text.lowercased()) != nil || knowledge.hasStatus(text)
  }

  /// The watcher's own events as they may be written short.
  private static let ownWords = EventType.all.filter { !$0.isTransition }.map { type in
    type.name.hasPrefix("task.") ? String(type.name.dropFirst(5)) : type.name
  }

  // MARK: Mappings

  private enum Keys {
    static let word = ValueType<ConfigNode>.node(
      summary: "status or state", expected: "a status or state", example: "RUNNING",
      schema: ["type": "string"], kinds: [.scalar])
    static let from = Key("from", word, doc: "The status or state before.")
    static let to = Key("to", word, doc: "The status or state after.")
    static let progress = Key("progress", .percentage, doc: "The step.")
    static let all = [AnyKey(from), AnyKey(to), AnyKey(progress)]
  }

  private func mapping(_ node: ConfigNode) -> [EventMatcher]? {
    guard let section = node.section(of: Keys.all) else { return nil }
    if section.has(Keys.progress) {
      if section.has(Keys.from) || section.has(Keys.to) {
        node.fail("progress cannot stand beside from and to", expected: "two entries of a list")
        return nil
      }
      return section[Keys.progress].map { [.progress(step: $0)] }
    }
    guard section.has(Keys.from) || section.has(Keys.to) else {
      // An unknown key, which is reported, was probably meant to be one of these.
      if node.entries.allSatisfy({ $0.value.kind == .null || Keys.all.map(\.name).contains($0.key) }) {
        node.fail("neither from nor to nor progress stands here", expected: "{from: X, to: Y}")
      }
      return nil
    }
    let from = section[Keys.from].flatMap(status)
    let to = section[Keys.to].flatMap(status)
    // What stands there and could not be read is reported; it must not come to mean "any".
    guard section.has(Keys.from) == (from != nil), section.has(Keys.to) == (to != nil) else { return nil }
    return [.transition(from: from, to: to)]
  }

  private func status(_ node: ConfigNode) -> StatusWord? {
    guard let text = node.text else { return nil }
    if isStatus(text) { return StatusWord(text) }
    fail(
      node, "is no status of a source and no state", expected: knowledge.expectedStatus,
      among: knowledge.statusWords)
    return nil
  }

  private func fail(_ node: ConfigNode, _ message: String, expected: String, among names: [String]) {
    let suggestion = node.isSubstituted ? nil : node.text.flatMap { Nearest.name(to: $0, among: names) }
    node.fail("\(node.shown) \(message)", expected: expected, suggestion: suggestion)
  }
}
