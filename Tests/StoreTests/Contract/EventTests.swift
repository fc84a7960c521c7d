import Model
import Testing

/// Recorded events as those see them who follow all.
@Suite struct EventTests {
  private static func name(_ recorded: RecordedEvent) -> String {
    let event = recorded.event
    return "\(event.taskID ?? event.hook ?? event.source) \(event.type.name) \(event.sequence)"
  }

  private static func down(_ bench: Bench, hook: String? = nil, sequence: Int = 1) -> Event {
    Event(
      type: hook == nil ? .sourceDown : .hookDown, source: hook == nil ? "kling" : "", hook: hook,
      taskID: nil,
      sequence: sequence, timestamp: bench.time.wall, reason: "401")
  }

  @Test(arguments: Backing.allCases)
  func allAreThereInTheOrderInWhichTheyWereRecorded(backing: Backing) async throws {
    try await backing.use { bench in
      #expect(try await bench.store.lastEvent() == 0)
      #expect(try await bench.store.events(after: 0, limit: 9).isEmpty)
      let a = try await bench.register("a", labels: ["k": "v"])
      let b = try await bench.register("b")
      let running = try await bench.advance(a, to: .running, hooks: ["h"])
      try await bench.store.commit([
        .source(SourceRecord(name: "kling", sequence: 1), [BoundEvent(Self.down(bench), hooks: [])])
      ])
      try await bench.advance(b, to: .failed)
      let news = [BoundEvent(Self.down(bench, hook: "h"), hooks: [])]
      try await bench.settle(bench.claim("h").deliveries[0], "h", .dead, events: news)
      try await bench.advance(running, to: .succeeded, body: #"{"n":1}"#)

      let all = try await bench.store.events(after: 0, limit: 99)
      #expect(
        all.map(Self.name) == [
          "a task.running 1", "kling source.down 1", "b task.failed 1", "h hook.down 1", "a task.succeeded 2",
        ])
      #expect(zip(all, all.dropFirst()).allSatisfy { $0.row < $1.row })
      #expect(try await bench.store.lastEvent() == all.last?.row)
      #expect(all.last?.event.labels == ["k": "v"] && all.last?.event.previousState == .running)
      #expect(all.last?.event.task == Array(#"{"n":1}"#.utf8))
      #expect(all.map(\.event.id).count == Set(all.map(\.event.id)).count)
      // In pages.
      var (paged, row): ([RecordedEvent], Int64) = ([], 0)
      while let page = Optional(try await bench.store.events(after: row, limit: 2)), let last = page.last {
        #expect(page.count <= 2)
        paged += page
        row = last.row
      }
      #expect(paged == all)
      #expect(try await bench.store.events(after: row, limit: 9).isEmpty)
      #expect(try await bench.store.events(after: .max, limit: 9).isEmpty)
      #expect(try await bench.store.events(after: 0, limit: 0).isEmpty)
    }
  }

  @Test(arguments: Backing.allCases)
  func anEventWithoutATaskObjectBringsTheLastOne(backing: Backing) async throws {
    try await backing.use { bench in
      var record = try await bench.register("a")
      record = try await bench.advance(record, to: .running, body: #"{"seen":1}"#)
      record.sequence = 2
      record.ending = .lost
      let lost = Event(
        type: .lost, source: "runway", taskID: "a", sequence: 2, timestamp: bench.time.wall,
        status: "RUNNING",
        state: .running)
      try await bench.store.commit([.task(record, [BoundEvent(lost, hooks: ["h"])])])
      let events = try await bench.store.events(after: 0, limit: 9)
      let delivery = try #require(try await bench.claim("h").deliveries.first)
      #expect(events.last?.event.task == Array(#"{"seen":1}"#.utf8))
      #expect(events.last?.event.task == delivery.event.task)
      #expect(try await bench.store.delivery(delivery.id)?.event.task == delivery.event.task)
    }
  }

  @Test(arguments: Backing.allCases)
  func rowsAreNeverUsedAgain(backing: Backing) async throws {
    try await backing.use { bench in
      try await bench.advance(bench.register("a"), to: .failed)
      try await bench.advance(bench.register("b"), to: .failed)
      let last = try await bench.store.lastEvent()
      bench.time.advance(by: .seconds(1))
      #expect(try await bench.store.sweep(endedBefore: bench.time.wall) == 1)
      #expect(try await bench.store.lastEvent() == last, "the last one stays")
      #expect(try await bench.store.events(after: 0, limit: 9).map(\.row) == [last])
      try await bench.advance(bench.register("c"), to: .running)
      let next = try await bench.store.events(after: last, limit: 9)
      #expect(next.map(Self.name) == ["c task.running 1"] && next[0].row > last)
      // It goes once it is no longer the last.
      #expect(try await bench.store.sweep(endedBefore: bench.time.wall) == 1)
      #expect(try await bench.store.events(after: 0, limit: 9).map(Self.name) == ["c task.running 1"])
    }
  }

  @Test(arguments: Backing.allCases)
  func noRowOfASourcesEventIsUsedAgain(backing: Backing) async throws {
    try await backing.use { bench in
      for sequence in 1...3 {
        try await bench.store.commit([
          .source(
            SourceRecord(name: "kling", sequence: sequence),
            [BoundEvent(Self.down(bench, sequence: sequence), hooks: [])])
        ])
      }
      let last = try await bench.store.lastEvent()
      bench.time.advance(by: .seconds(1))
      _ = try await bench.store.sweep(endedBefore: bench.time.wall)
      #expect(try await bench.store.events(after: 0, limit: 9).map(\.row) == [last])
      try await bench.advance(bench.register("a"), to: .running)
      #expect(try await bench.store.lastEvent() > last)
    }
  }
}
