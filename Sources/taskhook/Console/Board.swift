import Model

/// The tasks that `watch` follows, as lines of a terminal. Pure: what is shown is a function of what was seen.
struct Board: Sendable {
  private struct Row: Sendable {
    var status = "…"
    var state: TaskState?
    var progress: Double?
    var since: Moment
    var until: Moment?
    var note: String?
    /// The files that are being saved, by their place.
    var files: [Int: FileRow] = [:]
  }

  private struct FileRow: Sendable {
    var bytes: Int64
    var total: Int64?
    var count: Int
  }

  private var order: [String] = []
  private var rows: [String: Row] = [:]
  private let colour: Bool

  init(ids: [String], at now: Moment, colour: Bool) {
    self.colour = colour
    for id in ids where rows[id] == nil {
      order.append(id)
      rows[id] = Row(since: now)
    }
  }

  mutating func saw(_ observation: Observation, of id: String, at now: Moment) {
    rows[id]?.status = observation.status
    rows[id]?.state = observation.state
    rows[id]?.progress = observation.progress
    if observation.state.isTerminal { rows[id]?.until = now }
  }

  /// A file of a task comes in.
  mutating func saving(_ output: Int, of count: Int, bytes: Int64, total: Int64?, task id: String) {
    rows[id]?.files[output] = FileRow(bytes: bytes, total: total, count: count)
  }

  /// All files of a task are there.
  mutating func saved(_ id: String, note: String) {
    rows[id]?.files = [:]
    rows[id]?.note = note
  }

  mutating func ended(_ id: String, note: String, at now: Moment) {
    rows[id]?.note = note
    rows[id]?.files = [:]
    if rows[id]?.until == nil { rows[id]?.until = now }
  }

  /// One line a task while they fit `height`, else those that still run first and a count of the rest. Below a task
  /// whose files come in stands a line for each of them, as far as there is room.
  func lines(width: Int, height: Int, now: Moment) -> [String] {
    let room = max(1, height - 1)
    var shown = order
    if shown.count > room {
      let running = order.filter { rows[$0]?.until == nil }
      shown = Array((running + order.filter { rows[$0]?.until != nil }).prefix(max(1, room - 1)))
    }
    let idWidth = min(shown.map(\.count).max() ?? 0, max(8, width - 44))
    let statusWidth = min(24, shown.compactMap { rows[$0]?.status.count }.max() ?? 0)
    var left = room - shown.count - (shown.count < order.count ? 1 : 0)
    var lines: [String] = []
    for row in shown.compactMap({ id in rows[id].map { (id: id, row: $0) } }) {
      lines.append(line(row.row, id: row.id, idWidth: idWidth, statusWidth: statusWidth, now: now))
      let files = row.row.files.sorted { $0.key < $1.key }.prefix(max(0, left))
      left -= files.count
      lines += files.map { Self.line($0.value, number: $0.key + 1) }
    }
    if shown.count < order.count {
      let ended = order.count { rows[$0]?.until != nil }
      lines.append("… \(order.count) tasks, \(ended) ended")
    }
    return lines
  }

  private func line(_ row: Row, id: String, idWidth: Int, statusWidth: Int, now: Moment) -> String {
    let name = Self.fitted(Printable.line(id), idWidth)
    let status = Self.fitted(Printable.line(row.status), statusWidth)
    let elapsed = Span.text((row.until ?? now) - row.since)
    let note = row.note.map { "  " + Printable.line($0) } ?? ""
    return "\(name)  \(coloured(status, row.state))  \(Self.bar(row))  \(elapsed)\(note)"
  }

  /// `  file 1 of 2  ████░░░░░░  42%  12.3 MiB`
  private static func line(_ file: FileRow, number: Int) -> String {
    let share = file.total.map { $0 > 0 ? Double(file.bytes) / Double($0) : 1 }
    return "  file \(number) of \(file.count)  \(bar(share))  \(mebibytes(file.bytes))"
  }

  private static func mebibytes(_ bytes: Int64) -> String {
    let tenths = (bytes * 10) >> 20
    return "\(tenths / 10).\(tenths % 10) MiB"
  }

  private static func bar(_ row: Row) -> String { bar(row.state == .succeeded ? 1 : row.progress) }

  /// Ten cells and the percentage.
  private static func bar(_ progress: Double?) -> String {
    guard let progress else { return String(repeating: "·", count: 10) + "     " }
    let share = min(max(progress, 0), 1)
    let full = Int((share * 10).rounded(.down))
    let percent = "\(Int((share * 100).rounded(.down)))%"
    return String(repeating: "█", count: full) + String(repeating: "░", count: 10 - full)
      + String(repeating: " ", count: 5 - percent.count) + percent
  }

  private static func fitted(_ text: String, _ width: Int) -> String {
    text.count <= width
      ? text + String(repeating: " ", count: width - text.count) : text.prefix(max(0, width - 1)) + "…"
  }

  private func coloured(_ text: String, _ state: TaskState?) -> String {
    guard colour, let state else { return text }
    let code =
      switch state {
      case .succeeded: "32"
      case .failed, .cancelled, .expired: "31"
      case .running: "36"
      case .pending, .throttled, .unknown: "33"
      }
    return "\u{1B}[\(code)m\(text)\u{1B}[0m"
  }
}
