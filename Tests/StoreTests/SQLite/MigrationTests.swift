import Foundation
import Model
import TestSupport
import Testing

@testable import Storage

/// Files of earlier releases, as these wrote them: `Tests/Fixtures/state-version-N.sqlite`.
@Suite struct MigrationTests {
  private static let fixtures = URL(fileURLWithPath: #filePath)
    .deletingLastPathComponent().appendingPathComponent("../../Fixtures").standardizedFileURL

  private static func version(of path: String) throws -> UInt8 {
    // https://www.sqlite.org/fileformat2.html section 1.3: user_version, big-endian, at 60.
    try Data(contentsOf: URL(fileURLWithPath: path))[63]
  }

  /// Written ten seconds after `ManualTime` begins: hooks `pipeline` (one delivered, one to be tried again in
  /// 300 s, one waiting in its lane, put off by 120 s), `alert` (two ready, one waiting, one dead) and `gone`
  /// (paused by a 410).
  @Test(arguments: [SQLiteStore.Role.daemon, .guest])
  func aFileOfVersion1OpensAndGoesOn(role: SQLiteStore.Role) async throws {
    try await Folder.use { folder in
      let path = folder.path("state.db")
      let old = Self.fixtures.appendingPathComponent("state-version-1.sqlite").path
      try FileManager.default.copyItem(atPath: old, toPath: path)
      #expect(try Self.version(of: path) == 1)
      let time = ManualTime()
      time.advance(by: .seconds(10))
      // A guest may be the first to open it.
      if role == .guest { try await SQLiteStore.open(path: path, role: .guest, time: time).close() }
      let store = try SQLiteStore.open(path: path, role: .daemon, time: time)
      let bench = Bench(store: store, time: time, openAgain: nil)

      let deliveries = try await store.deliveries(DeliverySelection())
      #expect(
        deliveries.map(\.hook) == [
          "pipeline", "alert", "pipeline", "pipeline", "alert", "alert", "gone", "alert",
        ])
      #expect(
        deliveries.map(\.state) == [.delivered, .ready, .ready, .waiting, .waiting, .dead, .dead, .ready])
      #expect(
        deliveries.map(\.id).prefix(2) == [
          "msg_VCE8R280B0KQJDGHAJDX36WTMC", "msg_N4FJDV41WKTY3PWZX012194S77",
        ])
      #expect(deliveries.allSatisfy { $0.aboutHook == nil && !$0.source.isEmpty })
      #expect(
        try await store.hookStates() == [
          "pipeline": HookState(notBefore: time.now + .seconds(120)),
          "gone": HookState(paused: "answered 410 Gone"),
        ])
      #expect(
        try await store.tasks(TaskQuery()).map(\.ref.description) == ["runway/a", "runway/b", "kling/c"])
      #expect(try await store.watched(after: 0, limit: 9).map(\.ref.id) == ["c"])
      #expect(try await store.sourceRecords() == [SourceRecord(name: "kling", sequence: 1, down: "401")])
      #expect(try await store.mark("file") == "42")
      let history = try await store.history(of: TaskRef(source: "runway", id: "a"))
      #expect(history.map(\.event.state) == [.pending, .running, .succeeded])
      #expect(history.map(\.event.labels) == Array(repeating: ["project": "film"], count: 3))
      #expect(history[1].deliveries[0].attempts.map(\.error) == ["HTTP 503"])

      // Old and new go on together: the second delivery dies, which is told, and the third comes.
      time.advance(by: .seconds(300))
      let second = try await bench.claim("pipeline").deliveries[0]
      #expect(second.attempts == 1 && second.event.watchedSince == .start)
      let dead = Event(
        type: .deliveryDead, source: "", hook: "pipeline", taskID: nil, sequence: 0, timestamp: time.wall,
        reason: "r")
      #expect(
        try await bench.settle(
          second, "pipeline", .dead, state: HookState(down: "d"), events: [BoundEvent(dead, hooks: ["alert"])]
        ))
      #expect(try await bench.claim("pipeline").deliveries.map(\.event.sequence) == [3])
      #expect(
        try await bench.claim("alert").deliveries.map(\.event.type) == [
          .task(.pending), .sourceDown, .deliveryDead,
        ])
      #expect(try await store.hookStates()["pipeline"]?.down == "d")
      try await store.close()
      #expect(try Self.version(of: path) == 5)

      let again = try SQLiteStore.open(path: path, role: .daemon, time: time)
      #expect(try await again.hookStates()["pipeline"] == HookState(down: "d"))
      try await again.close()
    }
  }

  /// Written ten seconds after `ManualTime` begins: the task `a` of runway, whose success waits for hook `alert`
  /// (down, its first delivery to be tried again) and is ready for `pipeline`; `b` and `c` of kling.
  @Test(arguments: [SQLiteStore.Role.daemon, .guest])
  func aFileOfVersion2OpensAndGoesOn(role: SQLiteStore.Role) async throws {
    try await Folder.use { folder in
      let path = folder.path("state.db")
      let old = Self.fixtures.appendingPathComponent("state-version-2.sqlite").path
      try FileManager.default.copyItem(atPath: old, toPath: path)
      #expect(try Self.version(of: path) == 2)
      let time = ManualTime()
      time.advance(by: .seconds(10))
      if role == .guest { try await SQLiteStore.open(path: path, role: .guest, time: time).close() }
      let store = try SQLiteStore.open(path: path, role: .daemon, time: time)
      let bench = Bench(store: store, time: time, openAgain: nil)
      #expect(
        try await store.deliveries(DeliverySelection()).map(\.state) == [
          .delivered, .ready, .ready, .waiting, .ready, .ready,
        ])
      #expect(try await store.hookStates() == ["alert": HookState(down: "HTTP 503 five times")])
      let tasks = try await store.tasks(TaskQuery())
      #expect(tasks.map(\.ref.description) == ["runway/a", "kling/b", "kling/c"])
      #expect(tasks.allSatisfy { $0.url == nil && $0.createdAt == nil })
      #expect(try await store.pendingSaves(after: 0, limit: 9).isEmpty)
      let history = try await store.history(of: tasks[0].ref)
      #expect(history.map(\.event.files) == [[], []])

      // A success that was recorded before there were saves can be saved.
      let output = TaskOutput(url: "https://cdn.example/a.mp4")
      #expect(try await store.save(tasks[0].ref, outputs: [output]))
      let save = try await store.pendingSaves(after: 0, limit: 9)[0]
      #expect(save.event.sequence == 2 && save.event.task == history[1].event.task)
      let file = SavedFile(
        url: output.url, path: "/out/a.mp4", bytes: 5, sha256: "ab", contentType: "video/mp4")
      try await store.note(.saved(file), of: 0, task: save.row)
      let saved = Event(
        type: .saved, source: "runway", taskID: "a", sequence: 0, timestamp: time.wall, files: [file])
      let settlement = SaveSettlement(
        row: save.row, orderedAt: save.orderedAt, event: BoundEvent(saved, hooks: ["pipeline"]))
      #expect(try await store.settle(settlement)?.event.sequence == 3)
      #expect(
        try await bench.claim("pipeline").deliveries.map(\.event.files).filter { !$0.isEmpty } == [[file]])
      try await store.close()
      #expect(try Self.version(of: path) == 5)
    }
  }

  /// Written ten seconds after `ManualTime` begins: the task `a` of runway, whose success and whose saved outputs were
  /// told to `pipeline` (the last in vain) and wait for `alert` (down); `b` of kling, whose success waits until its
  /// outputs are saved, of which the first is begun; `c` of kling, never seen.
  @Test(arguments: [SQLiteStore.Role.daemon, .guest])
  func aFileOfVersion3OpensAndGoesOn(role: SQLiteStore.Role) async throws {
    try await Folder.use { folder in
      let path = folder.path("state.db")
      let old = Self.fixtures.appendingPathComponent("state-version-3.sqlite").path
      try FileManager.default.copyItem(atPath: old, toPath: path)
      #expect(try Self.version(of: path) == 3)
      let time = ManualTime()
      time.advance(by: .seconds(10))
      if role == .guest { try await SQLiteStore.open(path: path, role: .guest, time: time).close() }
      let store = try SQLiteStore.open(path: path, role: .daemon, time: time)
      let bench = Bench(store: store, time: time, openAgain: nil)
      let deliveries = try await store.deliveries(DeliverySelection())
      #expect(deliveries.map(\.hook) == ["pipeline", "pipeline", "pipeline", "alert", "pipeline"])
      #expect(deliveries.map(\.state) == [.delivered, .delivered, .dead, .ready, .held])
      #expect(try await store.hookStates() == ["alert": HookState(down: "HTTP 503 five times")])
      let tasks = try await store.tasks(TaskQuery())
      #expect(tasks.map(\.ref.description) == ["runway/a", "kling/b", "kling/c"])
      #expect(tasks[0].url == "https://api.example/v1/op/a" && tasks[0].createdAt != nil)
      #expect(tasks.allSatisfy { $0.callback == nil })
      let save = try await bench.pendingSave()
      #expect(save.ref.id == "b" && save.event.callback == nil)
      #expect(
        save.files == [0: .partial(PartialFile(path: "/out/b/.0.part", validator: "\"v1\"", length: 99))])
      #expect(try await store.savedBytes(under: "/out/a/") == 2001)

      // What is new works with what is old.
      #expect(
        try await store.events(after: 0, limit: 9).map(\.event.type) == [
          .task(.running), .task(.succeeded), .saved, .task(.succeeded),
        ])
      #expect(try await store.backlogs().first { $0.hook == "pipeline" }?.dead == 1)
      let callback = TaskCallback(url: SecretURL("https://tasks.example/x"), on: "\"done\"")
      _ = try await store.register([NewTask(ref: tasks[2].ref, callback: callback)], mark: nil)
      #expect(try await store.watched(after: 0, limit: 9).map(\.callback) == [callback])
      #expect(try await bench.settle(save, hooks: [callback.hook], files: [SavedFile.sample(0)]) != nil)
      try await store.close()
      #expect(try Self.version(of: path) == 5)
    }
  }

  /// `t1` and `t2` of runway, not seen yet.
  @Test(arguments: [SQLiteStore.Role.daemon, .guest])
  func aFileOfVersion4OpensAndGoesOn(role: SQLiteStore.Role) async throws {
    try await Folder.use { folder in
      let path = folder.path("state.db")
      let old = Self.fixtures.appendingPathComponent("state-version-4.sqlite").path
      try FileManager.default.copyItem(atPath: old, toPath: path)
      #expect(try Self.version(of: path) == 4)
      if role == .guest {
        try await SQLiteStore.open(path: path, role: .guest, time: ManualTime()).close()
      }
      let store = try SQLiteStore.open(path: path, role: .daemon, time: ManualTime())
      #expect(
        try await store.watched(after: 0, limit: 9).map(\.ref.description) == ["runway/t1", "runway/t2"])
      #expect(try await store.paces(limit: 9).isEmpty)
      let pace = LearntPace(source: "runway", kind: "", model: [1], usedAt: Timestamp(milliseconds: 5))
      try await store.keep([pace])
      #expect(try await store.paces(limit: 9) == [pace])
      try await store.close()
      #expect(try Self.version(of: path) == 5)
    }
  }

  @Test(arguments: [1, 2, 3, 4])
  func aNewFileHasTheSameTablesAsAMigratedOne(version: Int) async throws {
    try await Folder.use { folder in
      let old = Self.fixtures.appendingPathComponent("state-version-\(version).sqlite").path
      try FileManager.default.copyItem(atPath: old, toPath: folder.path("old.db"))
      var tables: [[String]] = []
      for name in ["old.db", "new.db"] {
        let store = try SQLiteStore.open(path: folder.path(name), role: .daemon, time: ManualTime())
        tables.append(
          try await store.transactions.read(.slow) { db in
            try db.all("SELECT sql FROM sqlite_schema WHERE sql IS NOT NULL ORDER BY name") { $0.text(0) }
          })
        try await store.close()
      }
      #expect(tables[0] == tables[1] && tables[0].count > 10)
    }
  }
}
