import Model

/// A task with its events, their deliveries and every attempt, as the API and `taskhook show --json` tell of it.
package enum HistoryJSON {
  /// - Parameter outputs: told where the API is asked; the command leaves the member out.
  package static func write(
    _ task: TaskRecord, save: SaveStatus?, outputs: [TaskOutput]? = nil, history: [HistoryEntry],
    to writer: inout JSONWriter
  ) {
    writer.object { writer in
      writer.key("task")
      TaskJSON.write(task, to: &writer)
      writer.key("save")
      if let save { save.write(to: &writer) } else { writer.null() }
      if let outputs {
        writer.key("outputs")
        write(outputs, history, to: &writer)
      }
      writer.key("events")
      writer.array { writer in for entry in history { write(entry, to: &writer) } }
    }
  }

  /// The type is known of what was saved.
  private static func write(
    _ outputs: [TaskOutput], _ history: [HistoryEntry], to writer: inout JSONWriter
  ) {
    let files = history.last { !$0.event.files.isEmpty }?.event.files ?? []
    writer.array { writer in
      for output in outputs {
        writer.object { writer in
          writer.member("url", output.url)
          writer.member("content_type", files.first { $0.url == output.url }?.contentType)
        }
      }
    }
  }

  private static func write(_ entry: HistoryEntry, to writer: inout JSONWriter) {
    writer.object { writer in
      EventJSON.members(of: entry.event, to: &writer)
      writer.key("deliveries")
      writer.array { writer in
        for (delivery, attempts) in entry.deliveries {
          writer.object { writer in
            writer.key("delivery")
            DeliveryJSON.write(delivery, to: &writer)
            writer.key("attempts")
            DeliveryJSON.write(attempts, to: &writer)
          }
        }
      }
    }
  }
}
