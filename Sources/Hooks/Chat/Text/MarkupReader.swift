/// Reads a text with a service's markup in it, in parts that must not be cut in two: a character as people see it,
/// an entity, an escape, a tag.
struct MarkupReader {
  /// What a text may hold beside its characters.
  enum Markup: Sendable {
    case none
    /// Entities, and tags that the service takes away before it counts (Telegram counts "after entities parsing").
    case html
    /// Entities, and `<…>` for links and mentions; both count as they are written.
    case slack
    /// A backslash before a character.
    case markdown
  }

  enum Part: Sendable, Equatable {
    /// Shown or counted as it stands.
    case text(Substring)
    /// One character, however it is spelt.
    case entity(Substring)
    /// `<b>` or `<a href="…">`; its name in lower case.
    case opening(Substring, name: String)
    case closing(Substring, name: String)
  }

  private let markup: Markup
  private var rest: Substring.UnicodeScalarView

  init(_ text: String, markup: Markup) {
    self.markup = markup
    rest = Substring(text).unicodeScalars
  }

  /// The next part; nil at the end.
  mutating func next() -> Part? {
    guard let first = rest.first else { return nil }
    switch (markup, first) {
    case (.html, "&"), (.slack, "&"):
      if let entity = taken(through: ";", within: 12) {
        return markup == .html ? .entity(entity) : .text(entity)
      }
    case (.slack, "<"):
      // The longest that Slack reads as one: an address of 3000 characters and its label.
      if let link = taken(through: ">", within: 4096) { return .text(link) }
    case (.html, "<"):
      if let tag = taken(through: ">", within: 4096) { return Self.tag(tag) }
    case (.markdown, "\\"):
      var escaped = rest.dropFirst()
      if !escaped.isEmpty {
        Self.skipCharacter(&escaped)
        return .text(take(upTo: escaped.startIndex))
      }
    default: break
    }
    var after = rest
    Self.skipCharacter(&after)
    return .text(take(upTo: after.startIndex))
  }

  private mutating func take(upTo end: String.Index) -> Substring {
    defer { rest = rest[end...] }
    return Substring(rest[..<end])
  }

  /// Takes all up to the first `end`, where that stands within so many scalars and before a line break.
  private mutating func taken(through end: Unicode.Scalar, within longest: Int) -> Substring? {
    var place = rest.startIndex
    for _ in 0..<longest {
      guard place < rest.endIndex, rest[place] != "\n" else { return nil }
      let isEnd = rest[place] == end
      place = rest.index(after: place)
      if isEnd { return take(upTo: place) }
    }
    return nil
  }

  private static func skipCharacter(_ view: inout Substring.UnicodeScalarView) {
    let text = Substring(view)
    view = view[text.index(after: text.startIndex)...]
  }

  private static func tag(_ text: Substring) -> Part {
    let inner = text.dropFirst().dropLast()
    let isClosing = inner.first == "/"
    let name = inner.drop { $0 == "/" }.prefix { $0.isLetter || $0.isNumber || $0 == "-" }.lowercased()
    return isClosing ? .closing(text, name: name) : .opening(text, name: name)
  }
}
