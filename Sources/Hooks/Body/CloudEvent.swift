import Model

/// A message as a CloudEvent (version 1.0.2), in the two forms in which HTTP carries one.
///
/// | attribute | value |
/// |---|---|
/// | `id` | the event's id, `evt_…`; of a digest its delivery's |
/// | `source` | `/taskhook/SOURCE`; of an event of a hook and of a digest `/taskhook/hooks/NAME` |
/// | `type` | `taskhook.` and the event's type: `taskhook.task.succeeded`, `taskhook.digest` |
/// | `subject` | the task's id, where the event has one |
/// | `time` | when it was observed |
/// | `data` | as in a webhook's `data` (SPEC section 4) |
///
/// There is no `sequence`: that extension counts within a source, and events are counted within their task.
struct CloudEvent {
  /// In the order of the documentation, without those that are absent.
  let attributes: [(name: String, value: String)]
  private let message: Message

  static let structuredType = "application/cloudevents+json; charset=utf-8"
  static let dataType = "application/json"

  init(_ attempt: Attempt) {
    message = attempt.message
    let id: String
    let source: String
    var subject: String?
    switch attempt.message {
    case .event(let event):
      id = event.id
      source = event.hook.map(Self.source(hook:)) ?? "/taskhook/\(PercentEncoding.encode(event.source))"
      subject = event.taskID
    case .digest(let digest):
      id = attempt.delivery
      source = Self.source(hook: digest.hook)
    }
    var attributes = [
      ("specversion", "1.0"), ("id", id), ("source", source), ("type", "taskhook.\(attempt.message.type)"),
    ]
    if let subject { attributes.append(("subject", subject)) }
    attributes.append(("time", EventBody.timestamp(message).iso8601))
    self.attributes = attributes
  }

  /// A URI reference (RFC 3986 section 4.1).
  private static func source(hook: String) -> String { "/taskhook/hooks/\(PercentEncoding.encode(hook))" }

  /// The whole event as JSON (JSON event format 1.0.2): structured mode.
  var structured: [UInt8] {
    var json = JSONWriter()
    json.object { json in
      for attribute in attributes + [("datacontenttype", Self.dataType)] {
        json.key(attribute.name)
        json.string(attribute.value)
      }
      json.key("data")
      json.object { EventBody.data(message, into: &$0) }
    }
    return json.bytes
  }

  /// The data alone: binary mode, where the attributes are headers, and `datacontenttype` is `content-type`.
  var data: [UInt8] {
    var json = JSONWriter()
    json.object { EventBody.data(message, into: &$0) }
    return json.bytes
  }

  /// The attributes as headers of binary mode (HTTP binding 1.0.2, section 3.1.3).
  var headers: [HTTPHeader] {
    attributes.map { HTTPHeader(Self.headerPrefix + $0.name, PercentEncoding.header($0.value)) }
  }

  static let headerPrefix = "ce-"
}
