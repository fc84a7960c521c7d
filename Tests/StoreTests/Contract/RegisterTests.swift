import Model
import Testing

@Suite struct RegisterTests {
  @Test(arguments: Backing.allCases)
  func answersInOrderAndKnowsRepeats(backing: Backing) async throws {
    try await backing.use { bench in
      let a = TaskRef(source: "runway", id: "a")
      let b = TaskRef(source: "kling", id: "a")
      let answers = try await bench.store.register(
        [NewTask(ref: a, labels: ["p": "1"]), NewTask(ref: b), NewTask(ref: a, labels: ["p": "2"])],
        mark: nil)
      guard case .added(let first) = answers[0], case .added(let second) = answers[1],
        case .known(let third) = answers[2]
      else {
        Issue.record("\(answers)")
        return
      }
      #expect(first == third)
      #expect(first.row > 0 && second.row > first.row)
      #expect(first.ref == a && first.labels == ["p": "1"] && second.ref == b)
      #expect(first.firstSeen == bench.time.wall && first.watchedSince == bench.time.wall)
      #expect(first.sequence == 0 && first.status == nil && first.ending == nil)
      #expect(try await bench.store.watched(after: 0, limit: 10) == [first, second])
    }
  }

  @Test(arguments: Backing.allCases)
  func endedTasksAreWatchedAgainOnlyWhenAsked(backing: Backing) async throws {
    try await backing.use { bench in
      var record = try await bench.register("a", labels: ["p": "1"])
      record = try await bench.advance(record, to: .running)
      record = try await bench.advance(record, to: .failed)
      bench.time.advance(by: .seconds(60))
      #expect(try await bench.register("a").ending == .terminal)
      #expect(try await bench.store.watched(after: 0, limit: 10).isEmpty)

      let anew = try await bench.store.register([NewTask(ref: record.ref, again: true)], mark: nil)
      var expected = TaskRecord(
        row: record.row, ref: record.ref, labels: ["p": "1"], sequence: 2, firstSeen: record.firstSeen,
        watchedSince: bench.time.wall, lastPolled: record.lastPolled)
      #expect(anew == [.added(expected)])
      #expect(try await bench.store.watched(after: 0, limit: 10) == [expected])
      // Watched now: asking again changes nothing.
      bench.time.advance(by: .seconds(60))
      #expect(
        try await bench.store.register([NewTask(ref: record.ref, again: true)], mark: nil)
          == [.known(expected)])
      expected = try await bench.advance(expected, to: .running)
      #expect(expected.sequence == 3)
      #expect(try await bench.store.history(of: record.ref).map(\.event.sequence) == [1, 2, 3])
    }
  }

  @Test(arguments: Backing.allCases)
  func whatTheWatchBeforeSawIsDropped(backing: Backing) async throws {
    try await backing.use { bench in
      let before = try await bench.advance(try await bench.register("a"), to: .running)
      #expect(try await bench.store.remove([before.ref]) == [before.ref])
      bench.time.advance(by: .milliseconds(1))
      let anew = try await bench.register("a", again: true)
      // A poll of the first watch that ended late.
      try await bench.advance(before, to: .succeeded)
      #expect(try await bench.store.watched(after: 0, limit: 10) == [anew])
      let seen = try await bench.advance(anew, to: .pending)
      #expect(seen.sequence == 2)
      #expect(try await bench.store.history(of: anew.ref).map(\.event.state) == [.running, .pending])
    }
  }

  @Test(arguments: Backing.allCases)
  func newLabelsComeWithTheNewWatch(backing: Backing) async throws {
    try await backing.use { bench in
      let record = try await bench.register("a", labels: ["p": "1"])
      try await bench.advance(record, to: .failed)
      #expect(try await bench.register("a", labels: ["p": "2"], again: true).labels == ["p": "2"])
    }
  }

  @Test(arguments: Backing.allCases)
  func aNewURLComesWithTheNewWatch(backing: Backing) async throws {
    try await backing.use { bench in
      #expect(try await bench.register("plain").url == nil)
      var record = try await bench.register("a", url: "https://api.example/op/1")
      #expect(record.url == "https://api.example/op/1")
      record.createdAt = Timestamp(milliseconds: 1_700_000_000_001)
      // One that is watched keeps its own.
      #expect(try await bench.register("a", url: "https://api.example/op/2", again: true).url == record.url)
      record = try await bench.advance(record, to: .failed)
      #expect(try await bench.register("a", url: "https://api.example/op/2").url == record.url)
      var anew = try await bench.register("a", again: true)
      #expect(anew.url == record.url && anew.createdAt == record.createdAt)
      try await bench.advance(anew, to: .failed)
      anew = try await bench.register("a", url: "https://api.example/op/2", again: true)
      #expect(anew.url == "https://api.example/op/2")
      #expect(try await bench.store.tasks(TaskQuery(id: "a")) == [anew])
    }
  }

  @Test(arguments: Backing.allCases)
  func marksAreKeptWithTheTasks(backing: Backing) async throws {
    try await backing.use { bench in
      #expect(try await bench.store.mark("file") == nil)
      let task = NewTask(ref: TaskRef(source: "s", id: "1"))
      _ = try await bench.store.register([task], mark: Mark(name: "file", value: "10"))
      #expect(try await bench.store.mark("file") == "10")
      _ = try await bench.store.register([], mark: Mark(name: "file", value: "20"))
      #expect(try await bench.store.mark("file") == "20")
      await #expect(throws: StoreError.self) {
        let bad = NewTask(ref: TaskRef(source: "s", id: "a\nb"))
        _ = try await bench.store.register([task, bad], mark: Mark(name: "file", value: "30"))
      }
      #expect(try await bench.store.mark("file") == "20")
    }
  }

  @Test(
    arguments: Backing.allCases,
    [
      TaskRef(source: "s", id: ""), TaskRef(source: "s", id: ".."), TaskRef(source: "", id: "a"),
      TaskRef(source: "s", id: String(repeating: "x", count: 513)),
    ])
  func unusableTasksAreRefusedWhole(backing: Backing, ref: TaskRef) async throws {
    try await backing.use { bench in
      let good = NewTask(ref: TaskRef(source: "s", id: "good"))
      await #expect(throws: StoreError.self) {
        _ = try await bench.store.register([good, NewTask(ref: ref)], mark: nil)
      }
      let tasks = try await bench.store.tasks(TaskQuery())
      #expect(tasks.isEmpty)
    }
  }

  @Test(arguments: Backing.allCases)
  func textComesBackAsItWas(backing: Backing) async throws {
    try await backing.use { bench in
      let labels = ["": "empty", "a\"b": "\\\u{1}\n", "日本": "🎬", "nul": "a\u{0}b"]
      var record = try await bench.register("日本/../%2F ?#", labels: labels)
      record.status = "a\u{0}b"
      record.state = .unknown
      record.sequence = 1
      try await bench.store.commit([.task(record, [])])
      #expect(try await bench.store.tasks(TaskQuery()) == [record])
    }
  }

  @Test(arguments: Backing.allCases)
  func manyAtOnce(backing: Backing) async throws {
    try await backing.use { bench in
      let tasks = (0..<20_000).map { NewTask(ref: TaskRef(source: "s", id: "task-\($0)")) }
      let answers = try await bench.store.register(tasks, mark: nil)
      #expect(answers.count == tasks.count)
      var after: Int64 = 0
      var seen: [String] = []
      while true {
        let page = try await bench.store.watched(after: after, limit: 3000)
        guard let last = page.last else { break }
        after = last.row
        seen += page.map(\.ref.id)
      }
      #expect(seen == tasks.map(\.ref.id))
    }
  }
}
