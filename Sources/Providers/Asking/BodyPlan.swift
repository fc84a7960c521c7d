import Model

/// The body of a request as bytes, with gaps for what differs from task to task.
struct BodyPlan: Sendable {
  private enum Part: Sendable {
    case bytes([UInt8])
    /// The id within a text.
    case id
    /// The ids within a text, parted by commas.
    case ids
    /// The ids as an array of texts.
    case list
  }

  private var parts: [Part] = []

  /// - Parameter parameters: What stands for names in braces; other such names are texts.
  init(_ tree: BodyTree, parameters: [String: String]) {
    add(tree, parameters)
  }

  /// The body that asks for tasks; those with one id in them are asked for the first.
  func filled(_ tasks: [TaskAddress]) -> [UInt8] {
    var body: [UInt8] = []
    for part in parts {
      switch part {
      case .bytes(let bytes): body += bytes
      case .id: body += Self.escaped(tasks[0].id)
      case .ids: body += Self.escaped(tasks.map(\.id).joined(separator: ","))
      case .list:
        var writer = JSONWriter()
        writer.array { writer in for task in tasks { writer.string(task.id) } }
        body += writer.bytes
      }
    }
    return body
  }

  private mutating func add(_ tree: BodyTree, _ parameters: [String: String]) {
    switch tree {
    case .fixed(let json): add(json)
    case .text(let pieces): add(BodyTree.parts(of: pieces), parameters)
    case .list(let items):
      add("[")
      for (index, item) in items.enumerated() {
        if index > 0 { add(",") }
        add(item, parameters)
      }
      add("]")
    case .object(let entries):
      add("{")
      for (index, entry) in entries.enumerated() {
        if index > 0 { add(",") }
        add("\"" + String(decoding: Self.escaped(entry.key), as: UTF8.self) + "\":")
        add(entry.value, parameters)
      }
      add("}")
    }
  }

  private mutating func add(_ text: [Template.Part], _ parameters: [String: String]) {
    if text == [.place(.ids)] { return parts.append(.list) }
    add("\"")
    for part in text {
      switch part {
      case .text(let text): add(Self.escaped(text))
      case .place(.id), .place(.wholeID): parts.append(.id)
      case .place(.ids): parts.append(.ids)
      case .place(let place):
        add(Self.escaped(place.parameter.flatMap { parameters[$0] } ?? "{\(place.name)}"))
      }
    }
    add("\"")
  }

  private mutating func add(_ text: String) { add(Array(text.utf8)) }

  private mutating func add(_ bytes: [UInt8]) {
    if case .bytes(let last)? = parts.last {
      parts[parts.count - 1] = .bytes(last + bytes)
    } else {
      parts.append(.bytes(bytes))
    }
  }

  /// A text as it stands within the quotes of a JSON string.
  private static func escaped(_ text: String) -> ArraySlice<UInt8> {
    var writer = JSONWriter()
    writer.string(text)
    return writer.bytes.dropFirst().dropLast()
  }

  private mutating func add(_ bytes: ArraySlice<UInt8>) { add(Array(bytes)) }
}
