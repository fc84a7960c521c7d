import HeapModule
import Model

/// When each task is due, soonest first. An entry is as good as the generation it was made for: a task that
/// was rescheduled or removed leaves a stale one behind, which is passed over.
struct DueList: Sendable {
  private struct Entry: Comparable, Sendable {
    let due: Int64
    let slot: UInt32
    let generation: UInt32

    static func < (a: Entry, b: Entry) -> Bool { a.due < b.due }
  }

  private var heap = Heap<Entry>()

  var soonest: Moment? { heap.min.map { Moment(nanoseconds: $0.due) } }

  mutating func insert(slot: Int, generation: UInt32, due: Moment) {
    heap.insert(Entry(due: due.nanoseconds, slot: UInt32(slot), generation: generation))
  }

  /// Takes the soonest entry where it is due.
  mutating func pop(at now: Moment) -> (slot: Int, generation: UInt32, due: Moment)? {
    guard let entry = heap.min, entry.due <= now.nanoseconds else { return nil }
    heap.removeMin()
    return (Int(entry.slot), entry.generation, Moment(nanoseconds: entry.due))
  }
}
