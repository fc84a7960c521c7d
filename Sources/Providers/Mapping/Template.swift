import Config
import Model

/// A text with places in it that are filled for each request: `/v1/tasks/{id}`.
package struct Template: Sendable, Equatable {
  /// What may stand in braces.
  package enum Place: Sendable, Equatable, Hashable {
    /// `{id}`, and with its slashes kept `{+id}`.
    case id, wholeID
    /// `{ids}`: those of a batch.
    case ids
    /// `{api_key}`
    case apiKey
    /// `{NAME}`, and with its slashes kept `{+NAME}`: a parameter of the mapping.
    case parameter(String)
    case wholeParameter(String)
    /// `{task.PATH}`: a field of the task object.
    case task(JSONPath)

    /// Names that no parameter can have.
    static let reserved: Set<String> = ["id", "ids", "api_key", "task"]

    /// The place that a name in braces stands for; nil where it can be none.
    init?(_ name: Substring) {
      switch name {
      case "id": self = .id
      case "+id": self = .wholeID
      case "ids": self = .ids
      case "api_key": self = .apiKey
      case _ where name.hasPrefix("task."):
        guard let path = try? JSONPath(String(name.dropFirst(5))) else { return nil }
        self = .task(path)
      default:
        let isWhole = name.hasPrefix("+")
        let name = String(isWhole ? name.dropFirst() : name)
        guard Self.isName(name), !Self.reserved.contains(name) else { return nil }
        self = isWhole ? .wholeParameter(name) : .parameter(name)
      }
    }

    /// Whether a parameter can be so named.
    static func isName(_ text: String) -> Bool {
      guard let first = text.utf8.first, (97...122).contains(first) else { return false }
      return text.utf8.allSatisfy {
        (97...122).contains($0) || (48...57).contains($0) || $0 == UInt8(ascii: "_")
      }
    }

    /// As it is written, without the braces.
    var name: String {
      switch self {
      case .id: "id"
      case .wholeID: "+id"
      case .ids: "ids"
      case .apiKey: "api_key"
      case .parameter(let name): name
      case .wholeParameter(let name): "+" + name
      case .task(let path): "task.\(path)"
      }
    }

    /// The parameter that is meant.
    var parameter: String? {
      switch self {
      case .parameter(let name), .wholeParameter(let name): name
      default: nil
      }
    }
  }

  package enum Part: Sendable, Equatable {
    case text(String)
    case place(Place)
  }

  /// A `{` that does not close, or a name in braces that can mean nothing.
  package struct SyntaxError: Error, Sendable, Equatable {
    package var message: String
    /// The name, where it is that.
    package var name: String?
  }

  package let parts: [Part]

  package init(_ text: String) throws(SyntaxError) {
    var parts: [Part] = []
    var rest = Substring(text)
    while let open = rest.firstIndex(of: "{") {
      if open > rest.startIndex { parts.append(.text(String(rest[..<open]))) }
      guard let close = rest[open...].firstIndex(of: "}") else {
        throw SyntaxError(message: "a \"{\" is not closed")
      }
      let name = rest[rest.index(after: open)..<close]
      guard let place = Place(name) else {
        throw SyntaxError(message: "\"{\(name)}\" stands for nothing", name: String(name))
      }
      parts.append(.place(place))
      rest = rest[rest.index(after: close)...]
    }
    if !rest.isEmpty { parts.append(.text(String(rest))) }
    self.parts = parts
  }

  package var places: [Place] {
    parts.compactMap { part in
      if case .place(let place) = part { place } else { nil }
    }
  }

  package func names(_ place: Place) -> Bool { parts.contains(.place(place)) }

  /// Whether what stands around its places can be a path, and perhaps a query, after a base URL.
  var isPath: Bool {
    guard case .text(let text)? = parts.first, text.hasPrefix("/"), let filled = filled({ _ in "x" }) else {
      return false
    }
    return WebAddress("https://host" + filled) != nil
  }

  /// Nil where a place stays empty.
  package func filled(_ value: (Place) -> String?) -> String? {
    var text = ""
    for part in parts {
      switch part {
      case .text(let piece): text += piece
      case .place(let place):
        guard let value = value(place) else { return nil }
        text += value
      }
    }
    return text
  }
}
