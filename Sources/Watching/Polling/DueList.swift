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

  /// How many of the entries that `counts` names are due.
  func count(until now: Moment, where counts: (_ slot: Int, _ generation: UInt32) -> Bool) -> Int {
    heap.unordered.count { $0.due <= now.nanoseconds && counts(Int($0.slot), $0.generation) }
  }

  /// Has nothing be due later than `spread` from now; what was comes evenly over that time.
  mutating func pull(to now: Moment, spread: Duration) {
    let last = (now + spread).nanoseconds
    let late = heap.unordered.count { $0.due > last }
    if late == 0 { return }
    let step = max(1, spread.nanoseconds / Int64(late))
    var next = now.nanoseconds
    heap = Heap(
      heap.unordered.map { entry in
        guard entry.due > last else { return entry }
        defer { next += step }
        return Entry(due: next, slot: entry.slot, generation: entry.generation)
      })
  }

  /// Takes the soonest entry where it is due.
  mutating func pop(at now: Moment) -> (slot: Int, generation: UInt32, due: Moment)? {
    guard let entry = heap.min, entry.due <= now.nanoseconds else { return nil }
    heap.removeMin()
    return (Int(entry.slot), entry.generation, Moment(nanoseconds: entry.due))
  }
}
