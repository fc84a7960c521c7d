extension JSONValue {
  /// The value as YAML on one line, in quotes only where it needs them.
  package var yamlText: String {
    switch self {
    case .string(let text): Self.plain(text) ? text : self.text
    case .array(let items): "[" + items.map(\.yamlText).joined(separator: ", ") + "]"
    case .object(let members):
      "{"
        + members.map { JSONValue.string($0.name).yamlText + ": " + $0.value.yamlText }.joined(
          separator: ", ")
        + "}"
    case .null, .bool, .int: self.text
    }
  }

  /// Whether a text can stand without quotes, even within `[ ]` and `{ }`.
  private static func plain(_ text: String) -> Bool {
    guard let first = text.unicodeScalars.first,
      first.properties.isAlphabetic || first.properties.numericType != nil || first == "/" || first == "."
    else { return false }
    if ["null", "Null", "NULL"].contains(text) || text.hasSuffix(":") || text.hasSuffix(" ") { return false }
    return !text.contains(": ") && !text.contains(" #")
      && text.unicodeScalars.allSatisfy { $0.value >= 0x20 && !",[]{}\"'\\".unicodeScalars.contains($0) }
  }
}
