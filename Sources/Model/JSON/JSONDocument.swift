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
}
