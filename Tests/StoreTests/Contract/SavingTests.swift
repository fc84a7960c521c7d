import Model
import Testing

/// What becomes of the outputs of a success, and of the deliveries that wait for them.
@Suite struct SavingTests {
  private static let outputs = [
    TaskOutput(url: "https://cdn.example/a.mp4?sig=1"),
    TaskOutput(url: "https://api.example/v1/a/content", isOwn: true),
  ]

  private static func copy(_ place: Int, _ path: String? = nil) -> SavedFile {
    SavedFile(
      url: outputs[place].url, path: path ?? "/out/a/\(place).mp4", bytes: 1000 + Int64(place),
      sha256: String(repeating: "ab", count: 32), contentType: place == 0 ? "video/mp4" : nil)
  }

  @Test(arguments: Backing.allCases, [true, false])
  func aSaveIsOrderedWithTheSuccess(backing: Backing, holds: Bool) async throws {
    try await backing.use { bench in
      var record = try await bench.register("a", url: "https://api.example/v1/op/1")
      record.createdAt = Timestamp(milliseconds: 1_700_000_000_001)
      #expect(try await bench.store.pendingSaves(after: 0, limit: 9).isEmpty)
      let success = try await bench.succeed(record, hooks: ["h"], save: Self.outputs, holds: holds)
      let saves = try await bench.store.pendingSaves(after: 0, limit: 9)
      let save = try #require(saves.first)
      #expect(saves.count == 1)
      #expect(save.row == record.row && save.ref == record.ref && save.url == "https://api.example/v1/op/1")
      var event = success
      event.watchedSince = record.watchedSince
      event.createdAt = record.createdAt
      #expect(save.event == event)
      #expect(save.outputs == Self.outputs && save.files.isEmpty)
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
      let order = SaveOrder(outputs: Self.outputs, holds: true)
      let change = Change.task(after, [BoundEvent(event, hooks: ["h"], save: order)])
      try await bench.store.commit([change])
      let save = try await bench.pendingSave()
      #expect(try await bench.settle(save, files: [Self.copy(0)]) != nil)
      try await bench.store.commit([change])
      #expect(try await bench.store.pendingSaves(after: 0, limit: 9).isEmpty)
      #expect(try await bench.claim("h").deliveries.map(\.event.sequence) == [1])
    }
  }

  @Test(arguments: Backing.allCases, [EventType.saved, .saveFailed])
  func whatWaitedGoesOutWithTheFiles(backing: Backing, type: EventType) async throws {
    try await backing.use { bench in
      let record = try await bench.register("a", labels: ["k": "v"])
      try await bench.succeed(record, hooks: ["h", "g"], save: Self.outputs, holds: true)
      let save = try await bench.pendingSave()
      let files = type == .saved ? [Self.copy(0), Self.copy(1)] : [Self.copy(1)]
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
      try await bench.succeed(record, hooks: ["h"], save: Self.outputs, holds: true)
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
      try await bench.succeed(record, hooks: ["h"], save: Self.outputs, holds: true)
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
      try await bench.succeed(record, hooks: ["h"], save: Self.outputs, holds: true)
      let save = try await bench.pendingSave()
      #expect(try await bench.settle(save, hooks: ["h"], files: [Self.copy(0)]) != nil)
      #expect(try await bench.settle(save, hooks: ["h"], files: [Self.copy(1)]) == nil)
      #expect(try await bench.settle(save, .saveFailed, hooks: ["h"], files: []) == nil)
      let history = try await bench.store.history(of: record.ref)
      #expect(history.map(\.event.type) == [.task(.succeeded), .saved])
      #expect(history.map(\.event.files) == [[Self.copy(0)], [Self.copy(0)]])
      #expect(try await bench.store.tasks(TaskQuery()).map(\.sequence) == [2])
      var gone = save
      gone.row += 100
      #expect(try await bench.settle(gone, files: []) == nil)
    }
  }

  @Test(arguments: Backing.allCases)
  func progressIsKept(backing: Backing) async throws {
    try await backing.use { bench in
      let record = try await bench.register("a")
      try await bench.succeed(record, save: Self.outputs, holds: false)
      let part = PartialFile(
        path: "/out/a/.0.mp4.part", validator: "\"v1\"", length: 12_345_678_901, contentType: "video/mp4",
        upload: "u-1")
      let bare = PartialFile(path: "/out/a/.1.part")
      try await bench.store.note(.partial(part), of: 0, task: record.row)
      try await bench.store.note(.partial(bare), of: 1, task: record.row)
      #expect(try await bench.pendingSave().files == [0: .partial(part), 1: .partial(bare)])
      try await bench.store.note(.saved(Self.copy(0)), of: 0, task: record.row)
      try await bench.store.note(.saved(Self.copy(1)), of: 1, task: record.row)
      #expect(try await bench.pendingSave().files == [0: .saved(Self.copy(0)), 1: .saved(Self.copy(1))])
      // A copy that was lost is begun anew.
      try await bench.store.note(.partial(bare), of: 1, task: record.row)
      #expect(try await bench.pendingSave().files == [0: .saved(Self.copy(0)), 1: .partial(bare)])
      #expect(try await bench.store.owner(ofFile: Self.copy(1).path) == nil)

      let save = try await bench.pendingSave()
      try await bench.store.note(.saved(Self.copy(0)), of: 0, task: record.row + 100)
      #expect(try await bench.settle(save, .saveFailed, files: [Self.copy(0)]) != nil)
      // What comes late is of no save.
      try await bench.store.note(.saved(Self.copy(1)), of: 1, task: record.row)
      #expect(try await bench.store.owner(ofFile: Self.copy(1).path) == nil)
    }
  }

  @Test(arguments: Backing.allCases)
  func aFailedSaveIsOrderedAnew(backing: Backing) async throws {
    try await backing.use { bench in
      let record = try await bench.register("a")
      let success = try await bench.succeed(record, hooks: ["h"], save: Self.outputs, holds: true)
      try await bench.store.note(.saved(Self.copy(0)), of: 0, task: record.row)
      let part = PartialFile(path: "/out/a/.1.part")
      try await bench.store.note(.partial(part), of: 1, task: record.row)
      let first = try await bench.pendingSave()
      #expect(try await bench.settle(first, .saveFailed, hooks: ["h"], files: [Self.copy(0)]) != nil)
      try await bench.settle(bench.claim("h").deliveries[0], "h", .delivered)

      bench.time.advance(by: .seconds(60))
      let renewed = [
        TaskOutput(url: "https://other.example/a.mp4?sig=2"),
        TaskOutput(url: "https://api.example/v1/a/content", isOwn: true),
      ]
      #expect(try await bench.store.save(record.ref, outputs: renewed))
      let second = try await bench.pendingSave()
      #expect(second.event.id == success.id && second.outputs == renewed)
      #expect(second.orderedAt == bench.time.wall && second.orderedAt > first.orderedAt)
      #expect(second.files == [0: .saved(Self.copy(0)), 1: .partial(part)])
      // The success is out already; only what tells of the save follows.
      let both = [Self.copy(0), Self.copy(1)]
      #expect(try await bench.settle(second, hooks: ["h"], files: both)?.event.sequence == 3)
      let history = try await bench.store.history(of: record.ref)
      #expect(history.map(\.event.type) == [.task(.succeeded), .saveFailed, .saved])
      #expect(history.map(\.event.files) == [both, [Self.copy(0)], both])
      #expect(history[0].deliveries.map(\.delivery.state) == [.delivered])
      #expect(try await bench.claim("h").deliveries.map(\.event.type) == [.saveFailed])
      // Fewer outputs: what is beyond them is of none.
      #expect(try await bench.store.save(record.ref, outputs: [renewed[0]]))
      #expect(try await bench.pendingSave().files == [0: .saved(Self.copy(0))])
    }
  }

  @Test(arguments: Backing.allCases)
  func anOrderThatCameMeanwhileGoesOn(backing: Backing) async throws {
    try await backing.use { bench in
      let record = try await bench.register("a")
      try await bench.succeed(record, hooks: ["h"], save: Self.outputs, holds: true)
      let first = try await bench.pendingSave()
      // In the same instant, and on a clock that was put back.
      #expect(try await bench.store.save(record.ref, outputs: Self.outputs))
      let second = try await bench.pendingSave()
      #expect(second.orderedAt > first.orderedAt)
      #expect(try await bench.settle(first, .saveFailed, hooks: ["h"], files: []) == nil)
      #expect(try await bench.store.deliveries(DeliverySelection()).map(\.state) == [.held])
      #expect(try await bench.settle(second, hooks: ["h"], files: [Self.copy(0)]) != nil)
      #expect(try await bench.store.deliveries(DeliverySelection()).map(\.state) == [.ready, .waiting])
    }
  }

  @Test(arguments: Backing.allCases)
  func onlyASuccessCanBeSaved(backing: Backing) async throws {
    try await backing.use { bench in
      let unknown = TaskRef(source: "nowhere", id: "a")
      #expect(try await !bench.store.save(unknown, outputs: Self.outputs))
      let record = try await bench.register("a")
      #expect(try await !bench.store.save(TaskRef(source: "runway", id: "b"), outputs: Self.outputs))
      #expect(try await !bench.store.save(record.ref, outputs: Self.outputs))
      let running = try await bench.advance(record, to: .running)
      try await bench.advance(running, to: .failed)
      #expect(try await !bench.store.save(record.ref, outputs: Self.outputs))
      #expect(try await bench.store.pendingSaves(after: 0, limit: 9).isEmpty)
      // One whose success was recorded without a save can be, by its last success.
      let again = try await bench.register("a", again: true)
      let success = try await bench.succeed(again, save: nil)
      #expect(try await bench.store.save(record.ref, outputs: Self.outputs))
      #expect(try await bench.pendingSave().event.id == success.id)
    }
  }

  @Test(arguments: Backing.allCases)
  func aLaterSuccessTakesThePlaceOfTheSave(backing: Backing) async throws {
    try await backing.use { bench in
      var record = try await bench.register("a")
      try await bench.succeed(record, hooks: ["h"], save: Self.outputs, holds: true)
      let first = try await bench.pendingSave()
      try await bench.store.note(.saved(Self.copy(0)), of: 0, task: record.row)
      try await bench.store.note(.saved(Self.copy(1)), of: 1, task: record.row)
      record = try await bench.register("a", again: true)
      // The first file is the same behind another signature, the second is another one.
      let outputs = [
        TaskOutput(url: "https://cdn.example/a.mp4?sig=2"),
        TaskOutput(url: "https://api.example/v1/a/other", isOwn: true),
      ]
      let success = try await bench.succeed(record, hooks: ["h"], save: outputs, holds: true)
      let second = try await bench.pendingSave()
      #expect(second.event.id == success.id && second.outputs == outputs)
      #expect(second.files == [0: .saved(Self.copy(0))])
      #expect(
        try await bench.store.deliveries(DeliverySelection()).map(\.state) == [.ready, .held])
      #expect(try await bench.settle(first, files: []) == nil)
      #expect(try await bench.settle(second, files: [Self.copy(0)]) != nil)
      let history = try await bench.store.history(of: record.ref)
      #expect(history.map(\.event.files) == [[], [Self.copy(0)], [Self.copy(0)]])
      #expect(
        try await bench.store.deliveries(DeliverySelection()).map(\.state) == [.ready, .waiting])
    }
  }

  @Test(arguments: Backing.allCases)
  func aSaveGoesOnWhateverBecomesOfTheTask(backing: Backing) async throws {
    try await backing.use { bench in
      var record = try await bench.register("a")
      try await bench.succeed(record, save: Self.outputs, holds: false)
      record = try await bench.register("a", again: true)
      record = try await bench.advance(record, to: .running, body: "{\"second\": true}")
      _ = try await bench.store.remove([record.ref])
      let save = try await bench.pendingSave()
      #expect(save.event.sequence == 1)
      let told = try await bench.settle(save, hooks: ["h"], files: [Self.copy(0)])
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
      try await bench.succeed(record, save: Self.outputs, holds: false)
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
        try await bench.succeed(record, save: Self.outputs, holds: false)
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
  func copiesHaveOwnersAndSizes(backing: Backing) async throws {
    try await backing.use { bench in
      let a = try await bench.register("a")
      let b = try await bench.register("a", source: "kling")
      for record in [a, b] { try await bench.succeed(record, save: Self.outputs, holds: false) }
      #expect(try await bench.store.savedBytes(under: "/") == 0)
      let paths = [
        (a, 0, "/out/a.mp4"), (a, 1, "/out/é/\u{10FFFF}.mp4"), (b, 0, "/out2/a.mp4"), (b, 1, "s3://b/a.mp4"),
      ]
      for (record, place, path) in paths {
        try await bench.store.note(.saved(Self.copy(place, path)), of: place, task: record.row)
      }
      for (record, place, path) in paths {
        let owner = try await #require(bench.store.owner(ofFile: path))
        #expect(owner.task == record.ref && owner.output == place)
      }
      #expect(try await bench.store.owner(ofFile: "/out/a.mp") == nil)
      #expect(try await bench.store.owner(ofFile: "/out/a.mp4/") == nil)
      for (prefix, bytes) in [
        ("/out/", 2001), ("/out", 3001), ("/out2/", 1000), ("s3://b/", 1001), ("", 4002), ("/out0", 0),
        ("/out/é/\u{10FFFF}", 1001), ("\u{10FFFF}", 0), ("/out/a.mp4", 1000), ("/OUT/", 0),
      ] as [(String, Int64)] {
        #expect(try await bench.store.savedBytes(under: prefix) == bytes, "\(prefix)")
      }
      // Copies stay counted when their saves have ended, and go with their tasks.
      for save in try await bench.store.pendingSaves(after: 0, limit: 9) {
        #expect(try await bench.settle(save, files: []) != nil)
      }
      #expect(try await bench.store.savedBytes(under: "/out/") == 2001)
      bench.time.advance(by: .seconds(1))
      #expect(try await bench.store.sweep(endedBefore: bench.time.wall) == 2)
      #expect(try await bench.store.savedBytes(under: "") == 0)
      #expect(try await bench.store.owner(ofFile: "/out/a.mp4") == nil)
    }
  }

  @Test(arguments: Backing.allCases)
  func aTaskStaysUntilItsSaveHasEnded(backing: Backing) async throws {
    try await backing.use { bench in
      let record = try await bench.register("a")
      try await bench.succeed(record, save: Self.outputs, holds: false)
      bench.time.advance(by: .seconds(1))
      #expect(try await bench.store.sweep(endedBefore: bench.time.wall) == 0)
      let save = try await bench.pendingSave()
      #expect(try await bench.settle(save, .saveFailed, files: []) != nil)
      #expect(try await bench.store.sweep(endedBefore: bench.time.wall) == 1)
      #expect(try await bench.settle(save, files: []) == nil)
      #expect(try await !bench.store.save(record.ref, outputs: Self.outputs))
    }
  }

  @Test(arguments: Backing.shared)
  func aSaveIsPendingAfterARestart(backing: Backing) async throws {
    try await backing.use { bench in
      let record = try await bench.register("a")
      try await bench.succeed(record, hooks: ["h"], save: Self.outputs, holds: true)
      try await bench.store.note(.saved(Self.copy(0)), of: 0, task: record.row)
      let save = try await bench.pendingSave()
      try await bench.store.close()
      var next = bench
      next.store = try await bench.daemon()
      #expect(try await next.pendingSave() == save)
      #expect(save.files == [0: .saved(Self.copy(0))])
      #expect(try await next.claim("h").deliveries.isEmpty)
      #expect(try await next.settle(save, hooks: ["h"], files: [Self.copy(0), Self.copy(1)]) != nil)
      try await next.store.close()
      next.store = try await bench.daemon()
      #expect(try await next.store.pendingSaves(after: 0, limit: 9).isEmpty)
      #expect(try await next.claim("h").deliveries.map(\.event.files.count) == [2])
      try await next.store.close()
    }
  }

  @Test(arguments: Backing.shared)
  func aGuestsOrderIsTold(backing: Backing) async throws {
    try await backing.use { bench in
      let record = try await bench.register("a")
      try await bench.succeed(record, save: Self.outputs, holds: false)
      #expect(try await bench.settle(bench.pendingSave(), .saveFailed, files: []) != nil)
      #expect(try await bench.store.save(record.ref, outputs: Self.outputs))
      #expect(try await bench.store.signals() == [])
      let guest = try await bench.guest()
      #expect(try await guest.save(record.ref, outputs: Self.outputs))
      #expect(try await guest.save(record.ref, outputs: Self.outputs))
      #expect(try await !guest.save(TaskRef(source: "x", id: "y"), outputs: Self.outputs))
      #expect(try await bench.store.signals() == [.savesOrdered])
      #expect(try await bench.store.signals() == [])
      #expect(try await bench.pendingSave().outputs == Self.outputs)
      try await guest.close()
    }
  }
}

extension Bench {
  /// Records the success of a task with the outputs that are to be saved; answers the event.
  @discardableResult
  fileprivate func succeed(
    _ record: TaskRecord, hooks: [String] = [], save outputs: [TaskOutput]?, holds: Bool = false
  ) async throws -> Event {
    let (after, event) = transition(record, to: .succeeded)
    let order = outputs.map { SaveOrder(outputs: $0, holds: holds) }
    try await store.commit([.task(after, [BoundEvent(event, hooks: hooks, save: order)])])
    return event
  }

  fileprivate func pendingSave() async throws -> PendingSave {
    let saves = try await store.pendingSaves(after: 0, limit: 9)
    #expect(saves.count == 1)
    return try #require(saves.first)
  }

  /// Ends a save with what the copies' keeper makes of it.
  fileprivate func settle(
    _ save: PendingSave, _ type: EventType = .saved, hooks: [String] = [], files: [SavedFile]
  ) async throws -> BoundEvent? {
    let success = save.event
    let event = Event(
      type: type, source: success.source, taskID: success.taskID, sequence: 0, timestamp: time.wall,
      status: success.status, state: success.state, labels: success.labels, task: success.task,
      reason: type == .saved ? nil : "output 1: 404", files: files)
    return try await store.settle(
      SaveSettlement(row: save.row, orderedAt: save.orderedAt, event: BoundEvent(event, hooks: hooks)))
  }
}
