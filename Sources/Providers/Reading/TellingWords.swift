import Model

// What an answer says of itself and not of the task.

extension ReadRules {
  enum Outcome { case well, badly, untold }

  /// How the request went by the envelope's code.
  func outcome(of root: JSONSlice) -> Outcome {
    guard let envelope, let code = envelope.code.first(in: root) else { return .untold }
    return code.scalarText.map { envelope.fine.contains($0.lowercased()) } == true ? .well : .badly
  }

  /// Where an answer has a word by which the API says that it does not know an id.
  func notFoundWord(in root: JSONSlice) -> JSONPath? { place(of: notFound.words, notFound.at, in: root) }

  /// Where it has one by which the API says that it will never tell of an id.
  func goneWord(in root: JSONSlice) -> JSONPath? { place(of: gone.words, gone.at, in: root) }

  /// Where a null stands in an answer without a task that says that the id is not known: one to a request that went
  /// well, as far as it tells.
  func nullThatSaysNotFound(in root: JSONSlice) -> JSONPath? {
    let hasCode = envelope?.code.isEmpty == false
    guard outcome(of: root) == .well || !hasCode else { return nil }
    return notFound.nullAt.first { $0.first(in: root)?.isNull == true }
  }

  /// Where one of the words stands: where it may, or where a task's status does.
  private func place(of words: WordSet, _ paths: [JSONPath], in root: JSONSlice) -> JSONPath? {
    guard !words.isEmpty else { return nil }
    func isOne(_ value: JSONSlice?) -> Bool { value.map(words.contains) ?? false }
    if let path = paths.first(where: { isOne($0.first(in: root)) }) { return path }
    for outer in envelope?.at ?? [] {
      guard let inner = outer.first(in: root) else { continue }
      if let path = status.first(where: { isOne($0.first(in: inner)) }) { return outer + path }
    }
    return nil
  }
}
