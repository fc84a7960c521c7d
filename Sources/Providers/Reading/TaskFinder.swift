import Model

/// The task object of an answer, looked for inside its envelope.
struct FoundTask {
  /// The object that is the task, and those around it, from the outermost in.
  let task: JSONSlice
  let around: [JSONSlice]
  /// The word that counts: the task's own, or a terminal one of an object around it that disagrees.
  let status: String
  let state: TaskState
  /// Where that word is from.
  let source: StatusWord.Source
  /// The object that says it: the task, or one of those around it.
  let teller: JSONSlice

  /// The task and the objects around it, from the innermost out.
  var fromWithin: [JSONSlice] { around.isEmpty ? [task] : [task] + around.reversed() }
}

/// The status of one object of an answer.
struct StatusWord {
  let text: String
  let source: Source

  /// What of the mapping gave it, by its place in its list.
  enum Source: Equatable {
    case path(Int)
    /// A case's own word.
    case rule(Int)
    /// What stands where a case says.
    case rulePath(Int, Int)
  }
}

/// Why an answer shows no task.
enum NoTask: Error {
  case noStatus
  /// There is a status, but none that can be used.
  case badStatus(String)
}

extension ReadRules {
  /// Longest status taken, in characters. The longest known has 16.
  static let longestStatus = 200

  private typealias Level = (object: JSONSlice, word: StatusWord?)

  /// Finds the innermost object with a status, and settles which status counts.
  /// - Parameter isItem: Whether it is one of several tasks of an answer: what an envelope says of the request is
  ///   not in it.
  func task(in root: JSONSlice, _ exchange: Exchange, isItem: Bool = false) throws(NoTask) -> FoundTask {
    var levels: [Level] = [(root, try? word(of: root, exchange))]
    if let envelope, isEnvelope(root, envelope, word: levels[0].word?.text) {
      if !isItem, let word = levels[0].word, envelope.notStatus.contains(word.text) { levels[0].word = nil }
      for path in envelope.at {
        guard let object = path.first(in: root), object.kind == .object else { continue }
        levels.append((object, try? word(of: object, exchange)))
      }
    }
    if let found = settled(levels) { return found }
    if let word = wordOfLack(levels, root, exchange) {
      levels[levels.count - 1].word = word
      if let found = settled(levels) { return found }
    }
    // Tell what is wrong with the status nearest to where it should be.
    for level in levels.reversed() { _ = try word(of: level.object, exchange) }
    throw .noStatus
  }

  /// The same once the answer to the second request has become a part of the task: it may say more of the status
  /// than the task did before.
  func task(_ found: FoundTask, with result: JSONSlice, _ exchange: Exchange) -> FoundTask {
    var levels: [Level] = found.around.map { ($0, try? word(of: $0, exchange)) }
    levels.append((result, try? word(of: result, exchange)))
    return settled(levels)
      ?? FoundTask(
        task: result, around: found.around, status: found.status, state: found.state, source: found.source,
        teller: found.teller)
  }

  private func settled(_ levels: [Level]) -> FoundTask? {
    guard let innermost = levels.lastIndex(where: { $0.word != nil }), let own = levels[innermost].word else {
      return nil
    }
    let state = states.state(of: own.text)
    let task = levels[innermost].object
    func found(_ word: StatusWord, _ state: TaskState, by teller: JSONSlice) -> FoundTask {
      FoundTask(
        task: task, around: levels[..<innermost].map(\.object), status: word.text, state: state,
        source: word.source, teller: teller)
    }
    for level in levels[..<innermost] {
      guard let word = level.word else { continue }
      let outer = states.state(of: word.text)
      if outer.isTerminal, outer != state { return found(word, outer, by: level.object) }
    }
    return found(own, state, by: task)
  }

  /// Whether the outermost object is wrapped around the task rather than the task itself, which may well have a
  /// member of the same name.
  private func isEnvelope(_ root: JSONSlice, _ envelope: EnvelopeRules, word: String?) -> Bool {
    if word == nil || envelope.code.first(in: root) != nil { return true }
    return envelope.at.contains { path in
      guard let inner = path.first(in: root), inner.kind == .object else { return false }
      return id.first(in: inner) != nil && status.first(in: inner) != nil
    }
  }

  // MARK: The status of one object

  /// The status of one object; nil where it has none.
  private func word(of object: JSONSlice, _ exchange: Exchange) throws(NoTask) -> StatusWord? {
    for index in cases.indices where !cases[index].isNegative {
      if let word = word(ofCase: index, object, exchange) { return word }
    }
    if exchange.isNamed { return nil }
    guard let hit = status.hit(in: object) else { return nil }
    return StatusWord(text: try word(hit.value), source: .path(hit.index))
  }

  private func word(ofCase index: Int, _ object: JSONSlice, _ exchange: Exchange) -> StatusWord? {
    let rule = cases[index]
    if exchange.isNamed, rule.http.isEmpty { return nil }
    guard rule.fits(object, exchange) else { return nil }
    if let word = rule.status { return StatusWord(text: word, source: .rule(index)) }
    guard let hit = rule.statusAt.hit(in: object), let word = try? word(hit.value) else { return nil }
    return StatusWord(text: word, source: .rulePath(index, hit.index))
  }

  /// What the lack of a status means for the innermost object, unless the answer tells of an error.
  private func wordOfLack(_ levels: [Level], _ root: JSONSlice, _ exchange: Exchange) -> StatusWord? {
    guard !exchange.isNamed, let innermost = levels.last, cases.contains(where: \.isNegative),
      outcome(of: root) != .badly, error.at.first(in: root) == nil
    else { return nil }
    for index in cases.indices where cases[index].isNegative {
      if let word = word(ofCase: index, innermost.object, exchange) { return word }
    }
    return nil
  }

  /// A status as it stands in an answer. Numbers and booleans are taken where the mapping has a word for them.
  private func word(_ value: JSONSlice) throws(NoTask) -> String {
    guard let word = value.string else {
      if let spelling = value.scalarText, states.knows(spelling) { return spelling }
      throw .badStatus("its status is \(Self.name(of: value.kind))")
    }
    // Nearly all of them are of ASCII; whole characters are dear to ask.
    if !word.isEmpty, word.utf8.count <= Self.longestStatus,
      word.utf8.allSatisfy({ (0x21...0x7E).contains($0) })
    {
      return word
    }
    if word.allSatisfy(\.isWhitespace) { throw .badStatus("its status is empty") }
    if word.unicodeScalars.count > Self.longestStatus {
      throw .badStatus("its status has more than \(Self.longestStatus) characters")
    }
    if word.unicodeScalars.contains(where: ReasonText.isUnprintable) {
      throw .badStatus("its status has control characters in it")
    }
    return word
  }

  static func name(of kind: JSONSlice.Kind) -> String {
    switch kind {
    case .null: "null"
    case .bool: "true or false"
    case .number: "a number"
    case .string: "a text"
    case .array: "an array"
    case .object: "an object"
    }
  }
}
