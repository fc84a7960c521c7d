import Model

/// `10.0.0.0/8`, `fd00::1`, `hooks.internal`, `*.internal`: places outside the public Internet.
package enum PlaceText {
  package static let expected =
    "an address range such as 10.0.0.0/8, an address, a host's name, or *. and a name for all names below it"

  /// Host names in small letters, IPv4-mapped IPv6 ranges as the IPv4 ranges that they are.
  package static func parse(_ text: String) throws(TextProblem) -> AllowedPlace {
    if let range = AddressRange(text) { return .addresses(range) }
    if let pattern = HostPattern(text) { return .hosts(pattern) }
    throw problem(text)
  }

  private static func problem(_ text: String) -> TextProblem {
    if text.isEmpty { return TextProblem("is empty") }
    if let scheme = text.firstRange(of: "://") {
      let authority = text[scheme.upperBound...].prefix { !"/?#".contains($0) }
      return TextProblem("is a URL; the host alone stands here", suggestion: place(String(authority)))
    }
    if let slash = text.firstIndex(of: "/") {
      return problem(ofRange: text, text[..<slash], length: text[text.index(after: slash)...])
    }
    if text.hasPrefix("[") {
      let inside = text.dropFirst().prefix { $0 != "]" }
      return TextProblem("has brackets, which belong into URLs", suggestion: place(String(inside)))
    }
    if let zone = text.firstIndex(of: "%") {
      return TextProblem("names a zone", suggestion: place(String(text[..<zone])))
    }
    if let colon = text.firstIndex(of: ":"), let host = place(String(text[..<colon])) {
      return TextProblem("names a port; all ports of a place are allowed", suggestion: host)
    }
    if text.hasPrefix(".") {
      return TextProblem("begins with a dot", suggestion: place("*" + text))
    }
    if text.contains("*") { return TextProblem("has a * that is no whole first part of a name") }
    if !text.utf8.allSatisfy({ $0 < 0x80 }) {
      return TextProblem("is no ASCII; an internationalised name is written in its xn-- form")
    }
    return TextProblem("is neither an address nor a host's name")
  }

  private static func problem(
    ofRange text: String, _ address: Substring, length: Substring
  ) -> TextProblem {
    guard let first = IPAddress(address) else { return TextProblem("has no IP address before its \"/\"") }
    guard let number = Int(length), String(number) == length,
      let range = AddressRange(around: first, length: number)
    else { return TextProblem("has no number from 0 to \(first.width) after its \"/\"") }
    return TextProblem(
      "has bits set after its first \(number)", suggestion: "\(range.first)/\(range.length)")
  }

  /// The text, where it is a place.
  private static func place(_ text: String) -> String? {
    AddressRange(text) != nil || HostPattern(text) != nil ? text : nil
  }
}

extension ValueType where Value == AllowedPlace {
  /// `10.0.0.0/8`, `hooks.internal`.
  package static var place: ValueType<AllowedPlace> {
    .parsed(
      summary: "address range or host", expected: PlaceText.expected, example: "10.0.0.0/8",
      schema: ["type": "string", "pattern": "^[0-9A-Za-z:.*_/-]+$"], encode: { .string($0.description) }
    ) { text throws(TextProblem) in try PlaceText.parse(text) }
  }
}
