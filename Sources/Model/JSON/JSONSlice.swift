/// One value of a `JSONDocument`. Cheap to copy; nothing of the text is decoded before it is asked for.
package struct JSONSlice: Sendable {
  package enum Kind: Sendable { case null, bool, number, string, array, object }

  let document: JSONDocument
  let index: Int

  init(document: JSONDocument, index: Int) {
    self.document = document
    self.index = index
  }

  private var node: JSONNode { document.nodes[index] }

  package var kind: Kind {
    switch node.tag {
    case .null: .null
    case .true, .false: .bool
    case .number: .number
    case .string, .escapedString: .string
    case .array: .array
    case .object: .object
    }
  }

  // MARK: Bytes

  /// Where the value stands in the document's bytes, with its quotes or brackets and no space around it.
  package var range: Range<Int> { Int(node.start)..<Int(node.end) }

  /// The value exactly as it is spelt.
  package var bytes: ArraySlice<UInt8> { document.bytes[range] }

  /// The same as an array of its own; where it is all of its document, without a copy.
  package var copy: [UInt8] { range == document.bytes.indices ? document.bytes : Array(bytes) }

  /// The whole of its document.
  package var root: JSONSlice { document.root }

  /// Whether it is the same value at the same place of the same document.
  package func isSame(as other: JSONSlice) -> Bool { document === other.document && index == other.index }

  // MARK: Scalars

  package var isNull: Bool { node.tag == .null }

  package var bool: Bool? {
    switch node.tag {
    case .true: true
    case .false: false
    default: nil
    }
  }

  /// A string's characters, escapes decoded.
  package var string: String? {
    let node = node
    guard node.tag == .string || node.tag == .escapedString else { return nil }
    let inner = document.bytes[Int(node.start + 1)..<Int(node.end - 1)]
    return node.tag == .string ? String(decoding: inner, as: UTF8.self) : JSONText.decode(inner)
  }

  /// The UTF-8 of a string that is written without escapes; nil for all else.
  package var plainText: ArraySlice<UInt8>? {
    let node = node
    return node.tag == .string ? document.bytes[Int(node.start + 1)..<Int(node.end - 1)] : nil
  }

  /// A string's characters, or a number or boolean as it is spelt; nil for all else.
  package var scalarText: String? {
    switch node.tag {
    case .string, .escapedString: string
    case .number, .true, .false: String(decoding: bytes, as: UTF8.self)
    case .null, .array, .object: nil
    }
  }

  /// A number's value; nil where a Double cannot hold it, as with `1e400`. `bytes` has the exact spelling.
  package var number: Double? {
    guard node.tag == .number, let value = Double(String(decoding: bytes, as: UTF8.self)), value.isFinite
    else { return nil }
    return value
  }

  // MARK: Containers

  /// An object's member by its key; of several the last. Nil where there is none, or the value is no object.
  package subscript(key: String) -> JSONSlice? {
    let key = Array(key.utf8)
    return document.member(key.indices, in: key, of: index).map { JSONSlice(document: document, index: $0) }
  }

  /// An array's element, counted from 0. Nil where there is none, or the value is no array.
  package subscript(position: Int) -> JSONSlice? {
    guard position >= 0 else { return nil }
    var left = position
    for element in elements {
      if left == 0 { return element }
      left -= 1
    }
    return nil
  }

  /// An array's elements in order; none where the value is no array.
  package var elements: Elements { Elements(of: node.tag == .array ? self : nil) }

  /// An object's members in order, repeated keys included; none where the value is no object.
  package var members: Members { Members(of: node.tag == .object ? self : nil) }

  package struct Elements: Sequence, IteratorProtocol, Sendable {
    private let container: JSONSlice?
    private var place: Int

    fileprivate init(of container: JSONSlice?) {
      self.container = container
      place = (container?.index ?? 0) + 1
    }

    package mutating func next() -> JSONSlice? {
      guard let container, place < Int(container.node.next) else { return nil }
      defer { place = Int(container.document.nodes[place].next) }
      return JSONSlice(document: container.document, index: place)
    }
  }

  package struct Members: Sequence, IteratorProtocol, Sendable {
    private let container: JSONSlice?
    private var place: Int

    fileprivate init(of container: JSONSlice?) {
      self.container = container
      place = (container?.index ?? 0) + 1
    }

    package mutating func next() -> (key: String, value: JSONSlice)? {
      guard let container, place < Int(container.node.next) else { return nil }
      let document = container.document
      let key = JSONSlice(document: document, index: place).string ?? ""
      let value = JSONSlice(document: document, index: place + 1)
      place = Int(document.nodes[place + 1].next)
      return (key, value)
    }
  }
}
