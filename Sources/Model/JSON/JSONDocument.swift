/// A JSON text that has been checked as a whole (RFC 8259) and can be walked without losing a byte of it.
///
/// Making one is a single pass with one allocation for all values; strings and numbers are decoded only when
/// asked for. What the grammar leaves open is settled so:
/// - a UTF-8 byte order mark before the text is skipped;
/// - of several members with the same key the last counts, as in JavaScript and Python;
/// - values may be nested 512 deep;
/// - a lone surrogate escape is taken, and decodes to U+FFFD;
/// - a number of any size is taken, `JSONSlice.number` is nil where no Double can hold it.
package final class JSONDocument: Sendable {
  /// How deep arrays and objects may be nested.
  package static let deepest = 512

  /// The text as it came.
  package let bytes: [UInt8]
  let nodes: [JSONNode]

  package init(_ bytes: [UInt8]) throws(JSONSyntaxError) {
    let mark = bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? 3 : 0
    nodes = try JSONScanner.scan(bytes.span, from: mark)
    self.bytes = bytes
  }

  package var root: JSONSlice { JSONSlice(document: self, index: 0) }

  /// The node of an object's member by its key, which is a part of some names' UTF-8; of several the last. Nil where
  /// there is none, or the node is no object.
  func member(_ key: Range<Int>, in names: [UInt8], of object: Int) -> Int? {
    guard nodes[object].tag == .object else { return nil }
    let end = Int(nodes[object].next)
    var found: Int?
    var place = object + 1
    while place < end {
      if isKey(nodes[place], at: place, key, names) { found = place + 1 }
      place = Int(nodes[place + 1].next)
    }
    return found
  }

  private func isKey(_ node: JSONNode, at place: Int, _ key: Range<Int>, _ names: [UInt8]) -> Bool {
    if node.tag == .escapedString {
      return JSONSlice(document: self, index: place).string?.utf8.elementsEqual(names[key]) == true
    }
    let start = Int(node.start) + 1
    guard Int(node.end) - 1 - start == key.count else { return false }
    for offset in 0..<key.count where bytes[start + offset] != names[key.lowerBound + offset] { return false }
    return true
  }
}
