/// A text with places in it that are filled for each request: `/v1/tasks/{id}`.
package struct Template: Sendable, Equatable {
  /// The names that may stand in braces.
  package enum Place: String, Sendable, CaseIterable {
    case id
    case apiKey = "api_key"
  }

  private enum Part: Sendable, Equatable {
    case text(String)
    case place(Place)
  }

  /// A `{` that does not close, or a name in braces that means nothing.
  package struct SyntaxError: Error, Sendable, Equatable {
    package var message: String
  }

  private let parts: [Part]

  package init(_ text: String) throws(SyntaxError) {
    var parts: [Part] = []
    var rest = Substring(text)
    while let open = rest.firstIndex(of: "{") {
      if open > rest.startIndex { parts.append(.text(String(rest[..<open]))) }
      guard let close = rest[open...].firstIndex(of: "}") else {
        throw SyntaxError(message: "a \"{\" is not closed")
      }
      let name = String(rest[rest.index(after: open)..<close])
      guard let place = Place(rawValue: name) else {
        throw SyntaxError(message: "\"{\(name)}\" stands for nothing")
      }
      parts.append(.place(place))
      rest = rest[rest.index(after: close)...]
    }
    if !rest.isEmpty { parts.append(.text(String(rest))) }
    self.parts = parts
  }

  package func names(_ place: Place) -> Bool { parts.contains(.place(place)) }

  package func filled(_ value: (Place) -> String) -> String {
    var text = ""
    for part in parts {
      switch part {
      case .text(let piece): text += piece
      case .place(let place): text += value(place)
      }
    }
    return text
  }
}
