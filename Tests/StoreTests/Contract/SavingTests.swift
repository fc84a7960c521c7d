import Model
import Testing

/// What becomes of the outputs of a success, and of the deliveries that wait for them.
@Suite struct SavingTests {
  @Test(arguments: Backing.allCases, [true, false])
  func aSaveIsOrderedWithTheSuccess(backing: Backing, holds: Bool) async throws {
    try await backing.use { bench in
      var record = try await bench.register("a", url: "https://api.example/v1/op/1")
      record.createdAt = Timestamp(milliseconds: 1_700_000_000_001)
      #expect(try await bench.store.pendingSaves(after: 0, limit: 9).isEmpty)
      let success = try await bench.succeed(record, hooks: ["h"], save: TaskOutput.samples, holds: holds)
      let saves = try await bench.store.pendingSaves(after: 0, limit: 9)
      let save = try #require(saves.first)
      #expect(saves.count == 1)
      #expect(save.row == record.row && save.ref == record.ref && save.url == "https://api.example/v1/op/1")
      var event = success
      event.watchedSince = record.watchedSince
      event.createdAt = record.createdAt
      #expect(save.event == event)
      #expect(save.outputs == TaskOutput.samples && save.files.isEmpty)
      #expect(save.orderedAt == bench.time.wall)
      #expect(
        try await bench.store.deliveries(DeliverySelection()).map(\.state) == [holds ? .held : .ready])
      #expect(try await bench.claim("h").deliveries.count == (holds ? 0 : 1))
      #expect(try await bench.claim("h").nextDue == nil)
      #expect(try await bench.store.openDeliveries() == ["h": 1])
    }
  }

  @Test(arguments: Backing.allCases)
  func aRepeatedCommitOrdersOnce(backing: Backing) async throws {
    try await backing.use { bench in
      let record = try await bench.register("a")
      let (after, event) = bench.transition(record, to: .succeeded)
      let order = SaveOrder(outputs: TaskOutput.samples, holds: true)
      let change = Change.task(after, [BoundEvent(event, hooks: ["h"], save: order)])
      try await bench.store.commit([change])
      let save = try await bench.pendingSave()
      #expect(try await bench.settle(save, files: [SavedFile.sample(0)]) != nil)
      try await bench.store.commit([change])
      #expect(try await bench.store.pendingSaves(after: 0, limit: 9).isEmpty)
      #expect(try await bench.claim("h").deliveries.map(\.event.sequence) == [1])
    }
  }

  @Test(arguments: Backing.allCases, [EventType.saved, .saveFailed])
  func whatWaitedGoesOutWithTheFiles(backing: Backing, type: EventType) async throws {
    try await backing.use { bench in
      let record = try await bench.register("a", labels: ["k": "v"])
      try await bench.succeed(record, hooks: ["h", "g"], save: TaskOutput.samples, holds: true)
      let save = try await bench.pendingSave()
      let files = type == .saved ? [SavedFile.sample(0), SavedFile.sample(1)] : [SavedFile.sample(1)]
      bench.time.advance(by: .seconds(7))
      let recorded = try await bench.settle(save, type, hooks: ["h", "s"], files: files)
      let told = try #require(recorded)
      #expect(told.event.sequence == 2 && told.event.files == files && told.hooks == ["h", "s"])
      #expect(told.event.task == save.event.task)
      #expect(try await bench.store.tasks(TaskQuery()).map(\.sequence) == [2])
      #expect(try await bench.store.pendingSaves(after: 0, limit: 9).isEmpty)

      // The success, due from now on, knows where the copies are; what tells of them comes after it.
      let first = try await bench.claim("h")
      #expect(first.deliveries.map(\.event.type) == [.task(.succeeded)])
      #expect(first.deliveries.map(\.event.files) == [files])
      #expect(
        try await bench.store.deliveries(DeliverySelection(hook: "h")).map(\.state) == [.ready, .waiting])
      #expect(
        try await bench.store.deliveries(DeliverySelection(hook: "h"))[0].nextAttempt == bench.time.now)
      #expect(try await bench.claim("g").deliveries.map(\.event.files) == [files])
      let direct = try await bench.claim("s").deliveries
      #expect(direct.map(\.event.type) == [type])
      #expect(try await bench.settle(first.deliveries[0], "h", .delivered))
      var expected = told.event
      expected.watchedSince = record.watchedSince
      #expect(try await bench.claim("h").deliveries.map(\.event) == [expected])
      #expect(direct.map(\.event) == [expected])
    }
  }

  @Test(arguments: Backing.allCases)
  func aHeldDeliveryKeepsItsPlaceInTheLane(backing: Backing) async throws {
    try await backing.use { bench in
      var record = try await bench.register("a")
      record = try await bench.advance(record, to: .running, hooks: ["h"])
      try await bench.succeed(record, hooks: ["h"], save: TaskOutput.samples, holds: true)
      let running = try await bench.claim("h").deliveries
      #expect(running.map(\.event.sequence) == [1])
      // What comes before it ends, and it is not let go.
      #expect(try await !bench.settle(running[0], "h", .delivered))
      #expect(try await bench.claim("h").deliveries.isEmpty)
      // What comes after it waits, even where it is of another watch.
      record = try await bench.register("a", again: true)
      record = try await bench.advance(record, to: .pending, hooks: ["h", "g"])
      #expect(
        try await bench.store.deliveries(DeliverySelection(hook: "h")).map(\.state) == [
          .delivered, .held, .waiting,
        ])
      #expect(try await bench.claim("g").deliveries.map(\.event.sequence) == [3])
      // Sending again does not hurry it.
      let replayed = try await bench.store.replay(DeliverySelection(), now: bench.time.now, dryRun: false)
      #expect(replayed.filter { $0.hook == "h" }.map(\.state) == [.ready, .held, .waiting])
      try await bench.settle(bench.claim("h").deliveries[0], "h", .delivered)

      #expect(try await bench.settle(bench.pendingSave(), hooks: ["h"], files: []) != nil)
      var told: [Int] = []
      while let next = try await bench.claim("h").deliveries.first {
        told.append(next.event.sequence)
        try await bench.settle(next, "h", .delivered)
      }
      #expect(told == [2, 3, 4])
    }
  }

  @Test(arguments: Backing.allCases)
  func whatWaitedIsLetGoBehindWhatIsStillOpen(backing: Backing) async throws {
    try await backing.use { bench in
      var record = try await bench.register("a")
      record = try await bench.advance(record, to: .running, hooks: ["h"])
      try await bench.succeed(record, hooks: ["h"], save: TaskOutput.samples, holds: true)
      #expect(try await bench.settle(bench.pendingSave(), files: []) != nil)
      #expect(
        try await bench.store.deliveries(DeliverySelection()).map(\.state) == [.ready, .waiting])
      let running = try await bench.claim("h").deliveries
      #expect(try await bench.settle(running[0], "h", .dead))
      #expect(try await bench.claim("h").deliveries.map(\.event.sequence) == [2])
    }
  }

  @Test(arguments: Backing.allCases)
  func aSaveEndsOnce(backing: Backing) async throws {
    try await backing.use { bench in
      let record = try await bench.register("a")
      try await bench.succeed(record, hooks: ["h"], save: TaskOutput.samples, holds: true)
      let save = try await bench.pendingSave()
      #expect(try await bench.settle(save, hooks: ["h"], files: [SavedFile.sample(0)]) != nil)
      #expect(try await bench.settle(save, hooks: ["h"], files: [SavedFile.sample(1)]) == nil)
      #expect(try await bench.settle(save, .saveFailed, hooks: ["h"], files: []) == nil)
      let history = try await bench.store.history(of: record.ref)
      #expect(history.map(\.event.type) == [.task(.succeeded), .saved])
      #expect(history.map(\.event.files) == [[SavedFile.sample(0)], [SavedFile.sample(0)]])
      #expect(try await bench.store.tasks(TaskQuery()).map(\.sequence) == [2])
      var gone = save
      gone.row += 100
      #expect(try await bench.settle(gone, files: []) == nil)
    }
  }

  @Test(arguments: Backing.allCases)
  func anOrderThatCameMeanwhileGoesOn(backing: Backing) async throws {
    try await backing.use { bench in
      let record = try await bench.register("a")
      try await bench.succeed(record, hooks: ["h"], save: TaskOutput.samples, holds: true)
      let first = try await bench.pendingSave()
      // In the same instant, and on a clock that was put back.
      #expect(try await bench.store.save(record.ref, outputs: TaskOutput.samples))
      let second = try await bench.pendingSave()
      #expect(second.orderedAt > first.orderedAt)
      #expect(try await bench.settle(first, .saveFailed, hooks: ["h"], files: []) == nil)
      #expect(try await bench.store.deliveries(DeliverySelection()).map(\.state) == [.held])
      #expect(try await bench.settle(second, hooks: ["h"], files: [SavedFile.sample(0)]) != nil)
      #expect(try await bench.store.deliveries(DeliverySelection()).map(\.state) == [.ready, .waiting])
    }
  }

  @Test(arguments: Backing.allCases)
  func onlyASuccessCanBeSaved(backing: Backing) async throws {
    try await backing.use { bench in
      let unknown = TaskRef(source: "nowhere", id: "a")
      #expect(try await !bench.store.save(unknown, outputs: TaskOutput.samples))
      let record = try await bench.register("a")
      #expect(try await !bench.store.save(TaskRef(source: "runway", id: "b"), outputs: TaskOutput.samples))
      #expect(try await !bench.store.save(record.ref, outputs: TaskOutput.samples))
      let running = try await bench.advance(record, to: .running)
      try await bench.advance(running, to: .failed)
      #expect(try await !bench.store.save(record.ref, outputs: TaskOutput.samples))
      #expect(try await bench.store.pendingSaves(after: 0, limit: 9).isEmpty)
      // One whose success was recorded without a save can be, by its last success.
      let again = try await bench.register("a", again: true)
      let success = try await bench.succeed(again, save: nil)
      #expect(try await bench.store.save(record.ref, outputs: TaskOutput.samples))
      #expect(try await bench.pendingSave().event.id == success.id)
    }
  }

  @Test(arguments: Backing.allCases)
  func aSaveGoesOnWhateverBecomesOfTheTask(backing: Backing) async throws {
    try await backing.use { bench in
      var record = try await bench.register("a")
      try await bench.succeed(record, save: TaskOutput.samples, holds: false)
      record = try await bench.register("a", again: true)
      record = try await bench.advance(record, to: .running, body: "{\"second\": true}")
      _ = try await bench.store.remove([record.ref])
      let save = try await bench.pendingSave()
      #expect(save.event.sequence == 1)
      let told = try await bench.settle(save, hooks: ["h"], files: [SavedFile.sample(0)])
      #expect(told?.event.sequence == 3)
      // It tells of the success, not of what was seen since.
      #expect(try await bench.claim("h").deliveries.map(\.event.task) == [save.event.task])
      #expect(try await bench.store.tasks(TaskQuery()).map(\.ending) == [.removed])
    }
  }

  @Test(arguments: Backing.allCases)
  func aWatchThatMeetsTheNumberOfASaveIsRefused(backing: Backing) async throws {
    try await backing.use { bench in
      var record = try await bench.register("a")
      try await bench.succeed(record, save: TaskOutput.samples, holds: false)
      record = try await bench.register("a", again: true)
      #expect(try await bench.settle(bench.pendingSave(), files: []) != nil)
      let (after, event) = bench.transition(record, to: .running)
      await #expect(throws: StoreError.self) {
        try await bench.store.commit([.task(after, [BoundEvent(event, hooks: ["h"])])])
      }
      let known = try await bench.store.tasks(TaskQuery())[0]
      #expect(known.sequence == 2 && known.status == nil && known.ending == nil)
      try await bench.advance(known, to: .running, hooks: ["h"])
      #expect(try await bench.claim("h").deliveries.map(\.event.sequence) == [3])
    }
  }

  @Test(arguments: Backing.allCases)
  func savesArePaged(backing: Backing) async throws {
    try await backing.use { bench in
      var rows: [Int64] = []
      for index in 0..<5 {
        let record = try await bench.register("t\(index)")
        try await bench.succeed(record, save: TaskOutput.samples, holds: false)
        rows.append(record.row)
      }
      #expect(try await bench.store.pendingSaves(after: 0, limit: 2).map(\.row) == Array(rows[..<2]))
      #expect(try await bench.store.pendingSaves(after: rows[1], limit: 9).map(\.row) == Array(rows[2...]))
      #expect(try await bench.settle(bench.store.pendingSaves(after: rows[1], limit: 1)[0], files: []) != nil)
      #expect(try await bench.store.pendingSaves(after: rows[1], limit: 9).map(\.row) == Array(rows[3...]))
      #expect(try await bench.store.pendingSaves(after: rows[4], limit: 9).isEmpty)
    }
  }

  @Test(arguments: Backing.allCases)
  func aTaskStaysUntilItsSaveHasEnded(backing: Backing) async throws {
    try await backing.use { bench in
      let record = try await bench.register("a")
      try await bench.succeed(record, save: TaskOutput.samples, holds: false)
      bench.time.advance(by: .seconds(1))
      #expect(try await bench.store.sweep(endedBefore: bench.time.wall) == 0)
      let save = try await bench.pendingSave()
      #expect(try await bench.settle(save, .saveFailed, files: []) != nil)
      try await bench.advance(bench.register("later"), to: .running)
      #expect(try await bench.store.sweep(endedBefore: bench.time.wall) == 1)
      #expect(try await bench.settle(save, files: []) == nil)
      #expect(try await !bench.store.save(record.ref, outputs: TaskOutput.samples))
    }
  }

  @Test(arguments: Backing.shared)
  func aGuestsOrderIsTold(backing: Backing) async throws {
    try await backing.use { bench in
      let record = try await bench.register("a")
      try await bench.succeed(record, save: TaskOutput.samples, holds: false)
      #expect(try await bench.settle(bench.pendingSave(), .saveFailed, files: []) != nil)
      #expect(try await bench.store.save(record.ref, outputs: TaskOutput.samples))
      #expect(try await bench.store.signals() == [])
      let guest = try await bench.guest()
      #expect(try await guest.save(record.ref, outputs: TaskOutput.samples))
      #expect(try await guest.save(record.ref, outputs: TaskOutput.samples))
      #expect(try await !guest.save(TaskRef(source: "x", id: "y"), outputs: TaskOutput.samples))
      #expect(try await bench.store.signals() == [.savesOrdered])
      #expect(try await bench.store.signals() == [])
      #expect(try await bench.pendingSave().outputs == TaskOutput.samples)
      try await guest.close()
    }
  }
}
