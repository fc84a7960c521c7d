import Config
import Model

/// The body of a request as it stands in a mapping, to be sent as JSON. Its texts may have places in braces; a `{` that
/// begins none is a brace.
package indirect enum BodyTree: Sendable {
  /// A number, a boolean or null as JSON.
  case fixed([UInt8])
  /// A text; what `${…}` put in is never read as a place.
  case text([TextPiece])
  case list([BodyTree])
  case object([(key: String, value: BodyTree)])

  /// Reads a node; nil where an error was reported.
  init?(_ node: ConfigNode) {
    switch node.kind {
    case .null: self = .fixed(Array("null".utf8))
    case .scalar:
      guard let text = node.text else { return nil }
      if !node.isQuoted, !node.isSubstituted, let json = CoreSchema.json(of: text) {
        self = .fixed(Array(json.utf8))
        return
      }
      self = .text(node.pieces)
      if places.contains(.apiKey) {
        node.fail("the key is sent in headers alone", expected: "a text without {api_key}")
        return nil
      }
    case .sequence:
      let items = node.items.map { BodyTree($0) }
      if items.contains(where: { $0 == nil }) { return nil }
      self = .list(items.compactMap(\.self))
    case .mapping:
      let values = node.entries.map { BodyTree($0.value) }
      if values.contains(where: { $0 == nil }) { return nil }
      self = .object(zip(node.entries, values.compactMap(\.self)).map { (key: $0.key, value: $1) })
    }
  }

  /// What may be a place in its texts; names of no parameter among them are texts.
  var places: [Template.Place] {
    switch self {
    case .fixed: []
    case .text(let pieces): Self.parts(of: pieces).compactMap(\.place)
    case .list(let items): items.flatMap(\.places)
    case .object(let entries): entries.flatMap(\.value.places)
    }
  }

  /// A text in its parts.
  static func parts(of pieces: [TextPiece]) -> [Template.Part] {
    pieces.flatMap { piece -> [Template.Part] in
      guard case .literal(let text) = piece else { return [.text(piece.text)] }
      return parts(of: text)
    }
  }

  private static func parts(of text: String) -> [Template.Part] {
    var parts: [Template.Part] = []
    var start = text.startIndex
    var at = text.startIndex
    while let open = text[at...].firstIndex(of: "{") {
      at = text.index(after: open)
      guard let close = text[at...].firstIndex(of: "}"), let place = Template.Place(text[at..<close]) else {
        continue
      }
      if start < open { parts.append(.text(String(text[start..<open]))) }
      parts.append(.place(place))
      at = text.index(after: close)
      start = at
    }
    if start < text.endIndex { parts.append(.text(String(text[start...]))) }
    return parts
  }
}

extension Template.Part {
  fileprivate var place: Template.Place? {
    if case .place(let place) = self { place } else { nil }
  }
}

extension ValueType where Value == BodyTree {
  /// A mapping or a list that is sent as JSON.
  static var bodyTree: ValueType<BodyTree> {
    .custom(
      "a mapping or a list, sent as JSON", summary: "tree", example: "{task_id: \"{id}\"}",
      schema: ["type": ["object", "array"]], kinds: [.mapping, .sequence]
    ) { BodyTree($0) }
  }
}
