/// How a list is read page by page.
struct Paging: Sendable {
  static let limits = 1...1000
  static let standard = 100

  static let parameters: [Operation.Parameter] = [
    .query("order", .words(["newest", "oldest"]), "Which come first; newest where it is left out."),
    .query("limit", .integer(limits, standard: standard), "How many at most."),
    .query("cursor", .text, "`next` of the page before; the order must be the same."),
  ]

  var newestFirst: Bool
  var after: Int64?
  var limit: Int

  init(_ query: Query) throws(Problem) {
    limit = try query.number("limit", in: Self.limits) ?? Self.standard
    var order: Bool?
    switch try query.one("order") {
    case nil: break
    case "newest": order = true
    case "oldest": order = false
    default: throw .badRequest("order must be newest or oldest.")
    }
    if let text = try query.one("cursor") {
      guard let cursor = Cursor(text), order == nil || order == cursor.newestFirst else {
        throw .badRequest("cursor must be the next of a page that was read in the same order.")
      }
      newestFirst = cursor.newestFirst
      after = cursor.row
    } else {
      newestFirst = order ?? true
    }
  }

  /// One more than the page has: it tells whether there is another.
  var asked: Int { limit + 1 }

  /// The page, and the cursor of the next one.
  func page<Element>(_ found: [Element], row: (Element) -> Int64) -> (elements: [Element], next: String?) {
    guard found.count > limit else { return (found, nil) }
    let elements = Array(found.prefix(limit))
    return (elements, Cursor(row: row(elements[limit - 1]), newestFirst: newestFirst).text)
  }
}
