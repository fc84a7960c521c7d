import Model
import Testing

/// What is asked from outside: pages in both orders, searches, counts, one delivery.
@Suite struct LookingTests {
  // MARK: Pages

  @Test(arguments: Backing.allCases, [false, true])
  func tasksInPagesInBothOrders(backing: Backing, newestFirst: Bool) async throws {
    try await backing.use { bench in
      for number in 0..<7 { _ = try await bench.register("\(number)") }
      var (ids, row): ([String], Int64?) = ([], nil)
      while true {
        let page = try await bench.store.tasks(TaskQuery(after: row, newestFirst: newestFirst, limit: 3))
        ids += page.map(\.ref.id)
        // What comes meanwhile is in no later page of those before it.
        if row == nil { _ = try await bench.register("new") }
        guard let last = page.last else { break }
        row = last.row
      }
      let old = (0..<7).map(String.init)
      #expect(ids == (newestFirst ? old.reversed() : old + ["new"]))
    }
  }

  @Test(arguments: Backing.allCases, [false, true])
  func deliveriesInPagesInBothOrders(backing: Backing, newestFirst: Bool) async throws {
    try await backing.use { bench in
      for number in 0..<5 {
        try await bench.advance(bench.register("\(number)"), to: .failed, hooks: ["h", "g"])
      }
      var (ids, row): ([String], Int64?) = ([], nil)
      while true {
        let page = try await bench.store.deliveries(
          DeliverySelection(hook: "h", after: row, newestFirst: newestFirst, limit: 2))
        #expect(page.count <= 2)
        ids += page.compactMap(\.taskID)
        guard let last = page.last else { break }
        row = last.row
      }
      let all = (0..<5).map(String.init)
      #expect(ids == (newestFirst ? all.reversed() : all))
    }
  }

  // MARK: Searching

  @Test(
    arguments: Backing.allCases,
    [
      ("video", ["video_1", "video%2", "VideoX3"]), ("VIDEO_", ["video_1"]), ("o%", ["video%2"]),
      ("%", ["video%2"]),
      ("_", ["video_1", "under"]), (#"\"#, ["back"]), ("succ", ["under"]), ("RUN", ["back"]),
      ("film", ["VideoX3"]),
      ("FILM%", []), ("a_b", ["under"]), ("project", []), ("nowhere", []), ("'; --", []),
      ("", ["video_1", "video%2", "VideoX3", "under", "back"]),
    ] as [(String, [String])])
  func partsOfIDsStatusesAndLabels(backing: Backing, search: (String, [String])) async throws {
    try await backing.use { bench in
      _ = try await bench.register("video_1")
      _ = try await bench.register("video%2")
      _ = try await bench.register("VideoX3", labels: ["project": "Film"])
      try await bench.advance(bench.register("under", labels: ["x": "a_b"]), to: .succeeded)
      try await bench.advance(bench.register("back", labels: ["path": #"c:\d"#]), to: .running)
      #expect(try await bench.store.tasks(TaskQuery(search: search.0)).map(\.ref.id) == search.1)
    }
  }

  @Test(arguments: Backing.allCases)
  func labelsFitToTheLetter(backing: Backing) async throws {
    try await backing.use { bench in
      _ = try await bench.register("a", labels: ["project": "film", "team": "x"])
      _ = try await bench.register("b", labels: ["project": "film"])
      _ = try await bench.register("c", labels: ["project": "Film", "a.b": "%", "n": "1"])
      _ = try await bench.register("d")
      func ids(_ labels: [String: String], search: String? = nil) async throws -> [String] {
        try await bench.store.tasks(TaskQuery(search: search, labels: labels)).map(\.ref.id)
      }
      #expect(try await ids(["project": "film"]) == ["a", "b"])
      #expect(try await ids(["project": "film", "team": "x"]) == ["a"])
      #expect(try await ids(["project": "fil"]) == [])
      #expect(try await ids(["Project": "film"]) == [])
      #expect(try await ids(["a.b": "%"]) == ["c"])
      #expect(try await ids(["n": "1"]) == ["c"])
      #expect(try await ids(["project": "%"]) == [])
      #expect(try await ids(["project": "film"], search: "B") == ["b"])
    }
  }

  // MARK: Counts

  @Test(arguments: Backing.allCases)
  func tasksAreCounted(backing: Backing) async throws {
    try await backing.use { bench in
      #expect(try await bench.store.taskCounts() == [])
      _ = try await bench.register("new")
      try await bench.advance(bench.register("a"), to: .running)
      try await bench.advance(bench.register("b"), to: .running)
      try await bench.advance(bench.register("c"), to: .failed)
      let removed = try await bench.advance(bench.register("d"), to: .running)
      _ = try await bench.store.remove([removed.ref])
      _ = try await bench.register("e", source: "kling")
      let counts = try await bench.store.taskCounts()
      let expected = [
        TaskCount(source: "runway", state: nil, isWatched: true, count: 1),
        TaskCount(source: "runway", state: .running, isWatched: true, count: 2),
        TaskCount(source: "runway", state: .running, isWatched: false, count: 1),
        TaskCount(source: "runway", state: .failed, isWatched: false, count: 1),
        TaskCount(source: "kling", state: nil, isWatched: true, count: 1),
      ]
      #expect(counts.count == expected.count)
      for count in expected { #expect(counts.contains(count), "\(count)") }
    }
  }

  @Test(arguments: Backing.allCases)
  func whatHooksHaveToDoIsCounted(backing: Backing) async throws {
    try await backing.use { bench in
      #expect(try await bench.store.backlogs() == [])
      let oldest = bench.time.wall
      var a = try await bench.register("a")
      a = try await bench.advance(a, to: .pending, hooks: ["open", "mixed", "done"])
      bench.time.advance(by: .seconds(5))
      let later = bench.time.wall
      try await bench.advance(a, to: .running, hooks: ["open", "mixed"])
      try await bench.succeed(bench.register("held"), hooks: ["held"], save: TaskOutput.samples, holds: true)
      try await bench.advance(bench.register("b"), to: .failed, hooks: ["dead"])
      try await bench.settle(bench.claim("done").deliveries[0], "done", .delivered)
      try await bench.settle(bench.claim("mixed").deliveries[0], "mixed", .dead)
      try await bench.settle(bench.claim("dead").deliveries[0], "dead", .dead)
      try await bench.settle(
        bench.claim("open").deliveries[0], "open", .retry(at: bench.time.now + .seconds(9)))
      let backlogs = try await bench.store.backlogs()
      let expected = [
        HookBacklog(hook: "open", open: 2, oldest: oldest, dead: 0),
        HookBacklog(hook: "mixed", open: 1, oldest: later, dead: 1),
        HookBacklog(hook: "held", open: 1, oldest: later, dead: 0),
        HookBacklog(hook: "dead", open: 0, oldest: nil, dead: 1),
      ]
      #expect(backlogs.count == expected.count)
      for backlog in expected { #expect(backlogs.contains(backlog), "\(backlog)") }
    }
  }

  // MARK: One delivery

  @Test(arguments: Backing.allCases)
  func aDeliveryWithItsAttemptsAndItsEvent(backing: Backing) async throws {
    try await backing.use { bench in
      let record = try await bench.register("a", labels: ["k": "v"])
      try await bench.advance(record, to: .running, hooks: ["h", "g"], body: #"{"n": 1.50}"#)
      let first = try await bench.claim("h").deliveries[0]
      try await bench.settle(first, "h", .retry(at: bench.time.now))
      try await bench.settle(bench.claim("h").deliveries[0], "h", .delivered)
      let entry = try #require(try await bench.store.delivery(first.id))
      #expect(
        entry.delivery.id == first.id && entry.delivery.hook == "h" && entry.delivery.state == .delivered)
      #expect(entry.attempts.map(\.number) == [1, 2] && entry.attempts.map(\.error) == ["HTTP 503", nil])
      #expect(entry.event.id == first.event.id && entry.event.task == Array(#"{"n": 1.50}"#.utf8))
      #expect(entry.event.labels == ["k": "v"])
      let other = try await bench.claim("g").deliveries[0]
      #expect(try await bench.store.delivery(other.id)?.attempts.isEmpty == true)
      #expect(try await bench.store.delivery("msg_00000000000000000000000000") == nil)
      #expect(try await bench.store.delivery("") == nil)
      #expect(try await bench.store.delivery(entry.event.id) == nil)
    }
  }
}
