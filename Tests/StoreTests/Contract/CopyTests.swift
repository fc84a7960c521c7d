import Model
import Testing

/// What is known of the copies of outputs, finished and begun.
@Suite struct CopyTests {
  @Test(arguments: Backing.allCases)
  func progressIsKept(backing: Backing) async throws {
    try await backing.use { bench in
      let record = try await bench.register("a")
      try await bench.succeed(record, save: TaskOutput.samples, holds: false)
      let part = PartialFile(
        path: "/out/a/.0.mp4.part", validator: "\"v1\"", length: 12_345_678_901, contentType: "video/mp4",
        upload: "u-1")
      let bare = PartialFile(path: "/out/a/.1.part")
      try await bench.store.note(.partial(part), of: 0, task: record.row)
      try await bench.store.note(.partial(bare), of: 1, task: record.row)
      #expect(try await bench.pendingSave().files == [0: .partial(part), 1: .partial(bare)])
      try await bench.store.note(.saved(SavedFile.sample(0)), of: 0, task: record.row)
      try await bench.store.note(.saved(SavedFile.sample(1)), of: 1, task: record.row)
      #expect(
        try await bench.pendingSave().files == [
          0: .saved(SavedFile.sample(0)), 1: .saved(SavedFile.sample(1)),
        ])
      // A copy that was lost is begun anew.
      try await bench.store.note(.partial(bare), of: 1, task: record.row)
      #expect(try await bench.pendingSave().files == [0: .saved(SavedFile.sample(0)), 1: .partial(bare)])
      #expect(try await bench.store.owner(ofFile: SavedFile.sample(1).path) == nil)

      let save = try await bench.pendingSave()
      try await bench.store.note(.saved(SavedFile.sample(0)), of: 0, task: record.row + 100)
      #expect(try await bench.settle(save, .saveFailed, files: [SavedFile.sample(0)]) != nil)
      // What comes late is of no save.
      try await bench.store.note(.saved(SavedFile.sample(1)), of: 1, task: record.row)
      #expect(try await bench.store.owner(ofFile: SavedFile.sample(1).path) == nil)
    }
  }

  @Test(arguments: Backing.allCases)
  func aFailedSaveIsOrderedAnew(backing: Backing) async throws {
    try await backing.use { bench in
      let record = try await bench.register("a")
      let success = try await bench.succeed(record, hooks: ["h"], save: TaskOutput.samples, holds: true)
      try await bench.store.note(.saved(SavedFile.sample(0)), of: 0, task: record.row)
      let part = PartialFile(path: "/out/a/.1.part")
      try await bench.store.note(.partial(part), of: 1, task: record.row)
      let first = try await bench.pendingSave()
      #expect(try await bench.settle(first, .saveFailed, hooks: ["h"], files: [SavedFile.sample(0)]) != nil)
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
      #expect(second.files == [0: .saved(SavedFile.sample(0)), 1: .partial(part)])
      // The success is out already; only what tells of the save follows.
      let both = [SavedFile.sample(0), SavedFile.sample(1)]
      #expect(try await bench.settle(second, hooks: ["h"], files: both)?.event.sequence == 3)
      let history = try await bench.store.history(of: record.ref)
      #expect(history.map(\.event.type) == [.task(.succeeded), .saveFailed, .saved])
      #expect(history.map(\.event.files) == [both, [SavedFile.sample(0)], both])
      #expect(history[0].deliveries.map(\.delivery.state) == [.delivered])
      #expect(try await bench.claim("h").deliveries.map(\.event.type) == [.saveFailed])
      // Fewer outputs: what is beyond them is of none.
      #expect(try await bench.store.save(record.ref, outputs: [renewed[0]]))
      #expect(try await bench.pendingSave().files == [0: .saved(SavedFile.sample(0))])
    }
  }

  @Test(arguments: Backing.allCases)
  func aLaterSuccessTakesThePlaceOfTheSave(backing: Backing) async throws {
    try await backing.use { bench in
      var record = try await bench.register("a")
      try await bench.succeed(record, hooks: ["h"], save: TaskOutput.samples, holds: true)
      let first = try await bench.pendingSave()
      try await bench.store.note(.saved(SavedFile.sample(0)), of: 0, task: record.row)
      try await bench.store.note(.saved(SavedFile.sample(1)), of: 1, task: record.row)
      record = try await bench.register("a", again: true)
      // The first file is the same behind another signature, the second is another one.
      let outputs = [
        TaskOutput(url: "https://cdn.example/a.mp4?sig=2"),
        TaskOutput(url: "https://api.example/v1/a/other", isOwn: true),
      ]
      let success = try await bench.succeed(record, hooks: ["h"], save: outputs, holds: true)
      let second = try await bench.pendingSave()
      #expect(second.event.id == success.id && second.outputs == outputs)
      #expect(second.files == [0: .saved(SavedFile.sample(0))])
      #expect(
        try await bench.store.deliveries(DeliverySelection()).map(\.state) == [.ready, .held])
      #expect(try await bench.settle(first, files: []) == nil)
      #expect(try await bench.settle(second, files: [SavedFile.sample(0)]) != nil)
      let history = try await bench.store.history(of: record.ref)
      #expect(history.map(\.event.files) == [[], [SavedFile.sample(0)], [SavedFile.sample(0)]])
      #expect(
        try await bench.store.deliveries(DeliverySelection()).map(\.state) == [.ready, .waiting])
    }
  }

  @Test(arguments: Backing.allCases)
  func copiesHaveOwnersAndSizes(backing: Backing) async throws {
    try await backing.use { bench in
      let a = try await bench.register("a")
      let b = try await bench.register("a", source: "kling")
      for record in [a, b] { try await bench.succeed(record, save: TaskOutput.samples, holds: false) }
      #expect(try await bench.store.savedBytes(under: "/") == 0)
      let paths = [
        (a, 0, "/out/a.mp4"), (a, 1, "/out/é/\u{10FFFF}.mp4"), (b, 0, "/out2/a.mp4"), (b, 1, "s3://b/a.mp4"),
      ]
      for (record, place, path) in paths {
        try await bench.store.note(.saved(SavedFile.sample(place, path)), of: place, task: record.row)
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
      try await bench.advance(bench.register("later"), to: .running)
      bench.time.advance(by: .seconds(1))
      #expect(try await bench.store.sweep(endedBefore: bench.time.wall) == 2)
      #expect(try await bench.store.savedBytes(under: "") == 0)
      #expect(try await bench.store.owner(ofFile: "/out/a.mp4") == nil)
    }
  }

  @Test(arguments: Backing.shared)
  func aSaveIsPendingAfterARestart(backing: Backing) async throws {
    try await backing.use { bench in
      let record = try await bench.register("a")
      try await bench.succeed(record, hooks: ["h"], save: TaskOutput.samples, holds: true)
      try await bench.store.note(.saved(SavedFile.sample(0)), of: 0, task: record.row)
      let save = try await bench.pendingSave()
      try await bench.store.close()
      var next = bench
      next.store = try await bench.daemon()
      #expect(try await next.pendingSave() == save)
      #expect(save.files == [0: .saved(SavedFile.sample(0))])
      #expect(try await next.claim("h").deliveries.isEmpty)
      #expect(
        try await next.settle(save, hooks: ["h"], files: [SavedFile.sample(0), SavedFile.sample(1)]) != nil)
      try await next.store.close()
      next.store = try await bench.daemon()
      #expect(try await next.store.pendingSaves(after: 0, limit: 9).isEmpty)
      #expect(try await next.claim("h").deliveries.map(\.event.files.count) == [2])
      try await next.store.close()
    }
  }
}
