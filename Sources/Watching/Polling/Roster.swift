import Model

/// The watched tasks of a source, in slots that are used again; a slot's generation changes with its tenant.
struct Roster: Sendable {
  private var slots: [WatchedTask?] = []
  private var generations: [UInt32] = []
  private var free: [Int] = []
  private var index = RowIndex()

  var count: Int { index.count }
  /// All slots, taken or free.
  var capacity: Int { slots.count }

  /// Makes room for many at once. Only where they are more than all that are here: else each of many calls would
  /// copy everything for a little room.
  mutating func reserve(_ more: Int) {
    guard more > slots.count else { return }
    slots.reserveCapacity(slots.count + more)
    generations.reserveCapacity(generations.count + more)
    index.grow(to: index.count + more, in: slots)
  }

  func slot(ofRow row: Int64) -> Int? { index.slot(of: row, in: slots) }

  /// Nil where the row is on the roster already.
  mutating func insert(_ task: WatchedTask) -> (slot: Int, generation: UInt32)? {
    guard self.slot(ofRow: task.row) == nil else { return nil }
    let slot: Int
    if let used = free.popLast() {
      slot = used
      slots[slot] = task
    } else {
      slot = slots.count
      slots.append(task)
      generations.append(0)
    }
    index.insert(task.row, slot: slot, in: slots)
    return (slot, generations[slot])
  }

  mutating func remove(slot: Int) {
    guard slots[slot] != nil else { return }
    index.remove(slot: slot, in: slots)
    slots[slot] = nil
    generations[slot] &+= 1
    free.append(slot)
  }

  /// Makes older entries of the due list stale; answers the generation that counts from now on.
  mutating func renew(slot: Int) -> UInt32 {
    generations[slot] &+= 1
    return generations[slot]
  }

  func holds(slot: Int, generation: UInt32) -> Bool {
    slots[slot] != nil && generations[slot] == generation
  }

  subscript(slot: Int) -> WatchedTask? {
    // In place: a task is not copied to look at a field of it, or to change one.
    _read { yield slots[slot] }
    _modify { yield &slots[slot] }
  }
}
