import Config
import Model

/// A header of a request whose value is yet to be written out.
package struct NamedHeader<Value: Sendable>: Sendable {
  package let name: String
  package let value: Value

  package init(_ name: String, _ value: Value) {
    self.name = name
    self.value = value
  }
}

/// What a header of one's own may be (RFC 9110 section 5).
enum HeaderRules {
  /// What the HTTP client writes itself, and would no longer understand the answer if it did not.
  static let reserved: Set<String> = [
    "accept-encoding", "connection", "content-length", "expect", "te", "transfer-encoding", "upgrade",
  ]

  /// What is wrong with a name, to follow it; nil where nothing is.
  static func refusal(ofName name: String) -> String? {
    if !HeaderSyntax.isToken(name) { return "is no name of a header: letters, digits and - _ . are" }
    if reserved.contains(name.lowercased()) { return "is a header that taskhook writes itself" }
    return nil
  }

  /// What is wrong with a value, to follow "the value"; nil where nothing is.
  static func refusal(ofValue value: String) -> String? {
    if value.unicodeScalars.contains(where: { $0 == "\r" || $0 == "\n" }) { return "has a line break in it" }
    if !HeaderSyntax.isValue(value) { return "has a control character in it" }
    if value.first?.isWhitespace == true || value.last?.isWhitespace == true {
      return "begins or ends with white space"
    }
    return nil
  }
}

extension ValueType {
  /// Names of headers, each once in any case, and their values.
  static func headers<Item>(of item: ValueType<Item>) -> ValueType<[NamedHeader<Item>]>
  where Value == [NamedHeader<Item>] {
    ValueType<[Named<Item>]>.map(of: item)
      .described(
        summary: "map of header to \(item.summary)", expected: "a mapping of headers: \(item.expected)",
        example: "{X-Name: value}"
      )
      .refine { entries, _ in
        var seen: Set<String> = []
        var isFine = true
        for entry in entries {
          if let refusal = HeaderRules.refusal(ofName: entry.name) {
            entry.node.failAtKey("the name \(refusal)")
            isFine = false
          } else if !seen.insert(entry.name.lowercased()).inserted {
            entry.node.failAtKey("the header is there twice; case makes no difference")
            isFine = false
          }
          if let refusal = entry.node.text.flatMap(HeaderRules.refusal(ofValue:)) {
            entry.node.fail("the value \(refusal)")
            isFine = false
          }
        }
        return isFine ? entries.map { NamedHeader($0.name, $0.value) } : nil
      }
  }
}
