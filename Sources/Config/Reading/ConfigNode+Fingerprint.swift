extension ConfigNode {
  /// A number that differs where two nodes say different things, whatever way they were written; of this process
  /// alone. The order of keys counts, as that of hooks does.
  package var fingerprint: Int {
    var hasher = Hasher()
    combine(into: &hasher)
    return hasher.finalize()
  }

  private func combine(into hasher: inout Hasher) {
    switch content {
    case .null, .broken: hasher.combine(0)
    case .scalar(let text, let isQuoted, _, _):
      hasher.combine(1)
      hasher.combine(text)
      hasher.combine(isQuoted)
    case .sequence(let items):
      hasher.combine(2)
      hasher.combine(items.count)
      for item in items { item.combine(into: &hasher) }
    case .mapping(let entries):
      hasher.combine(3)
      hasher.combine(entries.count)
      for entry in entries {
        hasher.combine(entry.key)
        entry.value.combine(into: &hasher)
      }
    }
  }
}
