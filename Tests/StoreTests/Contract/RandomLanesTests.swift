import Model
import Testing

/// Random operations on a store and on a model of it that is too simple to be wrong.
@Suite struct RandomLanesTests {
  fileprivate struct Entry {
    var id: String
    var hook: String
    var task: Int
    var sequence: Int
    var state = DeliveryState.ready
    var inLane = true
    var attempts = 0
    var tries = 0
    var next: Moment
  }

  private struct Outbox {
    var entries: [Entry] = []
    /// The number of each task's event whose outputs are being saved.
    var saves: [Int: Int] = [:]

    mutating func insert(_ entry: Entry, isHeld: Bool = false) {
      var entry = entry
      let waits = entries.contains { $0.isOpen && $0.isBefore(entry) }
      entry.state = isHeld ? .held : waits ? .waiting : .ready
      entries.append(entry)
    }

    mutating func endSave(of task: Int, now: Moment) {
      guard let sequence = saves.removeValue(forKey: task) else { return }
      let held = entries.indices.filter {
        entries[$0].task == task && entries[$0].sequence == sequence && entries[$0].state == .held
      }
      for index in held { entries[index].state = .waiting }
      for index in held where !entries.contains(where: { $0.isOpen && $0.isBefore(entries[index]) }) {
        entries[index].state = .ready
        entries[index].next = now
      }
    }

    func ready(_ hook: String) -> [Int] {
      entries.indices.filter { entries[$0].hook == hook && entries[$0].state == .ready }
        .sorted { (entries[$0].next, $0) < (entries[$1].next, $1) }
    }

    mutating func end(_ index: Int, _ state: DeliveryState, now: Moment) -> Bool {
      entries[index].state = state
      let ended = entries[index]
      let rest = entries.indices.filter {
        entries[$0].isOpen && ended.inLane && entries[$0].sharesLane(ended)
      }
      guard let next = rest.min(by: { entries[$0].sequence < entries[$1].sequence }),
        entries[next].state == .waiting
      else { return false }
      entries[next].state = .ready
      entries[next].next = now
      return true
    }
  }

  @Test(arguments: Backing.allCases, [1, 2, 3] as [UInt64])
  func theStoreIsTheModel(backing: Backing, seed: UInt64) async throws {
    try await backing.use { bench in
      var random = SplitMix(state: seed)
      var outbox = Outbox()
      let hooks = ["a", "b", "c"]
      var records: [TaskRecord] = []
      var seen: Set<DeliveryState> = []
      for index in 0..<8 { records.append(try await bench.register("t\(index)")) }

      for step in 0..<(backing == .memory ? 1500 : 500) {
        switch Int.random(in: 0..<12, using: &random) {
        case 0..<3:
          let task = Int.random(in: 0..<records.count, using: &random)
          let bound = hooks.filter { _ in Bool.random(using: &random) }
          let order = [nil, nil, true, false].randomElement(using: &random)!.map {
            SaveOrder(outputs: [TaskOutput(url: "https://cdn.example/\(step)")], holds: $0)
          }
          let (after, event) = bench.transition(records[task], to: .running)
          try await bench.store.commit([.task(after, [BoundEvent(event, hooks: bound, save: order)])])
          records[task] = after
          if order != nil {
            outbox.endSave(of: task, now: bench.time.now)
            outbox.saves[task] = after.sequence
          }
          for hook in bound {
            outbox.insert(
              Entry(
                id: Identity.delivery(event: event.id, hook: hook), hook: hook, task: task,
                sequence: after.sequence, next: bench.time.now), isHeld: order?.holds == true)
          }
        case 3..<8:
          let hook = hooks.randomElement(using: &random)!
          let limit = Int.random(in: 0..<6, using: &random)
          let ready = outbox.ready(hook)
          let held = Set(ready.prefix(3).filter { _ in Int.random(in: 0..<3, using: &random) == 0 })
          let free = ready.filter { !held.contains($0) }
          let due = free.prefix { outbox.entries[$0].next <= bench.time.now }.prefix(limit)
          let rows = Set(held.map { Int64($0 + 1) })
          let claim = try await bench.claim(hook, limit: limit, held: rows)
          try #require(claim.deliveries.map(\.id) == due.map { outbox.entries[$0].id }, "step \(step)")
          #expect(claim.deliveries.map(\.tries) == due.map { outbox.entries[$0].tries })
          #expect(claim.nextDue == free.dropFirst(due.count).first.map { outbox.entries[$0].next })
          guard let index = due.randomElement(using: &random) else { break }
          let delivery = claim.deliveries[due.firstIndex(of: index)! - due.startIndex]
          outbox.entries[index].attempts += 1
          outbox.entries[index].tries += 1
          switch Int.random(in: 0..<4, using: &random) {
          case 0:
            let next = bench.time.now + .milliseconds(Int.random(in: 0..<5000, using: &random))
            outbox.entries[index].next = next
            #expect(try await !bench.settle(delivery, hook, .retry(at: next)))
          case 1:
            let isFollowed = outbox.end(index, .dead, now: bench.time.now)
            #expect(try await bench.settle(delivery, hook, .dead) == isFollowed)
          default:
            let isFollowed = outbox.end(index, .delivered, now: bench.time.now)
            #expect(try await bench.settle(delivery, hook, .delivered) == isFollowed)
          }
        case 8, 9:
          let pending = try await bench.store.pendingSaves(after: 0, limit: 99)
          #expect(pending.map(\.event.sequence) == outbox.saves.sorted { $0.key < $1.key }.map(\.value))
          guard let save = pending.randomElement(using: &random) else { break }
          let task = try #require(records.firstIndex { $0.row == save.row })
          let bound = hooks.filter { _ in Bool.random(using: &random) }
          let told = try await bench.store.settle(
            SaveSettlement(
              row: save.row, orderedAt: save.orderedAt,
              event: BoundEvent(
                Event(
                  type: .saved, source: save.ref.source, taskID: save.ref.id, sequence: 0,
                  timestamp: bench.time.wall), hooks: bound)))
          records[task].sequence += 1
          #expect(told?.event.sequence == records[task].sequence)
          let id = try #require(told?.event.id)
          for hook in bound {
            outbox.insert(
              Entry(
                id: Identity.delivery(event: id, hook: hook), hook: hook, task: task,
                sequence: records[task].sequence, next: bench.time.now))
          }
          outbox.endSave(of: task, now: bench.time.now)
        case 10:
          guard let index = outbox.entries.indices.randomElement(using: &random) else { break }
          let selection = DeliverySelection(ids: [outbox.entries[index].id])
          _ = try await bench.store.replay(selection, now: bench.time.now, dryRun: false)
          switch outbox.entries[index].state {
          case .held, .waiting: break
          case .ready: outbox.entries[index].next = min(outbox.entries[index].next, bench.time.now)
          case .delivered, .dead:
            outbox.entries[index].state = .ready
            outbox.entries[index].next = bench.time.now
            outbox.entries[index].tries = 0
            outbox.entries[index].inLane = false
          }
        default:
          bench.time.advance(by: .milliseconds(Int.random(in: 0..<3000, using: &random)))
        }
        if step % 50 == 49 {
          let listed = try await bench.store.deliveries(DeliverySelection())
          #expect(listed.map(\.id) == outbox.entries.map(\.id))
          #expect(listed.map(\.state) == outbox.entries.map(\.state))
          seen.formUnion(listed.map(\.state))
          #expect(listed.map(\.attempts) == outbox.entries.map(\.attempts))
        }
      }
      #expect(seen == Set(DeliveryState.allCases))
    }
  }
}

extension RandomLanesTests.Entry {
  fileprivate var isOpen: Bool { state == .held || state == .waiting || state == .ready }

  fileprivate func sharesLane(_ other: Self) -> Bool {
    inLane && hook == other.hook && task == other.task
  }

  fileprivate func isBefore(_ other: Self) -> Bool { sharesLane(other) && sequence < other.sequence }
}

/// A seeded generator: the same numbers in every run.
struct SplitMix: RandomNumberGenerator {
  var state: UInt64

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var z = state
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
  }
}
