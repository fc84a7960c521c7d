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
  ///
  /// A digest has no one task: both forms send it as an event of the type `digest`.
  package func render(_ message: Message) -> [UInt8] {
    switch (self, message) {
    case (.task, .event(let event)): event.task ?? Array("null".utf8)
    case (_, let message): Self.envelope(message)
    }
  }

  private static func envelope(_ message: Message) -> [UInt8] {
    var json = JSONWriter(capacity: size(message))
    json.object { json in
      json.key("type")
      json.string(message.type)
      json.key("timestamp")
      json.string(timestamp(message).iso8601)
      json.key("data")
      json.object { data(message, into: &$0) }
    }
    return json.bytes
  }

  /// About the bytes that the event takes, so that they are written to one place.
  private static func size(_ message: Message) -> Int {
    guard case .event(let event) = message else { return 0 }
    return 512 + (event.task?.count ?? 0)
  }

  /// When what is told was observed; of a digest the last of it.
  package static func timestamp(_ message: Message) -> Timestamp {
    switch message {
    case .event(let event): event.timestamp
    case .digest(let digest): digest.to
    }
  }

  /// The members of `data`.
  package static func data(_ message: Message, into json: inout JSONWriter) {
    switch message {
    case .event(let event): data(event, into: &json)
    case .digest(let digest): data(digest, into: &json)
    }
  }

  package static func data(_ digest: Digest, into json: inout JSONWriter) {
    json.key("hook")
    json.string(digest.hook)
    json.key("count")
    json.number(digest.count)
    json.key("counts")
    json.object { json in
      for entry in digest.counts {
        json.key(entry.type.name)
        json.number(entry.count)
      }
    }
    json.key("from")
    json.string(digest.from.iso8601)
    json.key("to")
    json.string(digest.to.iso8601)
    json.key("first")
    json.array { json in
      for event in digest.first {
        json.object { json in
          json.key("type")
          json.string(event.type.name)
          json.key("timestamp")
          json.string(event.timestamp.iso8601)
          data(event, into: &json)
        }
      }
    }
  }

  package static func data(_ event: Event, into json: inout JSONWriter) {
    json.key("source")
    json.string(event.hook == nil ? event.source : nil)
    json.key("id")
    json.string(event.taskID)
    json.key("status")
    json.string(event.status)
    json.key("state")
    json.string(event.state?.rawValue)
    json.key("previous_status")
    json.string(event.previousStatus)
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
    if let hook = event.hook {
      json.key("hook")
      json.string(hook)
    }
    json.key("labels")
    json.strings(event.labels)
    json.key("files")
    json.files(event.files)
    json.key("task")
    if let task = event.task { json.raw(task) } else { json.null() }
  }
}
