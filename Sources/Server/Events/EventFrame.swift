import Model
import NIOCore

/// Events as a stream sends them (HTML Standard section 9.2, server-sent events). Each is written once for all who
/// read it.
struct EventFrames {
  /// Sent first: when a client that lost its connection comes again.
  static let opening = Array("retry: 2000\n\n".utf8)
  static let keepAlive = Array(": keep-alive\n\n".utf8)
  /// Bytes after which a piece ends; one event may be longer.
  static let piece = 256 << 10

  private let events: [RecordedEvent]
  private var full: [[UInt8]?]
  private var bare: [[UInt8]?]

  init(_ events: [RecordedEvent]) {
    self.events = events
    full = Array(repeating: nil, count: events.count)
    bare = full
  }

  /// What of the events after a row fits a filter, in pieces.
  mutating func pieces(for filter: EventFilter, after row: Int64) -> [ByteBuffer] {
    var pieces: [ByteBuffer] = []
    var piece = ByteBuffer()
    let all = filter.isEmpty
    for (index, recorded) in events.enumerated()
    where recorded.row > row && (all || filter.fits(recorded.event)) {
      if piece.readableBytes >= Self.piece {
        pieces.append(piece)
        piece = ByteBuffer()
      }
      piece.writeBytes(filter.withTask ? frame(index, &full, true) : frame(index, &bare, false))
    }
    if piece.readableBytes > 0 { pieces.append(piece) }
    return pieces
  }

  private func frame(_ index: Int, _ made: inout [[UInt8]?], _ withTask: Bool) -> [UInt8] {
    if let bytes = made[index] { return bytes }
    let bytes = Self.frame(events[index], withTask: withTask)
    made[index] = bytes
    return bytes
  }

  static func frame(_ recorded: RecordedEvent, withTask: Bool) -> [UInt8] {
    var bytes = Array("id: \(recorded.row)\nevent: \(recorded.event.type.name)\ndata: ".utf8)
    bytes += body(recorded.event, withTask: withTask)
    bytes += [0x0A, 0x0A]
    return bytes
  }

  /// The body of a webhook on one line.
  private static func body(_ event: Event, withTask: Bool) -> [UInt8] {
    var event = event
    if !withTask { event.task = nil }
    return EventJSON.oneLine(EventBody.event.render(.event(event)))
  }

  /// As an element of a page: what the stream tells in its fields, and the webhook's members.
  static func element(_ recorded: RecordedEvent, withTask: Bool, to writer: inout JSONWriter) {
    var event = recorded.event
    if !withTask { event.task = nil }
    writer.object { writer in
      writer.key("id")
      writer.raw(Array(String(recorded.row).utf8))
      writer.member("type", event.type.name)
      writer.member("timestamp", event.timestamp.iso8601)
      writer.key("data")
      writer.object { EventBody.data(event, into: &$0) }
    }
  }
}
