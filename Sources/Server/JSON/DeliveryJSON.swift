import Model

/// A delivery as the API and `taskhook deliveries --json` tell of it.
package enum DeliveryJSON {
  package static func write(_ delivery: DeliveryRow, to writer: inout JSONWriter) {
    writer.object { writer in
      writer.member("id", delivery.id)
      writer.member("hook", delivery.hook)
      writer.member("event", delivery.eventType.name)
      writer.member("source", delivery.aboutHook == nil ? delivery.source : nil)
      writer.member("task", delivery.taskID)
      if let hook = delivery.aboutHook { writer.member("about_hook", hook) }
      writer.member("state", delivery.state.rawValue)
      writer.member("attempts", delivery.attempts)
      writer.member("next_attempt", delivery.nextAttempt?.iso8601)
      writer.member("last_error", delivery.lastError)
      writer.member("created_at", delivery.createdAt.iso8601)
    }
  }

  package static func bytes(_ delivery: DeliveryRow) -> [UInt8] {
    var writer = JSONWriter()
    write(delivery, to: &writer)
    return writer.bytes
  }

  package static func write(_ attempt: AttemptRecord, to writer: inout JSONWriter) {
    writer.object { writer in
      writer.member("number", attempt.number)
      writer.member("at", attempt.at.iso8601)
      writer.member("duration_ms", Int(attempt.duration.milliseconds))
      writer.member("code", attempt.code)
      writer.member("error", attempt.error)
      writer.member("detail", attempt.detail)
    }
  }

  static func write(_ attempts: [AttemptRecord], to writer: inout JSONWriter) {
    writer.array { writer in for attempt in attempts { write(attempt, to: &writer) } }
  }
}

extension Moment {
  /// As a time of day. The store's timeline began at the wall clock's time.
  var iso8601: String { Timestamp(milliseconds: milliseconds).iso8601 }
}
