/// Reads HTML as Telegram does: what is shown, and what it would refuse.
struct HTMLReading {
  private(set) var text = ""
  private(set) var problems: [String] = []

  init(_ html: String, tags: Set<String>) {
    var open: [String] = []
    var rest = html.unicodeScalars[...]
    while let scalar = rest.popFirst() {
      switch scalar {
      case "&":
        let end = rest.firstIndex(of: ";")
        let name = end.map { String(rest[..<$0]) } ?? ""
        guard let end, let meant = ["lt": "<", "gt": ">", "amp": "&", "quot": "\""][name] else {
          problems.append("a bare & before \(String(rest.prefix(10)))")
          continue
        }
        text += meant
        rest = rest[rest.index(after: end)...]
      case "<":
        guard let end = rest.firstIndex(of: ">") else {
          problems.append("a tag that does not end")
          return
        }
        let tag = String(rest[..<end])
        rest = rest[rest.index(after: end)...]
        let name = String(tag.drop { $0 == "/" }.prefix { $0.isLetter || $0.isNumber })
        if !tags.contains(name) { problems.append("the tag \(name)") }
        if tag.hasPrefix("/") {
          if open.popLast() != name { problems.append("</\(name)> closes another") }
        } else {
          open.append(name)
        }
      case ">": problems.append("a bare >")
      default: text.unicodeScalars.append(scalar)
      }
    }
    if !open.isEmpty { problems.append("\(open) stay open") }
  }
}
