import Model

/// The watched tasks of a source, in slots that are used again; a slot's generation changes with its tenant.
struct Roster: Sendable {
  private var slots: [WatchedTask?] = []
  private var generations: [UInt32] = []
  private var free: [Int] = []
  private var slotOfRow: [Int64: UInt32] = [:]

  var count: Int { slotOfRow.count }
  /// All slots, taken or free.
  var capacity: Int { slots.count }

  /// Makes room for many at once. Only where they are more than all that are here: else each of many calls would
  /// copy everything for a little room.
  mutating func reserve(_ more: Int) {
    guard more > slots.count else { return }
    slots.reserveCapacity(slots.count + more)
    generations.reserveCapacity(generations.count + more)
    slotOfRow.reserveCapacity(slotOfRow.count + more)
  }

  func slot(ofRow row: Int64) -> Int? { slotOfRow[row].map { Int($0) } }

  /// Nil where the row is on the roster already.
  mutating func insert(_ task: WatchedTask) -> (slot: Int, generation: UInt32)? {
    guard slotOfRow[task.row] == nil else { return nil }
    let slot: Int
    if let used = free.popLast() {
      slot = used
      slots[slot] = task
    } else {
      slot = slots.count
      slots.append(task)
      generations.append(0)
    }
    slotOfRow[task.row] = UInt32(slot)
    return (slot, generations[slot])
  }

  mutating func remove(slot: Int) {
    guard let task = slots[slot] else { return }
    slots[slot] = nil
    generations[slot] &+= 1
    slotOfRow[task.row] = nil
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
