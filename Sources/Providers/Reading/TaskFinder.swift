import Model

/// The task object of an answer, looked for inside its envelope.
struct FoundTask {
  /// The object that is the task, and those around it, from the outermost in.
  let task: JSONSlice
  let around: [JSONSlice]
  /// The word that counts: the task's own, or a terminal one of an object around it that disagrees.
  let status: String
  let state: TaskState
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

  /// Finds the innermost object with a status, and settles which status counts.
  func task(in root: JSONSlice) throws(NoTask) -> FoundTask {
    var levels = [(object: root, word: try? word(of: root))]
    if let envelope, isEnvelope(root, envelope, word: levels[0].word) {
      if let word = levels[0].word, envelope.notStatus.contains(word) { levels[0].word = nil }
      for path in envelope.at {
        guard let object = path.first(in: root), object.kind == .object else { continue }
        levels.append((object, try? word(of: object)))
      }
    }
    guard let innermost = levels.lastIndex(where: { $0.word != nil }), let own = levels[innermost].word
    else {
      // Tell what is wrong with the status nearest to where it should be.
      for level in levels.reversed() { try refuseBadStatus(of: level.object) }
      throw .noStatus
    }
    let state = states.state(of: own)
    let around = levels[..<innermost]
    for level in around {
      guard let word = level.word else { continue }
      let outer = states.state(of: word)
      if outer.isTerminal, outer != state {
        return FoundTask(
          task: levels[innermost].object, around: around.map(\.object), status: word, state: outer)
      }
    }
    return FoundTask(
      task: levels[innermost].object, around: around.map(\.object), status: own, state: state)
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

  /// The status of one object; nil where it has none.
  private func word(of object: JSONSlice) throws(NoTask) -> String? {
    guard let value = status.first(in: object) else { return nil }
    guard let word = value.string else { throw .badStatus("its status is \(Self.name(of: value.kind))") }
    if word.allSatisfy(\.isWhitespace) { throw .badStatus("its status is empty") }
    if word.unicodeScalars.count > Self.longestStatus {
      throw .badStatus("its status has more than \(Self.longestStatus) characters")
    }
    if word.unicodeScalars.contains(where: ReasonText.isUnprintable) {
      throw .badStatus("its status has control characters in it")
    }
    return word
  }

  private func refuseBadStatus(of object: JSONSlice) throws(NoTask) { _ = try word(of: object) }

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
