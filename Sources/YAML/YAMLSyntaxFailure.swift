/// What libyaml says of a text that it cannot read, to be put in words for the person who wrote the file.
/// The phrases are those of libyaml 0.2.5, `scanner.c` and `parser.c`.
struct YAMLSyntaxFailure {
  /// What is wrong.
  var problem: String
  var place: TextPosition
  /// What was being read: `while scanning a quoted scalar`; may be empty.
  var context: String
  /// Where that began.
  var contextPlace: TextPosition

  func explained(in text: YAMLText) -> YAMLError {
    if let tab = tabInIndentation(text) {
      return YAMLError("a tab cannot indent YAML; use spaces", at: tab)
    }
    if let explanation = ofOpenCollection(text) ?? ofScalar(text) ?? ofStructure(text) { return explanation }
    return YAMLError(context.isEmpty ? problem : "\(problem), \(context)", at: place)
  }

  /// A tab among the white space that begins the line.
  private func tabInIndentation(_ text: YAMLText) -> TextPosition? {
    var column = 1
    for scalar in text.line(place.line).unicodeScalars {
      if scalar == "\t" { return TextPosition(line: place.line, column: column) }
      if scalar != " " || column >= place.column + 1 { return nil }
      column += 1
    }
    return nil
  }

  /// `[…` or `{…` that does not go on as it should.
  private func ofOpenCollection(_ text: YAMLText) -> YAMLError? {
    guard context == "while parsing a flow sequence" || context == "while parsing a flow mapping" else {
      return nil
    }
    let isList = context.hasSuffix("sequence")
    if text.line(place.line).contains("${") {
      return YAMLError("within [ ] or { }, a value with ${…} must be put in quotes", at: place)
    }
    let close = isList ? "]" : "}"
    let open = isList ? "[" : "{"
    return YAMLError(
      "expected \",\" or \"\(close)\" here: \"\(open)\" was opened at \(contextPlace)", at: place)
  }

  private func ofScalar(_ text: YAMLText) -> YAMLError? {
    if context == "while scanning a tag" || context == "while parsing a tag" {
      return YAMLError("tags (\"!…\") are not supported", at: contextPlace)
    }
    switch problem {
    case "found unexpected end of stream" where context == "while scanning a quoted scalar":
      return YAMLError("the quote that opens here is never closed", at: contextPlace)
    case "found unexpected document indicator":
      return YAMLError("the quote that opens here is not closed before the next document", at: contextPlace)
    case "found unknown escape character", "did not find expected hexdecimal number",
      "found invalid Unicode character escape code":
      return YAMLError(
        "not an escape: within double quotes a backslash is written \\\\; or use single quotes", at: place
      )
    case "found character that cannot start any token":
      let line = Array(text.line(place.line).unicodeScalars)
      guard place.column <= line.count else { return nil }
      return YAMLError(
        "a value cannot begin with \"\(line[place.column - 1])\"; put it in quotes", at: place)
    case "mapping values are not allowed in this context":
      return YAMLError(
        "\": \" is not allowed here: quote a value that holds it, or check the indentation of this line",
        at: place)
    case "could not find expected ':'":
      return YAMLError("a colon and a space are missing after this key", at: contextPlace)
    case "did not find expected alphabetic or numeric character":
      return YAMLError(
        "a name must follow \"&\" or \"*\"; put a value that begins so in quotes", at: contextPlace)
    case "undefined tag handle", "found undefined tag handle":
      return YAMLError("tags (\"!…\") are not supported", at: place)
    default: return nil
    }
  }

  private func ofStructure(_ text: YAMLText) -> YAMLError? {
    let beginsLine = text.line(place.line).unicodeScalars.prefix(place.column - 1).allSatisfy { $0 == " " }
    switch problem {
    case "did not find expected key" where !beginsLine:
      return YAMLError(
        "this cannot follow the value before it; should the whole value be in quotes?", at: place)
    case "did not find expected key":
      return YAMLError(
        "expected a key here; is this line indented as the ones above it (\(contextPlace))?", at: place)
    case "did not find expected '-' indicator":
      return YAMLError("expected \"- \" here, as in the list that begins at \(contextPlace)", at: place)
    case "block sequence entries are not allowed in this context":
      return YAMLError("a list's \"- \" is not allowed here; begin it on a line of its own", at: place)
    case "did not find expected node content":
      return YAMLError("a value is missing here", at: place)
    case "did not find expected <document start>":
      return YAMLError("the document has ended before this; is the line indented wrongly?", at: place)
    case "found incompatible YAML document":
      return YAMLError("only YAML 1.1 and 1.2 can be read", at: place)
    default: return nil
    }
  }
}
