import Model
import Testing

@Suite struct DeliveringTests {
  @Test(arguments: Backing.allCases)
  func attemptsAreKept(backing: Backing) async throws {
    try await backing.use { bench in
      let record = try await bench.register("a")
      try await bench.advance(record, to: .running, hooks: ["h"])
      var claimed = try await bench.claim("h").deliveries[0]
      try await bench.settle(claimed, "h", .retry(at: bench.time.now))
      #expect(try await bench.store.deliveries(DeliverySelection())[0].lastError == "HTTP 503")
      claimed = try await bench.claim("h").deliveries[0]
      #expect(claimed.attempts == 1 && claimed.tries == 1)
      try await bench.settle(claimed, "h", .delivered)
      let entry = try await bench.store.history(of: record.ref)[0].deliveries[0]
      #expect(
        entry.attempts == [bench.attempt(1, .dead), bench.attempt(2, .delivered)])
      #expect(entry.delivery.state == .delivered && entry.delivery.attempts == 2)
      #expect(entry.delivery.nextAttempt == nil && entry.delivery.lastError == nil)
      #expect(entry.delivery.createdAt == bench.time.wall)
    }
  }

  @Test(arguments: Backing.allCases)
  func whatEndedStaysEnded(backing: Backing) async throws {
    try await backing.use { bench in
      let record = try await bench.register("a")
      try await bench.advance(record, to: .running, hooks: ["h"])
      let claimed = try await bench.claim("h").deliveries[0]
      try await bench.settle(claimed, "h", .delivered)
      #expect(try await !bench.settle(claimed, "h", .retry(at: bench.time.now)))
      #expect(try await bench.store.deliveries(DeliverySelection()).map(\.state) == [.delivered])
      var unknown = claimed
      unknown.row = 12345
      #expect(try await !bench.settle(unknown, "h", .delivered))
    }
  }

  @Test(arguments: Backing.allCases)
  func onlyTheLatestAttemptsAreKept(backing: Backing) async throws {
    try await backing.use { bench in
      let record = try await bench.register("a")
      try await bench.advance(record, to: .running, hooks: ["h"])
      var claimed = try await bench.claim("h").deliveries[0]
      for number in [0, 1, 2, 3, 4, 5, 6, 1003, 1004] {
        claimed.attempts = number
        try await bench.settle(claimed, "h", .retry(at: bench.time.now))
      }
      let attempts = try await bench.store.history(of: record.ref)[0].deliveries[0].attempts
      #expect(attempts.map(\.number) == [6, 7, 1004, 1005])
      #expect(try await bench.claim("h").deliveries[0].attempts == 1005)
    }
  }

  @Test(arguments: Backing.allCases)
  func anEventWithoutATaskObjectCarriesTheLastOneSeen(backing: Backing) async throws {
    try await backing.use { bench in
      var record = try await bench.register("a")
      let store = bench.store
      let bodies: [[UInt8]?] = [Array("{\"n\":1}".utf8), Array("{\"n\":2}".utf8), nil]
      for (index, body) in bodies.enumerated() {
        record.sequence = index + 1
        record.status = "RUNNING \(index)"
        let event = Event(
          type: body == nil ? .stalled : .task(.running), source: record.ref.source, taskID: "a",
          sequence: index + 1, timestamp: bench.time.wall, status: record.status, task: body)
        try await store.commit([.task(record, [BoundEvent(event, hooks: ["h\(index)"])])])
      }
      let last = try await bench.claim("h2").deliveries
      #expect(last.map(\.event.type) == [.stalled])
      #expect(last.first?.event.task == bodies[1])
      #expect(try await bench.claim("h0").deliveries.first?.event.task == bodies[0])
      #expect(try await store.history(of: record.ref).last?.event.task == nil)
    }
  }

  @Test(arguments: Backing.allCases)
  func whatAReceiverPutOffIsDueOnceTheHookIsResumed(backing: Backing) async throws {
    try await backing.use { bench in
      let record = try await bench.register("a")
      try await bench.advance(record, to: .running, hooks: ["h"])
      let claimed = try await bench.claim("h").deliveries[0]
      let later = bench.time.now + .seconds(3600)
      try await bench.settle(claimed, "h", .retry(at: later))
      #expect(try await bench.claim("h").nextDue == later)
      #expect(try await !bench.store.resume(hook: "h"), "it was not held, and waits as before")
      #expect(try await bench.claim("h").nextDue == later)
      try await bench.store.setHookState(HookState(notBefore: later), of: "h")
      #expect(try await bench.store.resume(hook: "h"))
      #expect(try await bench.claim("h").deliveries.count == 1)
    }
  }

  @Test(arguments: Backing.allCases)
  func whatHasNotEndedIsCountedByHook(backing: Backing) async throws {
    try await backing.use { bench in
      let record = try await bench.register("a")
      let running = try await bench.advance(record, to: .running, hooks: ["h", "g"])
      try await bench.advance(running, to: .succeeded, hooks: ["h"])
      #expect(try await bench.store.openDeliveries() == ["h": 2, "g": 1])
      try await bench.settle(try await bench.claim("g").deliveries[0], "g", .delivered)
      try await bench.settle(try await bench.claim("h").deliveries[0], "h", .dead)
      #expect(try await bench.store.openDeliveries() == ["h": 1])
    }
  }

  @Test(arguments: Backing.allCases)
  func hookStatesAreKept(backing: Backing) async throws {
    try await backing.use { bench in
      #expect(try await bench.store.hookStates().isEmpty)
      let until = bench.time.now + .seconds(60)
      try await bench.store.setHookState(HookState(notBefore: until), of: "slow")
      let record = try await bench.register("a")
      try await bench.advance(record, to: .running, hooks: ["gone"])
      let claimed = try await bench.claim("gone").deliveries[0]
      try await bench.settle(claimed, "gone", .dead, state: HookState(paused: "HTTP 410"))
      #expect(
        try await bench.store.hookStates()
          == ["slow": HookState(notBefore: until), "gone": HookState(paused: "HTTP 410")])
      #expect(try await bench.store.resume(hook: "gone"))
      #expect(try await !bench.store.resume(hook: "gone"))
      #expect(try await !bench.store.resume(hook: "nobody"))
      #expect(try await bench.store.resume(hook: "slow"))
      #expect(try await bench.store.hookStates().isEmpty)
      try await bench.store.setHookState(HookState(notBefore: until), of: "slow")
      bench.time.advance(by: .seconds(61))
      #expect(try await !bench.store.resume(hook: "slow"))
    }
  }

  @Test(arguments: Backing.allCases)
  func replaysGoOutAtOnceWithTheSameIds(backing: Backing) async throws {
    try await backing.use { bench in
      var a = try await bench.register("a")
      for state in [TaskState.pending, .running, .throttled, .succeeded] {
        a = try await bench.advance(a, to: state, hooks: ["h"])
      }
      let first = try await bench.claim("h").deliveries[0]
      try await bench.settle(first, "h", .dead)
      let second = try await bench.claim("h").deliveries[0]
      try await bench.settle(second, "h", .retry(at: bench.time.now + .seconds(600)))
      let before = try await bench.store.deliveries(DeliverySelection())
      #expect(before.map(\.state) == [.dead, .ready, .waiting, .waiting])

      let dry = try await bench.store.replay(DeliverySelection(), now: bench.time.now, dryRun: true)
      #expect(try await bench.store.deliveries(DeliverySelection()) == before)
      let replayed = try await bench.store.replay(DeliverySelection(), now: bench.time.now, dryRun: false)
      #expect(replayed == dry)
      #expect(try await bench.store.deliveries(DeliverySelection()) == replayed)
      #expect(replayed.map(\.state) == [.ready, .ready, .waiting, .waiting])
      #expect(replayed.map(\.id) == before.map(\.id))

      let due = try await bench.claim("h").deliveries
      #expect(due.map(\.id) == [first.id, second.id])
      #expect(due.map(\.tries) == [0, 1] && due.map(\.attempts) == [1, 1])
      // The replayed one is out of the lane: it neither admits the next nor holds it.
      #expect(try await !bench.settle(due[0], "h", .delivered))
      #expect(try await bench.settle(due[1], "h", .delivered))
      #expect(try await bench.claim("h").deliveries.map(\.event.sequence) == [3])
    }
  }

  @Test(arguments: Backing.allCases)
  func aReplayHoldsNoNewEvent(backing: Backing) async throws {
    try await backing.use { bench in
      var a = try await bench.register("a")
      a = try await bench.advance(a, to: .pending, hooks: ["h"])
      try await bench.settle(bench.claim("h").deliveries[0], "h", .delivered)
      _ = try await bench.store.replay(DeliverySelection(), now: bench.time.now, dryRun: false)
      a = try await bench.advance(a, to: .running, hooks: ["h"])
      #expect(try await bench.claim("h").deliveries.map(\.event.sequence) == [1, 2])
    }
  }

  @Test(arguments: Backing.allCases)
  func replaysOfManyAndOfSome(backing: Backing) async throws {
    try await backing.use { bench in
      let tasks = (0..<1203).map { NewTask(ref: TaskRef(source: "s", id: "\($0)")) }
      let changes = try await bench.store.register(tasks, mark: nil).map { answer -> Change in
        guard case .added(let record) = answer else { throw StoreError(.fault, "known") }
        let (after, event) = bench.transition(record, to: .failed)
        return .task(after, [BoundEvent(event, hooks: ["h"])])
      }
      try await bench.store.commit(changes)
      try await withThrowingTaskGroup(of: Void.self) { group in
        for delivery in try await bench.claim("h", limit: .max).deliveries {
          group.addTask { try await bench.settle(delivery, "h", delivery.row % 2 == 0 ? .dead : .delivered) }
        }
        try await group.waitForAll()
      }
      let dead = DeliverySelection(states: [.dead])
      let some = try await bench.store.replay(
        DeliverySelection(states: [.dead], limit: 520), now: bench.time.now, dryRun: true)
      #expect(some.count == 520)
      let count = try await bench.store.deliveries(dead).count
      let all = try await bench.store.replay(dead, now: bench.time.now, dryRun: false)
      #expect(all.count == count && Array(all.prefix(520)) == some)
      #expect(try await bench.store.deliveries(dead).isEmpty)
      #expect(try await bench.claim("h", limit: .max).deliveries.count == count)
    }
  }
}
