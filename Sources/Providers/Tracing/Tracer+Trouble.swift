import Model

extension Tracer {
  /// The rows of an answer that shows no task.
  func rows(_ reading: PollReading, of response: HTTPResponse) -> [Row] {
    let root = try? JSONDocument(response.body).root
    switch reading {
    case .observed: return []
    case .notFound: return [notFound(response, root)]
    case .gone(let reason):
      let word = root.flatMap { root in rules.goneWord(in: root).map { (path: $0, root: root) } }
      return [
        Row(
          "gone", at: word?.path.description ?? "HTTP \(response.status)",
          value: word.flatMap { $0.path.first(in: $0.root) }.map(shown), as: "asking again will not help",
          note: reason)
      ]
    case .refused(let reason):
      return [Row("http", at: "HTTP \(response.status)", as: "the key does not work", note: reason)]
    case .throttled(let wait):
      return [
        Row(
          "http", at: "HTTP \(response.status)",
          as: wait.map { "asked to wait \($0.seconds) s" } ?? "asked to wait")
      ]
    case .failed(let reason): return [Row("error", as: "asked again later", note: reason)] + error(root)
    case .unreadable(let reason, let hint):
      return [Row("status", note: reason), Row("error", as: "asked again later", note: hint)]
    }
  }

  private func notFound(_ response: HTTPResponse, _ root: JSONSlice?) -> Row {
    let meaning = "the API does not know the id"
    guard let root, root.kind == .object || !rules.items.isEmpty else {
      return Row("not_found", at: "HTTP \(response.status)", as: meaning)
    }
    if let path = rules.notFoundWord(in: root) {
      return Row("not_found", at: "\(path)", value: path.first(in: root).map(shown), as: meaning)
    }
    if (200..<300).contains(response.status) {
      if reader.items(in: root) != nil {
        return Row(
          "not_found", at: rules.items.hit(in: root).map { "\(rules.items[$0.index])" }, as: meaning,
          note: "the id is not among the tasks there, or the API says so of it")
      }
      if let path = rules.nullThatSaysNotFound(in: root) {
        return Row("not_found", at: "\(path)", value: "null", as: meaning)
      }
    }
    return Row("not_found", at: "HTTP \(response.status)", as: meaning)
  }

  /// What the API says of the trouble.
  private func error(_ root: JSONSlice?) -> [Row] {
    guard let root else { return [] }
    return [("error.message", rules.error.message), ("error.code", rules.error.code)].compactMap {
      field, paths in
      if paths.isEmpty { return nil }
      guard let hit = paths.hit(in: root) else {
        return Row(field, note: nothing(at: paths, in: Place(path: nil)))
      }
      return Row(field, at: "\(paths[hit.index])", value: shown(hit.value))
    }
  }
}
