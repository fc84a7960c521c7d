/// Cuts texts to what a service takes.
enum MarkupCut {
  private static let mark = "…"

  /// `text`, or where it is longer than the limit its beginning, ended by `…`. What is kept ends between two
  /// characters as people see them, never within an entity, an escape or a tag, and tags that are open there are
  /// closed.
  static func cut(_ text: String, to limit: TextLimit, markup: MarkupReader.Markup = .none) -> String {
    if limit.holds(text) { return text }
    let room = limit.count - limit.length(of: mark)
    var reader = MarkupReader(text, markup: markup)
    var used = 0
    var open: [String] = []
    /// Where the text would be cut, and which tags are open there.
    var end = text.startIndex
    var openAtEnd: [String] = []
    while let part = reader.next() {
      switch part {
      case .text(let piece):
        used += limit.length(of: piece)
        if used <= room { end = piece.endIndex }
      case .entity(let piece):
        used += 1
        if used <= room { end = piece.endIndex }
      case .opening(let piece, let name):
        open.append(name)
        if used <= room { end = piece.endIndex }
      case .closing(let piece, let name):
        if let last = open.lastIndex(of: name) { open.removeSubrange(last...) }
        if used <= room { end = piece.endIndex }
      }
      if used <= room { openAtEnd = open }
      if used > limit.count {
        guard room >= 0 else { return "" }
        return text[..<end] + mark + openAtEnd.reversed().map { "</\($0)>" }.joined()
      }
    }
    return text
  }
}
