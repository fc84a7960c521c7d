import Model

/// Tells how a reader comes to what it finds, by the same rules.
struct Tracer {
  let rules: ReadRules
  let reader: AnswerReader
  /// Turns what a server says into what may be shown.
  let text: ReasonText

  typealias Row = AnswerTrace.Row

  init(_ reader: AnswerReader) {
    self.reader = reader
    rules = reader.rules
    text = reader.reasons.text
  }

  // MARK: Places

  /// Where an object of an answer stands in it; nil for the whole answer.
  struct Place {
    let path: JSONPath?

    func adding(_ further: JSONPath) -> String { "\(path.map { $0 + further } ?? further)" }
  }

  /// The place of a task object, or of one around it.
  func place(of object: JSONSlice) -> Place {
    let root = object.root
    if object.isSame(as: root) { return Place(path: nil) }
    for path in rules.envelope?.at ?? [] where path.first(in: root)?.isSame(as: object) == true {
      return Place(path: path)
    }
    guard let index = rules.items.hit(in: root)?.index else { return Place(path: nil) }
    let items = rules.items[index]
    guard let container = items.first(in: root) else { return Place(path: nil) }
    for (offset, item) in container.elements.enumerated() {
      if let place = place(of: object, in: item, at: items.element(offset)) { return place }
    }
    for (name, item) in container.members {
      if let place = place(of: object, in: item, at: items.member(name)) { return place }
    }
    return Place(path: nil)
  }

  private func place(of object: JSONSlice, in item: JSONSlice, at path: JSONPath) -> Place? {
    if item.isSame(as: object) { return Place(path: path) }
    let inner = rules.envelope?.at.first { $0.first(in: item)?.isSame(as: object) == true }
    return inner.map { Place(path: path + $0) }
  }

  // MARK: Values

  /// A value as a person may see it.
  func shown(_ value: JSONSlice) -> String {
    switch value.kind {
    case .null: return "null"
    case .bool, .number: return String(decoding: value.bytes.prefix(40), as: UTF8.self)
    case .string: return text.clean(value.string ?? "").map { "\"\($0)\"" } ?? "\"\""
    case .array: return "a list of \(value.elements.reduce(0) { count, _ in count + 1 })"
    case .object:
      let count = value.members.reduce(0) { count, _ in count + 1 }
      return "an object with \(count) member\(count == 1 ? "" : "s")"
    }
  }

  /// `nothing at a, b or c`, the paths as they stand in an object.
  func nothing(at paths: [JSONPath], in place: Place) -> String {
    "nothing at " + Self.alternatives(paths.map(place.adding))
  }

  static func alternatives(_ texts: [String]) -> String {
    guard let last = texts.last, texts.count > 1 else { return texts.first ?? "" }
    return texts.dropLast().joined(separator: ", ") + " or " + last
  }
}
