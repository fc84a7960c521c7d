/// The entries of a mapping while it is read.
struct YAMLEntries {
  private(set) var all: [YAMLEntry] = []
  /// Nodes in all entries, keys included.
  private(set) var size = 0
  /// The greatest height of a value.
  private(set) var height = 0
  private var keys: [String: TextPosition] = [:]
  private var mergeKey: TextPosition?

  /// Where the mapping itself has this key already.
  func firstPosition(of key: String, isMerge: Bool) -> TextPosition? { isMerge ? mergeKey : keys[key] }

  mutating func note(_ key: String, isMerge: Bool, at position: TextPosition) {
    if isMerge { mergeKey = position } else { keys[key] = position }
  }

  mutating func append(_ entry: YAMLEntry) {
    all.append(entry)
    size += 1 + entry.value.size
    height = max(height, entry.value.height)
  }

  /// Takes an entry of a merged mapping unless its key is there; answers whether it was taken.
  mutating func merge(_ entry: YAMLEntry) -> Bool {
    if keys[entry.key] != nil { return false }
    keys[entry.key] = entry.keyPosition
    append(entry)
    return true
  }
}
