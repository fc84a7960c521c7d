/// One value, or one key, of a scanned text: what it is and where. The nodes of a text stand in one array in
/// the order of the text; an array's elements, and an object's keys and values by turns, follow their container.
struct JSONNode: Sendable {
  enum Tag: UInt8, Sendable {
    case null, `false`, `true`, number
    /// A string whose bytes are its characters.
    case string
    case escapedString
    case array, object
  }

  /// The offset of the first byte, and of the byte after the last; quotes and brackets belong to the value.
  var start: UInt32
  var end: UInt32
  /// The index of the next node that is not inside this one. While a container is open: its own container.
  var next: UInt32
  var tag: Tag
}
