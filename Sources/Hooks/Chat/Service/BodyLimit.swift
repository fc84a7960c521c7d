import Config

/// The most that a service takes of a whole request, and what is left out of a message to get there.
struct BodyLimit: ConfigSection {
  /// What a message can do without, a piece at a time.
  enum Part: String, Sendable, CaseIterable {
    /// The last of the links.
    case links
    /// The picture and the film.
    case image
    /// The last of the facts.
    case facts
    /// The last line of a digest.
    case lines
    /// Half of the text.
    case text
  }

  enum Keys {
    static let bytes = Key("bytes", .integer(1...16_777_216), required: true, doc: "The most, in bytes.")
    static let giveUp = Key(
      "give_up", .list(of: .word(Part.self)), default: Part.allCases,
      doc: "What is left out, the first as far as it goes before the next.")
  }

  static let keys = [AnyKey(Keys.bytes), AnyKey(Keys.giveUp)]

  let bytes: Int
  let giveUp: [Part]

  init?(_ section: Section) {
    guard let bytes = section[Keys.bytes] else { return nil }
    self.bytes = bytes
    giveUp = section[Keys.giveUp]
  }

  /// The first rendering that fits, of the message as it is and with ever less in it; where none does, the last.
  func fit(_ message: ChatMessage, render: (ChatMessage) -> [UInt8]) -> [UInt8] {
    var message = message
    var body = render(message)
    for part in giveUp {
      while body.count > bytes, message.giveUp(part) { body = render(message) }
    }
    return body
  }
}

extension ChatMessage {
  /// Leaves out a piece; answers whether there was one.
  mutating func giveUp(_ part: BodyLimit.Part) -> Bool {
    switch part {
    case .links: return links.popLast() != nil
    case .image:
      defer { (image, video) = (nil, nil) }
      return image != nil || video != nil
    case .facts: return facts.popLast() != nil
    case .lines:
      guard lines.popLast() != nil else { return false }
      more += 1
      return true
    case .text:
      defer { (text, own) = (Self.half(text), Self.half(own)) }
      return !text.isEmpty || !own.isEmpty
    }
  }

  private static func half(_ text: String) -> String {
    let half = text.utf8.count / 2
    return half < 16 ? "" : MarkupCut.cut(text, to: TextLimit(half, .bytes))
  }
}
