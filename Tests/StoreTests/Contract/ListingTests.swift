import Model
import Testing

@Suite struct ListingTests {
  @Test(arguments: Backing.allCases)
  func tasksBySourceIdStateAndPage(backing: Backing) async throws {
    try await backing.use { bench in
      for source in ["s", "r"] {
        for id in ["a", "b", "c"] { _ = try await bench.register(id, source: source) }
      }
      let all = try await bench.store.tasks(TaskQuery())
      try await bench.advance(all[0], to: .running)
      try await bench.advance(all[1], to: .failed)
      try await bench.advance(all[5], to: .running)
      func ids(_ query: TaskQuery) async throws -> [String] {
        try await bench.store.tasks(query).map(\.ref.description)
      }
      #expect(try await ids(TaskQuery(source: "r")) == ["r/a", "r/b", "r/c"])
      #expect(try await ids(TaskQuery(id: "b")) == ["s/b", "r/b"])
      #expect(try await ids(TaskQuery(source: "s", id: "b")) == ["s/b"])
      #expect(try await ids(TaskQuery(source: "nobody")) == [])
      #expect(try await ids(TaskQuery(states: [.running])) == ["s/a", "r/c"])
      #expect(try await ids(TaskQuery(states: [.failed, .running])) == ["s/a", "s/b", "r/c"])
      #expect(try await ids(TaskQuery(states: [])) == [])
      #expect(try await ids(TaskQuery(watchedOnly: true)) == ["s/a", "s/c", "r/a", "r/b", "r/c"])
      #expect(try await ids(TaskQuery(after: all[2].row, limit: 2)) == ["r/a", "r/b"])
      #expect(try await ids(TaskQuery(limit: 0)) == [])
    }
  }

  @Test(arguments: Backing.allCases)
  func deliveriesByEveryCondition(backing: Backing) async throws {
    try await backing.use { bench in
      var a = try await bench.register("a")
      let b = try await bench.register("b")
      a = try await bench.advance(a, to: .pending, hooks: ["h", "g"])
      bench.time.advance(by: .seconds(10))
      let later = bench.time.wall
      a = try await bench.advance(a, to: .running, hooks: ["h"])
      try await bench.advance(b, to: .running, hooks: ["g"])
      try await bench.settle(bench.claim("g").deliveries[0], "g", .dead)
      let all = try await bench.store.deliveries(DeliverySelection())
      #expect(all.map { "\($0.taskID!)\($0.sequence)\($0.hook)" } == ["a1h", "a1g", "a2h", "b1g"])
      func numbers(_ selection: DeliverySelection) async throws -> [Int] {
        try await bench.store.deliveries(selection).map { row in all.firstIndex { $0.row == row.row }! }
      }
      #expect(try await numbers(DeliverySelection(hook: "h")) == [0, 2])
      #expect(try await numbers(DeliverySelection(hook: "nobody")) == [])
      #expect(try await numbers(DeliverySelection(task: a.ref)) == [0, 1, 2])
      #expect(try await numbers(DeliverySelection(task: TaskRef(source: "x", id: "a"))) == [])
      #expect(try await numbers(DeliverySelection(states: [.dead])) == [1])
      #expect(try await numbers(DeliverySelection(states: [.waiting, .ready])) == [0, 2, 3])
      #expect(try await numbers(DeliverySelection(since: later)) == [2, 3])
      #expect(try await numbers(DeliverySelection(ids: [all[3].id, all[0].id, "msg_x", ""])) == [0, 3])
      #expect(try await numbers(DeliverySelection(ids: [])) == [])
      #expect(try await numbers(DeliverySelection(ids: [all[3].id], hook: "h")) == [])
      #expect(try await numbers(DeliverySelection(after: all[0].row, limit: 2)) == [1, 2])
      #expect(try await numbers(DeliverySelection(limit: 0)) == [])
      #expect(all.map(\.state) == [.ready, .dead, .waiting, .ready])
      #expect(all.map { $0.nextAttempt != nil } == [true, false, false, true])
      #expect(
        all[0].id
          == Identity.delivery(event: Identity.event(source: "runway", task: "a", sequence: 1), hook: "h"))
    }
  }

  @Test(arguments: Backing.allCases)
  func anIdOfTheSameBeginningIsAnother(backing: Backing) async throws {
    try await backing.use { bench in
      let a = try await bench.register("a")
      try await bench.advance(a, to: .running, hooks: ["h"])
      let id = try await bench.store.deliveries(DeliverySelection())[0].id
      let other = id.dropLast() + (id.last == "0" ? "1" : "0")
      #expect(try await bench.store.deliveries(DeliverySelection(ids: [String(other)])).isEmpty)
      #expect(try await bench.store.history(of: TaskRef(source: "runway", id: "b")).isEmpty)
    }
  }
}
