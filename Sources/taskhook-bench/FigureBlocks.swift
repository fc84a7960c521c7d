/// A document whose figures stand between marks, each measurement's apart:
///
///     <!-- figures: polls -->
///     …
///     <!-- /figures -->
///
/// What is outside of them is prose, written by hand.
enum FigureBlocks {
  private static let start = "<!-- figures: "
  private static let end = "<!-- /figures -->"

  /// The names of the blocks, in their order.
  static func names(in document: String) -> [String] {
    lines(of: document).compactMap(name)
  }

  /// The document with other figures in the block of that name; nil where it has no such block, or the block has no
  /// end.
  static func replacing(_ name: String, with figures: String, in document: String) -> String? {
    let lines = lines(of: document)
    guard let first = lines.firstIndex(where: { Self.name($0) == name }),
      let last = lines[first...].firstIndex(where: { $0 == end }),
      !lines[(first + 1)..<last].contains(where: { Self.name($0) != nil })
    else { return nil }
    let trimmed = figures.split(separator: "\n", omittingEmptySubsequences: false)
      .drop { $0.isEmpty }.reversed().drop { $0.isEmpty }.reversed()
    return (lines[...first] + [""] + trimmed + [""] + lines[last...]).joined(separator: "\n")
  }

  private static func lines(of document: String) -> [Substring] {
    document.split(separator: "\n", omittingEmptySubsequences: false)
  }

  private static func name(_ line: Substring) -> String? {
    guard line.hasPrefix(start), line.hasSuffix(" -->") else { return nil }
    return String(line.dropFirst(start.count).dropLast(" -->".count))
  }
}
