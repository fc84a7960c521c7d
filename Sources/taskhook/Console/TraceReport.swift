import Model
import Providers

/// How an answer was read, as text or as one JSON object.
enum TraceReport {
  static func lines(_ trace: AnswerTrace) -> [String] {
    let fields = trace.rows.map { Printable.line($0.field) }
    let width = fields.map(\.count).max() ?? 0
    return zip(trace.rows, fields).map { row, field in
      var line = field + String(repeating: " ", count: width - field.count + 2)
      var parts: [String] = []
      if let place = row.place { parts.append("at " + Printable.line(place)) }
      if let value = row.value { parts.append((row.place == nil ? "" : ": ") + Printable.line(value)) }
      line += parts.joined()
      // What is said in other words only.
      if let meaning = row.meaning, row.value != meaning, row.value != "\"\(meaning)\"" {
        line += (parts.isEmpty ? "" : " → ") + Printable.line(meaning)
      }
      if let note = row.note {
        line += (line.hasSuffix(" ") ? "" : "; ") + Printable.line(note)
      }
      return line
    }
  }

  static func json(_ trace: AnswerTrace, of source: String) -> [UInt8] {
    var writer = JSONWriter()
    writer.object { writer in
      writer.key("source")
      writer.string(source)
      writer.key("reading")
      writer.array { writer in
        for row in trace.rows {
          writer.object { writer in
            for (key, value) in [
              ("field", row.field), ("at", row.place), ("value", row.value), ("read_as", row.meaning),
              ("note", row.note),
            ] {
              writer.key(key)
              writer.string(value)
            }
          }
        }
      }
    }
    return writer.bytes
  }
}
