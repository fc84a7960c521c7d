/// "Did you mean": the known name that a mistyped one is nearest to.
package enum Nearest {
  /// The nearest of the names, or nil where none is near: at most a third of the letters may be wrong (one in
  /// short words, three at most). Case counts nothing, and `-` is `_`.
  package static func name(to given: String, among names: [String]) -> String? {
    let wrong = fold(given)
    guard !wrong.isEmpty, wrong.count <= 64 else { return nil }
    var best: (name: String, distance: Int)?
    for name in names {
      let right = fold(name)
      let longest = max(wrong.count, right.count)
      let most = min(3, max(1, longest / 3))
      guard abs(wrong.count - right.count) <= most else { continue }
      let distance = distance(wrong, right)
      // Something of the word must be right.
      guard distance <= most, distance < min(wrong.count, right.count) || distance == 0 else { continue }
      if best.map({ distance < $0.distance }) ?? true { best = (name, distance) }
    }
    return best?.name
  }

  /// Damerau-Levenshtein in its restricted form (optimal string alignment): insertions, deletions, substitutions
  /// and swaps of neighbours, no part edited twice.
  static func distance(_ a: [Unicode.Scalar], _ b: [Unicode.Scalar]) -> Int {
    if a.isEmpty || b.isEmpty { return max(a.count, b.count) }
    var beforeLast: [Int] = []
    var last = Array(0...b.count)
    for i in 1...a.count {
      var row = [i]
      for j in 1...b.count {
        let change = a[i - 1] == b[j - 1] ? 0 : 1
        var least = min(last[j] + 1, row[j - 1] + 1, last[j - 1] + change)
        if i > 1, j > 1, a[i - 1] == b[j - 2], a[i - 2] == b[j - 1] {
          least = min(least, beforeLast[j - 2] + 1)
        }
        row.append(least)
      }
      (beforeLast, last) = (last, row)
    }
    return last[b.count]
  }

  private static func fold(_ name: String) -> [Unicode.Scalar] {
    name.lowercased().unicodeScalars.map { $0 == "-" ? "_" : $0 }
  }
}
