import CCurl
import Model

/// Headers in libcurl's form: a linked list of C strings.
///
/// A request's own headers are put in front of its profile's by pointing their last node at the profile's
/// first, so that the profile's list is built once and never copied.
struct HeaderList {
  private(set) var head: UnsafeMutablePointer<curl_slist>?
  private var tail: UnsafeMutablePointer<curl_slist>?

  init() {}

  init(_ headers: [HTTPHeader]) {
    for header in headers { append(header) }
  }

  /// An empty value is written as `Name;`: libcurl reads `Name:` as "leave this header out".
  mutating func append(_ header: HTTPHeader) {
    append(
      line: header.value.utf8.allSatisfy { $0 == UInt8(ascii: " ") || $0 == UInt8(ascii: "\t") }
        ? "\(header.name);" : "\(header.name): \(header.value)")
  }

  /// Keeps libcurl from adding a header by itself.
  mutating func suppress(_ name: String) { append(line: "\(name):") }

  /// Lets another list follow; it must outlive this one's use.
  func link(to other: HeaderList) { tail?.pointee.next = other.head }

  /// Frees this list's nodes and not those of a linked one.
  mutating func free() {
    tail?.pointee.next = nil
    curl_slist_free_all(head)
    self = HeaderList()
  }

  private mutating func append(line: String) {
    // Appending to the last node spares libcurl the walk; it returns the node given.
    if let tail {
      curl_slist_append(tail, line)
      self.tail = tail.pointee.next ?? tail
    } else {
      head = curl_slist_append(nil, line)
      tail = head
    }
  }
}
