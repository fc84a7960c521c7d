import Model
import Testing

@Suite struct CommitTests {
  @Test(arguments: Backing.allCases)
  func everyFieldComesBack(backing: Backing) async throws {
    try await backing.use { bench in
      var record = try await bench.register("a", url: "https://api.example/a?k=v", labels: ["k": "v"])
      record.status = "RUNNING"
      record.state = .running
      record.progress = 0.375
      record.sequence = 2
      record.changedAt = Timestamp(milliseconds: 1_700_000_000_123)
      record.createdAt = Timestamp(milliseconds: 1_700_000_000_001)
      record.lastPolled = Timestamp(milliseconds: 1_700_000_000_456)
      record.stalled = true
      let files = [
        SavedFile(
          url: "https://e.example/\"1\"", path: "/out/ü\n.mp4", bytes: 9_007_199_254_740_993, sha256: "00ff",
          contentType: "video/mp4"),
        SavedFile(url: "", path: "s3://b/k", bytes: 0, sha256: "", contentType: nil),
      ]
      let full = Event(
        type: .task(.running), source: "runway", taskID: "a", sequence: 1,
        timestamp: Timestamp(milliseconds: 1_700_000_000_789), status: "RUNNING", state: .running,
        previousStatus: "PENDING", previousState: .pending, progress: 0.375, previousProgress: 0.125,
        labels: ["k": "v"], task: Array("{\"n\": 1.0e+2,\u{0} \"b\": 1}".utf8), reason: "why",
        files: files, createdAt: record.createdAt)
      let bare = Event(
        type: .stalled, source: "runway", taskID: "a", sequence: 2, timestamp: bench.time.wall)
      try await bench.store.commit([
        .task(record, [BoundEvent(full, hooks: ["h"]), BoundEvent(bare, hooks: [])])
      ])
      #expect(try await bench.store.tasks(TaskQuery()) == [record])
      let history = try await bench.store.history(of: record.ref)
      // `full` is older than the watch.
      var watched = bare
      watched.watchedSince = record.watchedSince
      watched.createdAt = record.createdAt
      #expect(history.map(\.event) == [full, watched])
      #expect(history.map(\.deliveries.count) == [1, 0])
      let claimed = try await bench.claim("h").deliveries
      #expect(claimed.map(\.event) == [full])
      #expect(claimed[0].id == Identity.delivery(event: full.id, hook: "h"))
    }
  }

  @Test(arguments: Backing.allCases, EventType.all)
  func everyEventTypeComesBack(backing: Backing, type: EventType) async throws {
    try await backing.use { bench in
      let event = Event(
        type: type, source: "s", taskID: nil, sequence: 1, timestamp: bench.time.wall, reason: "r")
      try await bench.store.commit([
        .source(SourceRecord(name: "s", sequence: 1), [BoundEvent(event, hooks: ["h"])])
      ])
      #expect(try await bench.claim("h").deliveries.map(\.event) == [event])
      #expect(try await bench.store.deliveries(DeliverySelection()).map(\.eventType) == [type])
    }
  }

  @Test(arguments: Backing.allCases, TaskRecord.Ending.allCases)
  func anEndedTaskIsWatchedNoMore(backing: Backing, ending: TaskRecord.Ending) async throws {
    try await backing.use { bench in
      var record = try await bench.register("a")
      record.ending = ending
      try await bench.store.commit([.task(record, [])])
      #expect(try await bench.store.watched(after: 0, limit: 9).isEmpty)
      #expect(try await bench.store.tasks(TaskQuery()) == [record])
    }
  }

  @Test(arguments: Backing.allCases)
  func aChangeOfATaskNoLongerWatchedIsDropped(backing: Backing) async throws {
    try await backing.use { bench in
      let a = try await bench.register("a")
      let b = try await bench.register("b")
      #expect(try await bench.store.remove([a.ref]) == [a.ref])
      let (afterA, eventA) = bench.transition(a, to: .running)
      let (afterB, eventB) = bench.transition(b, to: .running)
      try await bench.store.commit([
        .task(afterA, [BoundEvent(eventA, hooks: ["h"])]), .task(afterB, [BoundEvent(eventB, hooks: ["h"])]),
      ])
      #expect(try await bench.store.history(of: a.ref).isEmpty)
      var watched = eventB
      watched.watchedSince = b.watchedSince
      #expect(try await bench.claim("h").deliveries.map(\.event) == [watched])
      #expect(try await bench.store.tasks(TaskQuery(id: "a")).map(\.ending) == [.removed])
      #expect(try await bench.store.tasks(TaskQuery(id: "a")).map(\.status) == [nil])
    }
  }

  @Test(arguments: Backing.allCases, [TaskState.running, .succeeded])
  func aRepeatedCommitIsNone(backing: Backing, state: TaskState) async throws {
    try await backing.use { bench in
      let record = try await bench.register("a")
      let (after, event) = bench.transition(record, to: state)
      let change = Change.task(after, [BoundEvent(event, hooks: ["h", "h", "g"])])
      for _ in 0..<3 { try await bench.store.commit([change]) }
      #expect(try await bench.store.history(of: record.ref).map(\.deliveries.count) == [2])
      let claimed = try await bench.claim("h").deliveries
      #expect(claimed.count == 1)
      try await bench.settle(claimed[0], "h", .delivered)
      try await bench.store.commit([change])
      #expect(try await bench.claim("h").deliveries.isEmpty)
    }
  }

  @Test(arguments: Backing.allCases)
  func aLateRepeatDoesNotTurnBackTheRecord(backing: Backing) async throws {
    try await backing.use { bench in
      let record = try await bench.register("a")
      let (running, event) = bench.transition(record, to: .running)
      let change = Change.task(running, [BoundEvent(event, hooks: [])])
      try await bench.store.commit([change])
      let throttled = try await bench.advance(running, to: .throttled)
      try await bench.store.commit([change])
      #expect(try await bench.store.tasks(TaskQuery()) == [throttled])
    }
  }

  @Test(arguments: Backing.allCases)
  func anotherEventUnderTheSameNumberIsRefusedWhole(backing: Backing) async throws {
    try await backing.use { bench in
      let a = try await bench.register("a")
      let b = try await bench.register("b")
      let running = try await bench.advance(a, to: .running)
      let (failed, event) = bench.transition(a, to: .failed)
      let (other, otherEvent) = bench.transition(b, to: .running)
      await #expect(throws: StoreError.self) {
        try await bench.store.commit([
          .task(other, [BoundEvent(otherEvent, hooks: ["h"])]),
          .task(failed, [BoundEvent(event, hooks: ["h"])]),
        ])
      }
      #expect(try await bench.store.tasks(TaskQuery()) == [running, b])
      #expect(try await bench.claim("h").deliveries.isEmpty)
    }
  }

  @Test(arguments: Backing.allCases)
  func sourcesHaveEventsOfTheirOwn(backing: Backing) async throws {
    try await backing.use { bench in
      _ = try await bench.register("a", source: "quiet")
      #expect(try await bench.store.sourceRecords().isEmpty)
      let down = SourceRecord(name: "s", sequence: 1, down: "401")
      let event = Event(
        type: .sourceDown, source: "s", taskID: nil, sequence: 1, timestamp: bench.time.wall, reason: "401")
      let change = Change.source(down, [BoundEvent(event, hooks: ["h"])])
      try await bench.store.commit([change])
      try await bench.store.commit([change])
      #expect(try await bench.store.sourceRecords() == [down])
      var up = event
      up.type = .sourceUp
      up.sequence = 2
      let record = SourceRecord(name: "s", sequence: 2)
      try await bench.store.commit([.source(record, [BoundEvent(up, hooks: ["h"])])])
      #expect(try await bench.store.sourceRecords() == [record])
      // A source's events are a lane as well.
      let first = try await bench.claim("h")
      #expect(first.deliveries.map(\.event) == [event])
      #expect(try await bench.settle(first.deliveries[0], "h", .delivered))
      #expect(try await bench.claim("h").deliveries.map(\.event) == [up])
    }
  }

  @Test(arguments: Backing.allCases)
  func pollsAreNoted(backing: Backing) async throws {
    try await backing.use { bench in
      let a = try await bench.register("a")
      let b = try await bench.register("b")
      let at = Timestamp(milliseconds: 1_800_000_000_001)
      try await bench.store.touch([(a.row, at), (999, at)])
      try await bench.store.touch([])
      #expect(try await bench.store.tasks(TaskQuery()).map(\.lastPolled) == [at, nil])
      #expect(try await bench.store.remove([b.ref, b.ref, TaskRef(source: "x", id: "y")]) == [b.ref])
      #expect(try await bench.store.remove([b.ref]).isEmpty)
    }
  }
}
