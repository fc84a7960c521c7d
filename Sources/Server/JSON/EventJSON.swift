import Model

/// An event as histories tell of it. Streams and webhooks have `EventBody`.
package enum EventJSON {
  /// Into an object that is open.
  static func members(of event: Event, to writer: inout JSONWriter) {
    writer.member("id", event.id)
    writer.member("type", event.type.name)
    writer.member("timestamp", event.timestamp.iso8601)
    writer.member("sequence", event.sequence)
    writer.member("status", event.status)
    writer.member("state", event.state?.rawValue)
    writer.member("previous_status", event.previousStatus)
    writer.member("reason", event.reason)
    writer.key("files")
    writer.files(event.files)
    writer.key("task")
    if let task = event.task { writer.raw(oneLine(task)) } else { writer.null() }
  }

  /// JSON text on one line. Strings hold no raw line breaks (RFC 8259 section 7), so those that there are stand
  /// between tokens.
  package static func oneLine(_ text: [UInt8]) -> [UInt8] {
    text.contains { $0 == 0x0A || $0 == 0x0D } ? text.map { $0 == 0x0A || $0 == 0x0D ? 0x20 : $0 } : text
  }
}
