import YAML

/// A tree on one line, with places: `{a@1:1: 5@1:4}`; quoted scalars in quotes.
func render(_ node: YAMLNode?, places: Bool = true) -> String {
  guard let node else { return "nothing" }
  let place = places ? "@\(node.position)" : ""
  switch node.content {
  case .null: return "null" + place
  case .broken: return "broken" + place
  case .scalar(let scalar):
    let text = scalar.text.replacing("\n", with: "\\n")
    return (scalar.isQuoted ? "\"\(text)\"" : text) + place
  case .sequence(let items):
    return "[" + items.map { render($0, places: places) }.joined(separator: ", ") + "]"
  case .mapping(let entries):
    let shown = entries.map { entry in
      entry.key + (places ? "@\(entry.keyPosition)" : "") + ": " + render(entry.value, places: places)
    }
    return "{" + shown.joined(separator: ", ") + "}"
  }
}

func read(_ text: String, limits: YAMLLimits = YAMLLimits()) -> YAMLDocument {
  YAMLDocument(Array(text.utf8), limits: limits)
}
