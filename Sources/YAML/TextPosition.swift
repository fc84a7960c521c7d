/// A place in a text, as editors count: lines and columns from 1, columns in Unicode scalars.
package struct TextPosition: Sendable, Hashable, Comparable, CustomStringConvertible {
  package var line: Int
  package var column: Int

  package init(line: Int, column: Int) {
    self.line = line
    self.column = column
  }

  /// The first character of a file.
  package static let start = TextPosition(line: 1, column: 1)

  package static func < (a: TextPosition, b: TextPosition) -> Bool {
    (a.line, a.column) < (b.line, b.column)
  }

  /// `line:column`
  package var description: String { "\(line):\(column)" }
}
