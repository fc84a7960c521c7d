/// Columns of text, as wide as they need to be.
struct Table {
  private let heads: [String]
  private var rows: [[String]] = []

  init(_ heads: String...) { self.heads = heads }

  mutating func add(_ cells: String...) { rows.append(cells) }

  var isEmpty: Bool { rows.isEmpty }

  /// The lines, the heads first; control characters shown as spaces, so that no value can play with the
  /// terminal.
  var lines: [String] {
    let all = ([heads] + rows).map { $0.map(Printable.line) }
    let widths = heads.indices.map { column in all.map { $0[column].count }.max() ?? 0 }
    return all.map { row in
      row.enumerated().map { column, cell in
        column == row.count - 1
          ? cell : cell + String(repeating: " ", count: widths[column] - cell.count + 2)
      }.joined()
    }
  }
}

enum Printable {
  /// A value on one line of a terminal: control and formatting characters become spaces.
  static func line(_ text: String) -> String {
    var clean = String.UnicodeScalarView()
    for scalar in text.unicodeScalars {
      let isControl = scalar.value < 0x20 || (0x7F..<0xA0).contains(scalar.value)
      // Those that turn the direction of writing, or show nothing, could hide what stands there.
      let isUnseen = scalar.properties.generalCategory == .format
      clean.append(isControl || isUnseen ? " " : scalar)
    }
    return String(clean)
  }
}

/// Spans of time for people: `3s`, `4m10s`, `2h5m`, `3d4h`.
enum Span {
  static func text(_ duration: Duration) -> String {
    let seconds = max(0, duration.components.seconds)
    switch seconds {
    case ..<60: return "\(seconds)s"
    case ..<3600: return seconds % 60 == 0 ? "\(seconds / 60)m" : "\(seconds / 60)m\(seconds % 60)s"
    case ..<86400: return "\(seconds / 3600)h\(seconds / 60 % 60)m"
    default: return "\(seconds / 86400)d\(seconds / 3600 % 24)h"
    }
  }
}

enum OneLine {
  /// JSON text on one line. Strings hold no raw line breaks (RFC 8259 section 7), so those that there are stand
  /// between tokens.
  static func json(_ text: [UInt8]) -> [UInt8] {
    text.map { $0 == 0x0A || $0 == 0x0D ? 0x20 : $0 }
  }
}
