import Model
import Testing

/// Events that are about a hook: written with the attempt that gives cause for them.
@Suite struct HookEventTests {
  private static func event(_ type: EventType, of hook: String, _ bench: Bench, _ reason: String = "r")
    -> Event
  {
    Event(
      type: type, source: "", hook: hook, taskID: nil, sequence: 0, timestamp: bench.time.wall, reason: reason
    )
  }

  private static func numbered(_ event: Event, _ sequence: Int) -> Event {
    var event = event
    event.sequence = sequence
    return event
  }

  @Test(arguments: Backing.allCases)
  func theyAreNumberedAndDeliveredInOrder(backing: Backing) async throws {
    try await backing.use { bench in
      try await bench.advance(bench.register("a"), to: .running, hooks: ["pipeline"])
      try await bench.advance(bench.register("b"), to: .running, hooks: ["pipeline"])
      let claimed = try await bench.claim("pipeline").deliveries
      let down = Self.event(.hookDown, of: "pipeline", bench, "5 attempts in a row failed")
      let dead = Self.event(.deliveryDead, of: "pipeline", bench, "msg_1")
      let up = Self.event(.hookUp, of: "pipeline", bench, "works again")
      try await bench.settle(
        claimed[0], "pipeline", .dead, state: HookState(down: "why"),
        events: [BoundEvent(down, hooks: ["alert"]), BoundEvent(dead, hooks: ["other"])])
      #expect(try await bench.store.hookStates() == ["pipeline": HookState(down: "why")])
      try await bench.settle(
        claimed[1], "pipeline", .delivered, state: HookState(), events: [BoundEvent(up, hooks: ["alert"])])
      #expect(try await bench.store.hookStates().isEmpty)

      var told: [Event] = []
      while let next = try await bench.claim("alert").deliveries.first {
        told.append(next.event)
        #expect(next.id == Identity.delivery(event: next.event.id, hook: "alert"))
        try await bench.settle(next, "alert", .delivered)
      }
      #expect(told == [Self.numbered(down, 1), Self.numbered(up, 3)])
      #expect(told.map(\.id) == [1, 3].map { Identity.event(hook: "pipeline", sequence: $0) })
      #expect(try await bench.claim("other").deliveries.map(\.event) == [Self.numbered(dead, 2)])
    }
  }

  @Test(arguments: Backing.allCases)
  func theyAreListedAndReplayedByTheirIds(backing: Backing) async throws {
    try await backing.use { bench in
      try await bench.advance(bench.register("a"), to: .running, hooks: ["pipeline"])
      let claimed = try await bench.claim("pipeline").deliveries[0]
      let dead = Self.event(.deliveryDead, of: "pipeline", bench)
      try await bench.settle(claimed, "pipeline", .dead, events: [BoundEvent(dead, hooks: ["alert"])])
      let listed = try await bench.store.deliveries(DeliverySelection(hook: "alert"))
      #expect(listed.map(\.source) == [""] && listed.map(\.aboutHook) == ["pipeline"])
      #expect(listed.map(\.taskID) == [nil] && listed.map(\.sequence) == [1])
      #expect(listed.map(\.eventType) == [.deliveryDead])
      #expect(listed.map(\.id) == (try await bench.claim("alert").deliveries.map(\.id)))
      #expect(try await bench.store.deliveries(DeliverySelection(hook: "pipeline")).map(\.aboutHook) == [nil])

      try await bench.settle(bench.claim("alert").deliveries[0], "alert", .delivered)
      let again = try await bench.store.replay(
        DeliverySelection(ids: listed.map(\.id)), now: bench.time.now, dryRun: false)
      #expect(again.map(\.id) == listed.map(\.id))
      #expect(try await bench.claim("alert").deliveries.map(\.event) == [Self.numbered(dead, 1)])
    }
  }

  /// The first task, the first source and the first hook have the same number of row.
  @Test(arguments: Backing.allCases)
  func theirLanesAreTheirOwn(backing: Backing) async throws {
    try await backing.use { bench in
      let task = try await bench.register("a", source: "s")
      try await bench.advance(task, to: .running, hooks: ["first", "alert"])
      let ofSource = Event(
        type: .sourceDown, source: "s", taskID: nil, sequence: 1, timestamp: bench.time.wall)
      try await bench.store.commit([
        .source(SourceRecord(name: "s", sequence: 1), [BoundEvent(ofSource, hooks: ["alert"])])
      ])
      let claimed = try await bench.claim("first").deliveries[0]
      let events = [EventType.hookDown, .hookUp].map {
        BoundEvent(Self.event($0, of: "first", bench), hooks: ["alert"])
      }
      try await bench.settle(claimed, "first", .dead, events: events)
      let ready = try await bench.claim("alert").deliveries
      #expect(Set(ready.map(\.event.type)) == [.task(.running), .sourceDown, .hookDown] && ready.count == 3)
      for delivery in ready {
        let isFollowed = try await bench.settle(delivery, "alert", .delivered)
        #expect(isFollowed == (delivery.event.type == .hookDown))
      }
      #expect(try await bench.claim("alert").deliveries.map(\.event.type) == [.hookUp])
    }
  }

  @Test(arguments: Backing.allCases)
  func deathsWaitForNothing(backing: Backing) async throws {
    try await backing.use { bench in
      for id in ["a", "b", "c"] {
        try await bench.advance(bench.register(id), to: .failed, hooks: ["pipeline"])
      }
      let dead = BoundEvent(Self.event(.deliveryDead, of: "pipeline", bench), hooks: ["alert"])
      try await bench.store.settle(
        bench.claim("pipeline").deliveries.map { bench.settlement($0, "pipeline", .dead, events: [dead]) })
      #expect(try await bench.claim("alert").deliveries.map(\.event.sequence) == [1, 2, 3])
    }
  }

  @Test(arguments: Backing.allCases)
  func whatIsSettledTwiceTellsOnce(backing: Backing) async throws {
    try await backing.use { bench in
      try await bench.advance(bench.register("a"), to: .running, hooks: ["pipeline"])
      let claimed = try await bench.claim("pipeline").deliveries[0]
      let dead = BoundEvent(Self.event(.deliveryDead, of: "pipeline", bench), hooks: ["alert"])
      for _ in 0..<3 { try await bench.settle(claimed, "pipeline", .dead, events: [dead]) }
      #expect(try await bench.store.deliveries(DeliverySelection(hook: "alert")).count == 1)
    }
  }

  @Test(arguments: Backing.allCases)
  func resumingDoesNotBringAHookUp(backing: Backing) async throws {
    try await backing.use { bench in
      let until = bench.time.now + .seconds(60)
      try await bench.store.setHookState(
        HookState(paused: "410", notBefore: until, down: "it asks to stop"), of: "h")
      #expect(try await bench.store.resume(hook: "h"))
      #expect(try await bench.store.hookStates() == ["h": HookState(down: "it asks to stop")])
      #expect(try await !bench.store.resume(hook: "h"))
    }
  }

  @Test(arguments: Backing.allCases)
  func oldOnesAreSwept(backing: Backing) async throws {
    try await backing.use { bench in
      for (index, hooks) in [["alert"], [], ["alert"]].enumerated() {
        let record = try await bench.register("\(index)")
        try await bench.advance(record, to: .failed, hooks: ["pipeline"])
        let claimed = try await bench.claim("pipeline").deliveries[0]
        let event = BoundEvent(Self.event(.deliveryDead, of: "pipeline", bench), hooks: hooks)
        try await bench.settle(claimed, "pipeline", .dead, events: [event])
        bench.time.advance(by: .seconds(1))
      }
      try await bench.settle(bench.claim("alert").deliveries[0], "alert", .delivered)
      #expect(try await bench.store.sweep(endedBefore: bench.time.wall) == 3)
      #expect(try await bench.store.deliveries(DeliverySelection()).map(\.sequence) == [3])
      // Numbers go on.
      let record = try await bench.register("b")
      try await bench.advance(record, to: .failed, hooks: ["pipeline"])
      try await bench.settle(
        bench.claim("pipeline").deliveries[0], "pipeline", .dead,
        events: [BoundEvent(Self.event(.deliveryDead, of: "pipeline", bench), hooks: ["alert"])])
      #expect(
        try await bench.store.deliveries(DeliverySelection(hook: "alert")).map(\.sequence) == [3, 4])
    }
  }
}
