import Model

/// What the listing commands print of a task or a delivery: one JSON object a line, or cells of a table.
enum Listing {
  static func json(_ task: TaskRecord) -> [UInt8] {
    var writer = JSONWriter()
    writer.object { writer in
      writer.key("source")
      writer.string(task.ref.source)
      writer.key("id")
      writer.string(task.ref.id)
      writer.key("status")
      writer.string(task.status)
      writer.key("state")
      writer.string(task.state?.rawValue)
      writer.key("progress")
      writer.number(task.progress)
      writer.key("labels")
      writer.strings(task.labels)
      writer.key("first_seen")
      writer.string(task.firstSeen.iso8601)
      writer.key("changed_at")
      writer.string(task.changedAt?.iso8601)
      writer.key("last_polled")
      writer.string(task.lastPolled?.iso8601)
      writer.key("ended")
      writer.string(task.ending?.rawValue)
      writer.key("created_at")
      writer.string(task.createdAt?.iso8601)
      writer.key("url")
      writer.string(task.url.map { SecretURL($0).description })
    }
    return writer.bytes
  }

  static func json(_ delivery: DeliveryRow) -> [UInt8] {
    var writer = JSONWriter()
    writer.object { writer in
      writer.key("id")
      writer.string(delivery.id)
      writer.key("hook")
      writer.string(delivery.hook)
      writer.key("event")
      writer.string(delivery.eventType.name)
      writer.key("source")
      writer.string(delivery.aboutHook == nil ? delivery.source : nil)
      writer.key("task")
      writer.string(delivery.taskID)
      if let hook = delivery.aboutHook {
        writer.key("about_hook")
        writer.string(hook)
      }
      writer.key("state")
      writer.string(delivery.state.rawValue)
      writer.key("attempts")
      writer.number(delivery.attempts)
      writer.key("next_attempt")
      writer.string(delivery.nextAttempt.map { Timestamp(milliseconds: $0.milliseconds).iso8601 })
      writer.key("last_error")
      writer.string(delivery.lastError)
    }
    return writer.bytes
  }

  static func table(of tasks: [TaskRecord], now: Timestamp) -> [String] {
    var table = Table("SOURCE", "ID", "STATUS", "STATE", "PROGRESS", "CHANGED", "LABELS")
    for task in tasks {
      table.add(
        task.ref.source, task.ref.id, task.status ?? "-", stateWord(of: task),
        task.progress.map { "\(Int(($0 * 100).rounded()))%" } ?? "-",
        task.changedAt.map { Span.text(now - $0) + " ago" } ?? "-",
        task.labels.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }.joined(separator: " "))
    }
    return table.lines
  }

  /// The state, or why the task is watched no more.
  static func stateWord(of task: TaskRecord) -> String {
    switch task.ending {
    case nil, .terminal: task.state?.rawValue ?? "new"
    case .some(let ending): ending.rawValue
    }
  }

  /// The task, or the hook or source that the event is about.
  private static func subject(of delivery: DeliveryRow) -> String {
    delivery.taskID ?? delivery.aboutHook.map { "hook \($0)" } ?? delivery.source
  }

  static func table(of deliveries: [DeliveryRow], now: Timestamp) -> [String] {
    var table = Table("ID", "HOOK", "EVENT", "TASK", "STATE", "ATTEMPTS", "NEXT", "LAST ERROR")
    for delivery in deliveries {
      let next = delivery.nextAttempt.map { moment in
        let wait = Timestamp(milliseconds: moment.milliseconds) - now
        return wait > .zero ? "in \(Span.text(wait))" : "now"
      }
      table.add(
        delivery.id, delivery.hook, delivery.eventType.name, subject(of: delivery),
        delivery.state.rawValue, String(delivery.attempts), next ?? "-", delivery.lastError ?? "")
    }
    return table.lines
  }
}
