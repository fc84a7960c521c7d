/// Checks a text against RFC 8259 in one pass and notes where each value stands.
///
/// Nothing is copied or decoded, and nothing recurses: the way back out of a container is kept in the nodes
/// themselves.
struct JSONScanner {
  private(set) var nodes: [JSONNode] = []
  private var at: Int
  /// The index of the container being read; `none` outside of all.
  private var container = Self.none
  private var depth = 0

  private static let none = UInt32.max

  /// Scans `text` from `offset` to its end.
  static func scan(_ text: Span<UInt8>, from offset: Int) throws(JSONSyntaxError) -> [JSONNode] {
    guard text.count < Int(UInt32.max) else { throw JSONSyntaxError(.tooLong, at: Int(UInt32.max)) }
    var scanner = JSONScanner(at: offset)
    // Answers of task APIs have a value or key about every 14 bytes; huge texts are left to grow.
    scanner.nodes.reserveCapacity(min(text.count / 10, 4096) + 2)
    try scanner.document(text)
    return scanner.nodes
  }

  private init(at offset: Int) { at = offset }

  private mutating func document(_ text: Span<UInt8>) throws(JSONSyntaxError) {
    skipSpace(text)
    if at == text.count { throw JSONSyntaxError(.empty, at: at) }
    while true {
      if try value(text) { continue }
      // A value is complete: close what it completes, up to the next value to read.
      while true {
        skipSpace(text)
        if container == Self.none {
          if at < text.count { throw JSONSyntaxError(.trailing, at: at) }
          return
        }
        if try separator(text) { break }
      }
    }
  }

  /// Reads a scalar, or the opening of a container up to its first value. True where a value follows at once.
  private mutating func value(_ text: Span<UInt8>) throws(JSONSyntaxError) -> Bool {
    guard at < text.count else { throw JSONSyntaxError(.endsTooSoon, at: at) }
    switch text[at] {
    case UInt8(ascii: "\""):
      try string(text)
    case UInt8(ascii: "{"):
      try open(.object)
      skipSpace(text)
      if at < text.count, text[at] == UInt8(ascii: "}") {
        close()
      } else {
        try key(text)
        return true
      }
    case UInt8(ascii: "["):
      try open(.array)
      skipSpace(text)
      if at < text.count, text[at] == UInt8(ascii: "]") {
        close()
      } else {
        return true
      }
    case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"):
      try number(text)
    case UInt8(ascii: "t"): try literal("true", .true, text)
    case UInt8(ascii: "f"): try literal("false", .false, text)
    case UInt8(ascii: "n"): try literal("null", .null, text)
    default: throw JSONSyntaxError(.expectedValue, at: at)
    }
    return false
  }

  /// Reads what stands after a value in a container. True where another value follows.
  private mutating func separator(_ text: Span<UInt8>) throws(JSONSyntaxError) -> Bool {
    guard at < text.count else { throw JSONSyntaxError(.endsTooSoon, at: at) }
    let isObject = nodes[Int(container)].tag == .object
    switch text[at] {
    case UInt8(ascii: ","):
      at += 1
      skipSpace(text)
      if isObject { try key(text) }
      return true
    case UInt8(ascii: "}") where isObject: close()
    case UInt8(ascii: "]") where !isObject: close()
    default: throw JSONSyntaxError(isObject ? .expectedCommaOrBrace : .expectedCommaOrBracket, at: at)
    }
    return false
  }

  private mutating func open(_ tag: JSONNode.Tag) throws(JSONSyntaxError) {
    if depth == JSONDocument.deepest { throw JSONSyntaxError(.tooDeep, at: at) }
    depth += 1
    nodes.append(JSONNode(start: UInt32(at), end: 0, next: container, tag: tag))
    container = UInt32(nodes.count - 1)
    at += 1
  }

  private mutating func close() {
    at += 1
    let closed = Int(container)
    container = nodes[closed].next
    nodes[closed].end = UInt32(at)
    nodes[closed].next = UInt32(nodes.count)
    depth -= 1
  }

  /// Reads a key, its colon and the white space around them.
  private mutating func key(_ text: Span<UInt8>) throws(JSONSyntaxError) {
    guard at < text.count else { throw JSONSyntaxError(.endsTooSoon, at: at) }
    guard text[at] == UInt8(ascii: "\"") else { throw JSONSyntaxError(.expectedKey, at: at) }
    try string(text)
    skipSpace(text)
    guard at < text.count else { throw JSONSyntaxError(.endsTooSoon, at: at) }
    guard text[at] == UInt8(ascii: ":") else { throw JSONSyntaxError(.expectedColon, at: at) }
    at += 1
    skipSpace(text)
  }

  private mutating func string(_ text: Span<UInt8>) throws(JSONSyntaxError) {
    let start = at
    var place = at + 1
    var tag = JSONNode.Tag.string
    while true {
      place = Self.special(text, from: place)
      guard place < text.count else { break }
      let byte = text[place]
      if byte >= 0x80 {
        place = try UTF8Check.sequence(text, at: place)
      } else if byte == UInt8(ascii: "\"") {
        at = place + 1
        append(tag, from: start)
        return
      } else if byte == UInt8(ascii: "\\") {
        tag = .escapedString
        place = try escape(text, at: place)
      } else {
        throw JSONSyntaxError(.controlCharacter, at: place)
      }
    }
    throw JSONSyntaxError(.endsTooSoon, at: text.count)
  }

  /// The first place from `place` on with a byte that is more than a character of a string: a quote, a backslash, a
  /// control character, or a part of a character beyond ASCII. Most of an answer is strings: they are looked through
  /// eight bytes at a time ("Determine if a word has a zero byte", Bit Twiddling Hacks, Anderson). A byte above one
  /// that is found may look as if it were one, too; the lowest counts.
  private static func special(_ text: Span<UInt8>, from place: Int) -> Int {
    text.withUnsafeBytes { bytes in
      let each: UInt64 = 0x0101_0101_0101_0101
      let top: UInt64 = 0x8080_8080_8080_8080
      var place = place
      while place + 8 <= bytes.count {
        let word = UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: place, as: UInt64.self))
        let quote = (word ^ each &* 0x22) &- each
        let backslash = (word ^ each &* 0x5C) &- each
        let found = (word | quote | backslash | (word &- each &* 0x20)) & top
        if found != 0 { return place + found.trailingZeroBitCount / 8 }
        place += 8
      }
      while place < bytes.count {
        let byte = bytes[place]
        if byte < 0x20 || byte >= 0x80 || byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\") { break }
        place += 1
      }
      return place
    }
  }

  /// Checks the escape at `place`; answers the place after it. A lone surrogate is within the grammar.
  private func escape(_ text: Span<UInt8>, at place: Int) throws(JSONSyntaxError) -> Int {
    guard place + 1 < text.count else { throw JSONSyntaxError(.endsTooSoon, at: text.count) }
    switch text[place + 1] {
    case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"), UInt8(ascii: "b"), UInt8(ascii: "f"),
      UInt8(ascii: "n"), UInt8(ascii: "r"), UInt8(ascii: "t"):
      return place + 2
    case UInt8(ascii: "u"):
      for index in (place + 2)..<(place + 6) {
        guard index < text.count else { throw JSONSyntaxError(.endsTooSoon, at: text.count) }
        guard JSONText.hexValue(text[index]) != nil else { throw JSONSyntaxError(.badEscape, at: index) }
      }
      return place + 6
    default: throw JSONSyntaxError(.badEscape, at: place + 1)
    }
  }

  private mutating func number(_ text: Span<UInt8>) throws(JSONSyntaxError) {
    let start = at
    if text[at] == UInt8(ascii: "-") { at += 1 }
    if at < text.count, text[at] == UInt8(ascii: "0") {
      at += 1
      if at < text.count, Self.isDigit(text[at]) { throw JSONSyntaxError(.badNumber, at: at) }
    } else {
      try digits(text)
    }
    if at < text.count, text[at] == UInt8(ascii: ".") {
      at += 1
      try digits(text)
    }
    if at < text.count, text[at] | 0x20 == UInt8(ascii: "e") {
      at += 1
      if at < text.count, text[at] == UInt8(ascii: "+") || text[at] == UInt8(ascii: "-") { at += 1 }
      try digits(text)
    }
    append(.number, from: start)
  }

  /// Reads one digit or more.
  private mutating func digits(_ text: Span<UInt8>) throws(JSONSyntaxError) {
    guard at < text.count else { throw JSONSyntaxError(.endsTooSoon, at: at) }
    guard Self.isDigit(text[at]) else { throw JSONSyntaxError(.badNumber, at: at) }
    repeat { at += 1 } while at < text.count && Self.isDigit(text[at])
  }

  private mutating func literal(
    _ word: StaticString, _ tag: JSONNode.Tag, _ text: Span<UInt8>
  ) throws(JSONSyntaxError) {
    let start = at
    for index in 0..<word.utf8CodeUnitCount {
      guard at < text.count else { throw JSONSyntaxError(.endsTooSoon, at: at) }
      guard text[at] == word.utf8Start[index] else { throw JSONSyntaxError(.expectedValue, at: start) }
      at += 1
    }
    append(tag, from: start)
  }

  private mutating func append(_ tag: JSONNode.Tag, from start: Int) {
    nodes.append(
      JSONNode(start: UInt32(start), end: UInt32(at), next: UInt32(nodes.count + 1), tag: tag))
  }

  private mutating func skipSpace(_ text: Span<UInt8>) {
    while at < text.count {
      switch text[at] {
      case 0x20, 0x0A, 0x0D, 0x09: at += 1
      default: return
      }
    }
  }

  private static func isDigit(_ byte: UInt8) -> Bool { byte &- UInt8(ascii: "0") < 10 }
}
