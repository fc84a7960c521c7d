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
  case list([PayloadNode])
  case object([(key: String, value: PayloadNode)])
  /// Only where all of these say something, and none of those.
  case only(PayloadNode, when: [TextTemplate], unless: [TextTemplate])
  /// In a list, once for each element of a list of the message, which is `item` in it.
  case each(PayloadNode, of: TextTemplate)
}
