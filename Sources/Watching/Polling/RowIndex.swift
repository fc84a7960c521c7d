/// In which slot of the roster each row is. It holds the slots' numbers alone, in a table of its own (open addressing,
/// linear probing): with a million tasks a Dictionary takes three times as much, which is a tenth of all that a task
/// takes.
struct RowIndex: Sendable {
  /// One more than the slot; 0 where there is none. As many as a power of two, at most three of four taken.
  private var places = [UInt32](repeating: 0, count: 8)
  private(set) var count = 0

  /// `tasks` are the roster's slots, here and below.
  func slot(of row: Int64, in tasks: [WatchedTask?]) -> Int? {
    var place = home(of: row)
    while places[place] != 0 {
      let slot = Int(places[place]) - 1
      if tasks[slot]?.row == row { return slot }
      place = after(place)
    }
    return nil
  }

  /// `row` is not in the index.
  mutating func insert(_ row: Int64, slot: Int, in tasks: [WatchedTask?]) {
    grow(to: count + 1, in: tasks)
    put(slot, at: home(of: row))
    count += 1
  }

  /// `slot` still has its row.
  mutating func remove(slot: Int, in tasks: [WatchedTask?]) {
    var gap = home(of: row(in: slot, tasks))
    while Int(places[gap]) != slot + 1 { gap = after(gap) }
    // Those after it that the gap would cut off from their homes move into it.
    var place = after(gap)
    while places[place] != 0 {
      let home = home(of: row(in: Int(places[place]) - 1, tasks))
      if distance(from: home, to: place) >= distance(from: gap, to: place) {
        places[gap] = places[place]
        gap = place
      }
      place = after(place)
    }
    places[gap] = 0
    count -= 1
  }

  /// Makes room for so many in all.
  mutating func grow(to count: Int, in tasks: [WatchedTask?]) {
    var size = places.count
    while size * 3 < count * 4 { size *= 2 }
    if size == places.count { return }
    let old = places
    places = [UInt32](repeating: 0, count: size)
    for slot in old where slot != 0 { put(Int(slot) - 1, at: home(of: row(in: Int(slot) - 1, tasks))) }
  }

  private mutating func put(_ slot: Int, at home: Int) {
    var place = home
    while places[place] != 0 { place = after(place) }
    places[place] = UInt32(slot + 1)
  }

  private func row(in slot: Int, _ tasks: [WatchedTask?]) -> Int64 { tasks[slot]!.row }

  /// Rows follow each other, so they are strewn: by the golden ratio (Knuth, The Art of Computer Programming 3, 6.4).
  private func home(of row: Int64) -> Int {
    let strewn = UInt64(bitPattern: row) &* 0x9E37_79B9_7F4A_7C15
    return Int(strewn >> (64 - UInt64(places.count.trailingZeroBitCount)))
  }

  private func after(_ place: Int) -> Int { (place + 1) & (places.count - 1) }

  private func distance(from start: Int, to end: Int) -> Int { (end - start) & (places.count - 1) }
}
