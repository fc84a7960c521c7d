import Model
import Server

/// One task with its events, their deliveries and every attempt.
struct TaskReport {
  var task: TaskRecord
  var history: [HistoryEntry]
  /// Nil where nothing of it was to be saved.
  var save: SaveStatus?

  func lines(now: Timestamp) -> [String] {
    var lines = ["\(task.ref.source)/\(Printable.line(task.ref.id))"]
    lines.append(
      "  status      \(Printable.line(task.status ?? "not seen yet")) (\(Listing.stateWord(of: task)))")
    if let progress = task.progress { lines.append("  progress    \(Int((progress * 100).rounded()))%") }
    lines.append("  first seen  \(task.firstSeen.iso8601)")
    if let created = task.createdAt { lines.append("  created     \(created.iso8601)") }
    if let polled = task.lastPolled { lines.append("  last polled \(polled.iso8601)") }
    if let url = task.url { lines.append("  url         \(Printable.line(SecretURL(url).description))") }
    if let save { lines.append("  outputs     \(save.line)") }
    for (name, value) in task.labels.sorted(by: { $0.key < $1.key }) {
      lines.append("  label       \(Printable.line(name))=\(Printable.line(value))")
    }
    for entry in history {
      let event = entry.event
      var line = "\(event.sequence). \(event.timestamp.iso8601)  \(event.type.name)"
      if event.type.isTransition {
        line += "  \(Printable.line(event.previousStatus ?? "·")) → \(Printable.line(event.status ?? "·"))"
      }
      if let reason = event.reason { line += "  \(Printable.line(reason))" }
      lines += ["", line]
      if event.type == .saved || event.type == .saveFailed {
        lines += event.files.map { file in
          let type = file.contentType.map { "  " + Printable.line($0) } ?? ""
          return "   \(Printable.line(file.path))  \(file.bytes) bytes\(type)  sha256 \(file.sha256)"
        }
      }
      for (delivery, attempts) in entry.deliveries {
        let next = delivery.nextAttempt.map { moment in
          let wait = Timestamp(milliseconds: moment.milliseconds) - now
          return wait > .zero ? ", next attempt in \(Span.text(wait))" : ", due now"
        }
        lines.append("   \(delivery.hook)  \(delivery.state.rawValue)\(next ?? "")  \(delivery.id)")
        for attempt in attempts {
          let code = attempt.code.map { " (\($0))" } ?? ""
          lines.append(
            "     #\(attempt.number) \(attempt.at.iso8601) \(attempt.duration.milliseconds) ms  "
              + "\(Printable.line(attempt.error ?? "delivered"))\(code)")
          if !attempt.detail.isEmpty {
            // Line breaks are escaped in it already.
            let cut = attempt.detail.count > 1000 ? "…" : ""
            lines.append("        | \(Printable.line(String(attempt.detail.prefix(1000))))\(cut)")
          }
        }
      }
    }
    if let body = history.last(where: { $0.event.task != nil })?.event.task {
      lines += ["", String(decoding: body, as: UTF8.self)]
    }
    return lines
  }

  var json: [UInt8] {
    var writer = JSONWriter()
    HistoryJSON.write(task, save: save, history: history, to: &writer)
    return OneLine.json(writer.bytes)
  }
}

extension SaveStatus {
  /// As people read it.
  fileprivate var line: String {
    let files = saved == 1 ? "1 file" : "\(saved) files"
    return switch state {
    case .pending: "being saved, \(saved) of \(outputs ?? saved) so far, since \(since.iso8601)"
    case .saved: "saved, \(files)"
    case .failed: "not all saved, \(files): \(Printable.line(reason ?? "no reason is known"))"
    }
  }
}
