import Templates

/// A node of a payload, read.
indirect enum PayloadNode: Sendable {
  /// A number, a boolean or null as JSON.
  case fixed([UInt8])
  /// A text; of one tag alone the value that it names, with its type.
  case text(TextTemplate)
  /// A text cut to what the service takes.
  case cut(TextTemplate, to: TextLimit)
  /// A text, or where it is longer than the limit the beginning of its SHA-256.
  case key(TextTemplate, over: TextLimit)
  case list([PayloadItem])
  case object([(key: String, value: PayloadItem)])
}

/// An element of a list or a member of an object.
struct PayloadItem: Sendable {
  var node: PayloadNode
  /// It is there only where all of these say something, and none of those.
  var when: [TextTemplate] = []
  var unless: [TextTemplate] = []
  /// In a list: it is there once for each element of this list of the message, which is `item` in it.
  var each: TextTemplate?
}
