import Model

/// What the listing commands print of a task or a delivery for people: cells of a table.
enum Listing {
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
