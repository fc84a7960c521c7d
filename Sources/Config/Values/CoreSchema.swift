/// What an unquoted YAML scalar means that is no text (YAML 1.2.2 section 10.3.2). Null is known before.
package enum CoreSchema {
  /// The scalar as JSON; nil where it is a text. `.inf` and `.nan`, which JSON has not, are texts.
  package static func json(of text: String) -> String? {
    switch text {
    case "true", "True", "TRUE": return "true"
    case "false", "False", "FALSE": return "false"
    default: break
    }
    if let match = text.wholeMatch(of: #/0o([0-7]+)/#) { return UInt64(match.1, radix: 8).map { String($0) } }
    if let match = text.wholeMatch(of: #/0x([0-9a-fA-F]+)/#) {
      return UInt64(match.1, radix: 16).map { String($0) }
    }
    let number =
      #/(?<sign>[-+]?)(?<whole>[0-9]*)(?<point>\.?)(?<fraction>[0-9]*)(?<exponent>(?:[eE][-+]?[0-9]+)?)/#
    guard let match = text.wholeMatch(of: number), !match.whole.isEmpty || !match.fraction.isEmpty else {
      return nil
    }
    // JSON has no plus sign, no leading zeros, and a digit on either side of the point.
    let whole = match.whole.drop { $0 == "0" }
    let fraction = match.point.isEmpty ? "" : "." + (match.fraction.isEmpty ? "0" : match.fraction)
    return (match.sign == "-" ? "-" : "") + (whole.isEmpty ? "0" : whole) + fraction + match.exponent
  }
}
