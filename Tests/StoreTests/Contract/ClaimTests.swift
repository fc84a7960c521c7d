import Model
import Testing

/// What claims bring along.
@Suite struct ClaimTests {
  /// Tasks `t0`, `t1`, …, each with one event of so many bytes.
  private static func fill(_ bench: Bench, sizes: [Int]) async throws {
    for (index, size) in sizes.enumerated() {
      let record = try await bench.register("t\(index)")
      try await bench.advance(
        record, to: .running, hooks: ["h"], body: String(repeating: " ", count: size - 2) + "{}")
      bench.time.advance(by: .seconds(1))
    }
  }

  struct Bytes: Sendable {
    var most: Int
    var taken: Int
  }

  @Test(
    arguments: Backing.allCases,
    [
      Bytes(most: 0, taken: 1), Bytes(most: 999, taken: 1), Bytes(most: 1000, taken: 1),
      Bytes(most: 1099, taken: 1), Bytes(most: 1100, taken: 2), Bytes(most: 1199, taken: 2),
      Bytes(most: 1200, taken: 3), Bytes(most: .max, taken: 4),
    ])
  func aClaimEndsAtItsBytes(backing: Backing, bytes: Bytes) async throws {
    try await backing.use { bench in
      let begin = bench.time.now
      try await Self.fill(bench, sizes: [1000, 100, 100, 5000])
      let claim = try await bench.claim("h", bodies: .all(bytes: bytes.most))
      #expect(claim.deliveries.map(\.event.taskID) == (0..<bytes.taken).map { "t\($0)" })
      #expect(claim.due == 4)
      #expect(claim.nextDue == (bytes.taken == 4 ? nil : begin + .seconds(bytes.taken)))
    }
  }

  @Test(arguments: Backing.allCases)
  func onlyTheFirstBringTheirTasks(backing: Backing) async throws {
    try await backing.use { bench in
      try await Self.fill(bench, sizes: [1000, 100, 100, 100])
      var claim = try await bench.claim("h", limit: 3, bodies: .first(2))
      #expect(claim.deliveries.map { $0.event.task?.count } == [1000, 100, nil])
      #expect(claim.due == 3)
      claim = try await bench.claim("h", limit: 9, bodies: .first(0))
      #expect(claim.deliveries.map { $0.event.task?.count } == [nil, nil, nil, nil])
      #expect(claim.deliveries.map(\.event.status) == Array(repeating: "RUNNING", count: 4))
    }
  }

  @Test(arguments: Backing.allCases)
  func theBeginningOfTheWatchComesAlong(backing: Backing) async throws {
    try await backing.use { bench in
      let first = bench.time.wall
      var record = try await bench.register("a")
      bench.time.advance(by: .seconds(5))
      record = try await bench.advance(record, to: .failed, hooks: ["h"])
      #expect(try await bench.claim("h").deliveries.map(\.event.watchedSince) == [first])
      bench.time.advance(by: .seconds(5))
      record = try await bench.register("a", again: true)
      // That of the first watch is not kept, and the second began after the event.
      #expect(try await bench.claim("h").deliveries.map(\.event.watchedSince) == [nil])
      let second = bench.time.wall
      bench.time.advance(by: .seconds(5))
      try await bench.advance(record, to: .running, hooks: ["g"])
      #expect(try await bench.claim("g").deliveries.map(\.event.watchedSince) == [second])
      let ofSource = Event(
        type: .sourceDown, source: "runway", taskID: nil, sequence: 1, timestamp: bench.time.wall)
      try await bench.store.commit([
        .source(SourceRecord(name: "runway", sequence: 1), [BoundEvent(ofSource, hooks: ["s"])])
      ])
      #expect(try await bench.claim("s").deliveries.map(\.event.watchedSince) == [nil])
    }
  }

  @Test(arguments: Backing.allCases)
  func manyAreSettledTogether(backing: Backing) async throws {
    try await backing.use { bench in
      var records: [TaskRecord] = []
      for index in 0..<3 {
        let record = try await bench.register("t\(index)")
        records.append(try await bench.advance(record, to: .pending, hooks: ["h"]))
      }
      try await bench.advance(records[1], to: .running, hooks: ["h"])
      let claimed = try await bench.claim("h").deliveries
      let due = bench.time.now + .seconds(9)
      let promoted = try await bench.store.settle([
        bench.settlement(claimed[0], "h", .retry(at: due)), bench.settlement(claimed[1], "h", .delivered),
        bench.settlement(claimed[2], "h", .dead),
      ])
      #expect(promoted)
      #expect(
        try await bench.store.deliveries(DeliverySelection()).map(\.state)
          == [.ready, .delivered, .dead, .ready])
      #expect(try await bench.claim("h").nextDue == due)
      #expect(try await !bench.store.settle([]))
    }
  }
}
