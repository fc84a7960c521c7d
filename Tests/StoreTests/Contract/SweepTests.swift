import Model
import Testing

@Suite struct SweepTests {
  @Test(arguments: Backing.allCases)
  func onlyWhatIsOverAndOldGoes(backing: Backing) async throws {
    try await backing.use { bench in
      let watched = try await bench.register("watched")
      let old = try await bench.register("old")
      let open = try await bench.register("open")
      let removed = try await bench.register("removed")
      try await bench.advance(watched, to: .running, hooks: ["h"])
      try await bench.advance(old, to: .succeeded, hooks: ["h"])
      try await bench.advance(open, to: .succeeded, hooks: ["h"])
      _ = try await bench.store.remove([removed.ref])
      for delivery in try await bench.claim("h").deliveries where delivery.event.taskID != "open" {
        try await bench.settle(delivery, "h", .delivered)
      }
      #expect(try await bench.store.sweep(endedBefore: bench.time.wall) == 0)
      bench.time.advance(by: .seconds(1))
      let recent = try await bench.register("recent")
      try await bench.advance(recent, to: .failed)
      #expect(try await bench.store.sweep(endedBefore: bench.time.wall) == 2)
      #expect(
        try await bench.store.tasks(TaskQuery()).map(\.ref.id) == ["watched", "open", "recent"])
      #expect(
        try await bench.store.deliveries(DeliverySelection()).map(\.taskID) == ["watched", "open"])
      #expect(try await bench.store.history(of: old.ref).isEmpty)
      // A task of the same name is a new one, with a higher row than any before.
      let anew = try await bench.register("old")
      #expect(anew.row > recent.row && anew.sequence == 0)
    }
  }

  @Test(arguments: Backing.allCases)
  func rowsAreNeverUsedAgain(backing: Backing) async throws {
    try await backing.use { bench in
      let record = try await bench.register("a")
      #expect(try await bench.store.remove([record.ref]) == [record.ref])
      bench.time.advance(by: .seconds(1))
      #expect(try await bench.store.sweep(endedBefore: bench.time.wall) == 1)
      #expect(try await bench.register("b").row > record.row)
    }
  }

  @Test(arguments: Backing.allCases)
  func eventsOfSourcesGoToo(backing: Backing) async throws {
    try await backing.use { bench in
      for sequence in 1...3 {
        let event = Event(
          type: .sourceDown, source: "s", taskID: nil, sequence: sequence, timestamp: bench.time.wall)
        try await bench.store.commit([
          .source(SourceRecord(name: "s", sequence: sequence), [BoundEvent(event, hooks: ["h"])])
        ])
        bench.time.advance(by: .seconds(1))
      }
      try await bench.settle(bench.claim("h").deliveries[0], "h", .delivered)
      #expect(try await bench.store.sweep(endedBefore: bench.time.wall) == 0)
      #expect(try await bench.store.deliveries(DeliverySelection()).map(\.sequence) == [2, 3])
      #expect(try await bench.store.sourceRecords() == [SourceRecord(name: "s", sequence: 3)])
    }
  }

  @Test(arguments: Backing.allCases)
  func manyGo(backing: Backing) async throws {
    try await backing.use { bench in
      let tasks = (0..<3000).map { NewTask(ref: TaskRef(source: "s", id: "\($0)")) }
      _ = try await bench.store.register(tasks, mark: nil)
      #expect(try await bench.store.remove(tasks.map(\.ref)).count == 3000)
      bench.time.advance(by: .seconds(1))
      #expect(try await bench.store.sweep(endedBefore: bench.time.wall) == 3000)
      #expect(try await bench.store.tasks(TaskQuery()).isEmpty)
    }
  }
}
