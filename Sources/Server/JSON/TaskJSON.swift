import Model

/// A task as the API and `taskhook tasks --json` tell of it.
package enum TaskJSON {
  package static func write(_ task: TaskRecord, to writer: inout JSONWriter) {
    writer.object { writer in
      writer.member("source", task.ref.source)
      writer.member("id", task.ref.id)
      writer.member("status", task.status)
      writer.member("state", task.state?.rawValue)
      writer.key("progress")
      writer.number(task.progress)
      writer.key("labels")
      writer.strings(task.labels)
      writer.member("first_seen", task.firstSeen.iso8601)
      writer.member("changed_at", task.changedAt?.iso8601)
      writer.member("last_polled", task.lastPolled?.iso8601)
      writer.member("ended", task.ending?.rawValue)
      writer.member("created_at", task.createdAt?.iso8601)
      writer.member("url", task.url.map { SecretURL($0).description })
      writer.key("callback")
      if let callback = task.callback { write(callback, to: &writer) } else { writer.null() }
    }
  }

  /// Its secret is told to nobody.
  private static func write(_ callback: TaskCallback, to writer: inout JSONWriter) {
    writer.object { writer in
      writer.member("url", callback.url.description)
      writer.key("on")
      writer.raw(Array(callback.on.utf8))
    }
  }

  package static func bytes(_ task: TaskRecord) -> [UInt8] {
    var writer = JSONWriter()
    write(task, to: &writer)
    return writer.bytes
  }
}

extension JSONWriter {
  /// A member that is a string, or null.
  mutating func member(_ name: String, _ text: String?) {
    key(name)
    string(text)
  }

  mutating func member(_ name: String, _ value: Int?) {
    key(name)
    if let value { number(value) } else { null() }
  }

  mutating func member(_ name: String, _ value: Bool) {
    key(name)
    bool(value)
  }
}
