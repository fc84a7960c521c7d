import HeapModule

/// What is to be called when, soonest first; those due at the same time in the order they were set.
struct Timers {
  typealias Work = @Sendable () -> Void

  private struct Entry: Comparable {
    let due: Int64
    let order: UInt64
    let work: Work

    static func < (a: Entry, b: Entry) -> Bool { (a.due, a.order) < (b.due, b.order) }
    static func == (a: Entry, b: Entry) -> Bool { a.order == b.order }
  }

  private var heap = Heap<Entry>()
  private var count: UInt64 = 0

  /// When the next one is due, in nanoseconds of the monotonic clock.
  var next: Int64? { heap.min?.due }

  mutating func set(due: Int64, _ work: @escaping Work) {
    heap.insert(Entry(due: due, order: count, work: work))
    count += 1
  }

  /// Takes out one that is due.
  mutating func take(at now: Int64) -> Work? {
    guard let first = heap.min, first.due <= now else { return nil }
    return heap.removeMin().work
  }

  mutating func removeAll() { heap = Heap() }
}
