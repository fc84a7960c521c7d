import Model

/// What a receiver gets to read of an event.
package enum EventBody: String, Sendable, CaseIterable {
  /// The event with the task inside it (SPEC section 4).
  case event
  /// The provider's task object alone.
  case task

  /// The bytes to send.
  ///
  /// `task` is the provider's object byte for byte; events that came before any answer had a task in it, such
  /// as `task.not_found`, and those of a source have none, and send the JSON text `null`: anything else would
  /// have to be made up, and a JSON reader takes it without an error.
  package func render(_ event: Event) -> [UInt8] {
    switch self {
    case .event: Self.envelope(event)
    case .task: event.task ?? Array("null".utf8)
    }
  }

  private static func envelope(_ event: Event) -> [UInt8] {
    var json = JSONWriter()
    json.object { json in
      json.key("type")
      json.string(event.type.name)
      json.key("timestamp")
      json.string(event.timestamp.iso8601)
      json.key("data")
      json.object { json in data(event, into: &json) }
    }
    return json.bytes
  }

  private static func data(_ event: Event, into json: inout JSONWriter) {
    for (name, value) in [
      ("source", event.source), ("id", event.taskID), ("status", event.status),
      ("state", event.state?.rawValue), ("previous_status", event.previousStatus),
    ] {
      json.key(name)
      json.string(value)
    }
    json.key("sequence")
    json.number(event.sequence)
    if event.type == .progress {
      json.key("progress")
      json.number(event.progress)
    }
    if let reason = event.reason {
      json.key("reason")
      json.string(reason)
    }
    json.key("labels")
    json.strings(event.labels)
    json.key("files")
    json.array { _ in }
    json.key("task")
    if let task = event.task { json.raw(task) } else { json.null() }
  }
}
