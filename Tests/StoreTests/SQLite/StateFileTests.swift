import Foundation
import GRDB
import Model
import Storage
import TestSupport
import Testing

@Suite struct StateFileTests {
  private func mode(_ path: String) throws -> Int {
    let attributes = try FileManager.default.attributesOfItem(atPath: path)
    return try #require(attributes[.posixPermissions] as? Int)
  }

  @Test(.serialized, arguments: [0o000, 0o022] as [mode_t])
  func nobodyElseMayRead(mask: mode_t) async throws {
    try await Folder.use { folder in
      let path = folder.path("state.db")
      let before = umask(mask)
      defer { umask(before) }
      let store = try SQLiteStore.open(path: path, role: .daemon, time: ManualTime())
      _ = try await store.register([NewTask(ref: TaskRef(source: "s", id: "a"))], mark: nil)
      for suffix in ["", "-wal", "-shm", ".lock"] {
        #expect(try mode(path + suffix) == 0o600, "\(suffix)")
      }
      try await store.close()
    }
  }

  @Test func looserModesAreTightened() async throws {
    try await Folder.use { folder in
      let path = folder.path("state.db")
      let first = try SQLiteStore.open(path: path, role: .daemon, time: ManualTime())
      _ = try await first.register([NewTask(ref: TaskRef(source: "s", id: "a"))], mark: nil)
      for suffix in ["", "-wal", "-shm", ".lock"] { chmod(path + suffix, 0o664) }
      let guest = try SQLiteStore.open(path: path, role: .guest, time: ManualTime())
      for suffix in ["", "-wal", "-shm", ".lock"] { #expect(try mode(path + suffix) == 0o600) }
      try await guest.close()
      try await first.close()
    }
  }

  @Test func theFileAloneRemains() async throws {
    try await Folder.use { folder in
      let path = folder.path("state.db")
      let first = try SQLiteStore.open(path: path, role: .daemon, time: ManualTime())
      let added = try await first.register(
        [NewTask(ref: TaskRef(source: "s", id: "a"), labels: ["k": "v"])], mark: nil)
      try await first.close()
      try await first.close()
      #expect(
        try FileManager.default.contentsOfDirectory(atPath: folder.root).sorted() == [
          "state.db", "state.db.lock",
        ])
      let again = try SQLiteStore.open(path: path, role: .guest, time: ManualTime())
      #expect(try await again.watched(after: 0, limit: 2).map(Registration.added) == added)
      try await again.close()
      await #expect(throws: StoreError.self) { _ = try await again.tasks(TaskQuery()) }
      await #expect(throws: StoreError.self) { _ = try await again.remove([TaskRef(source: "s", id: "a")]) }
    }
  }

  @Test func anEmptyFileIsANewState() async throws {
    try await Folder.use { folder in
      let path = folder.path("state.db")
      try Data().write(to: URL(fileURLWithPath: path))
      let store = try SQLiteStore.open(path: path, role: .guest, time: ManualTime())
      #expect(try await store.tasks(TaskQuery()).isEmpty)
      try await store.close()
    }
  }

  /// What lies at the path before, and what the error says.
  struct Bad: Sendable, CustomTestStringConvertible {
    var testDescription: String
    var kind: StoreError.Kind
    var says: String
    var make: @Sendable (String) throws -> Void
  }

  static let bad: [Bad] = [
    Bad(testDescription: "text", kind: .unreadable, says: "no SQLite file") {
      try Data("sources:\n  runway:\n".utf8).write(to: URL(fileURLWithPath: $0))
    },
    Bad(testDescription: "long text", kind: .unreadable, says: "no SQLite file") {
      try Data(repeating: 0x20, count: 100_000).write(to: URL(fileURLWithPath: $0))
    },
    Bad(testDescription: "another program's", kind: .unreadable, says: "another program") {
      try DatabaseQueue(path: $0).inDatabase { try $0.execute(sql: "CREATE TABLE task (id)") }
    },
    Bad(testDescription: "another program's in WAL mode", kind: .unreadable, says: "another program") {
      try DatabaseQueue(path: $0).inDatabase {
        try $0.execute(sql: "PRAGMA journal_mode = WAL; CREATE TABLE task (id)")
      }
    },
    Bad(testDescription: "newer", kind: .unreadable, says: "newer taskhook") {
      try DatabaseQueue(path: $0).inDatabase {
        try $0.execute(
          sql: "PRAGMA application_id = 0x74736b68; PRAGMA user_version = 9; CREATE TABLE t (id)")
      }
    },
    Bad(testDescription: "damaged", kind: .unreadable, says: "damaged") { path in
      try DatabaseQueue(path: path).inDatabase {
        try $0.execute(sql: "PRAGMA application_id = 0x74736b68; CREATE TABLE t (id)")
      }
      let file = try FileHandle(forWritingTo: URL(fileURLWithPath: path))
      try file.seek(toOffset: 100)
      try file.write(contentsOf: Data(repeating: 0xFF, count: 3000))
      try file.close()
    },
    Bad(testDescription: "folder", kind: .unreadable, says: "folder") {
      try FileManager.default.createDirectory(atPath: $0, withIntermediateDirectories: false)
    },
    Bad(testDescription: "pipe", kind: .unreadable, says: "not a file") { mkfifo($0, 0o600) },
    Bad(testDescription: "link to nowhere", kind: .unwritable, says: "cannot be opened") {
      try FileManager.default.createSymbolicLink(atPath: $0, withDestinationPath: "/nowhere/state.db")
    },
    Bad(testDescription: "two names", kind: .unwritable, says: "hard links") {
      try Data().write(to: URL(fileURLWithPath: $0))
      try FileManager.default.linkItem(atPath: $0, toPath: $0 + ".other")
    },
  ]

  @Test(arguments: bad, [SQLiteStore.Role.daemon, .guest])
  func whatIsNoStateIsRefusedAndLeftAlone(bad: Bad, role: SQLiteStore.Role) async throws {
    try await Folder.use { folder in
      let path = folder.path("state.db")
      try bad.make(path)
      let names = try FileManager.default.contentsOfDirectory(atPath: folder.root).sorted()
      let isFile = FileManager.default.isReadableFile(atPath: path) && bad.testDescription != "pipe"
      let bytes = isFile ? FileManager.default.contents(atPath: path) : nil
      let error = #expect(throws: StoreError.self) {
        _ = try SQLiteStore.open(path: path, role: role, time: ManualTime())
      }
      #expect(error?.kind == bad.kind)
      #expect(error?.message.contains(bad.says) == true && error?.message.contains(path) == true, "\(error!)")
      if isFile { #expect(FileManager.default.contents(atPath: path) == bytes) }
      // A damaged state is held while it is looked at; nothing else leaves a trace.
      let after = try FileManager.default.contentsOfDirectory(atPath: folder.root).sorted()
      #expect(after.filter { $0 != "state.db.lock" || bad.testDescription != "damaged" } == names)
    }
  }

  @Test(arguments: ["missing/state.db", "file/state.db", ""])
  func aFolderThatIsNoneIsNamed(name: String) async throws {
    try await Folder.use { folder in
      try Data().write(to: URL(fileURLWithPath: folder.path("file")))
      let path = name.isEmpty ? "" : folder.path(name)
      let error = #expect(throws: StoreError.self) {
        _ = try SQLiteStore.open(path: path, role: .guest, time: ManualTime())
      }
      #expect(error?.kind == .unwritable && error?.message.contains("`state`") == true)
      if !name.isEmpty { #expect(error?.message.contains(folder.root) == true) }
    }
  }

  @Test func aFileThatCannotBeWrittenIsRefused() async throws {
    try await Folder.use { folder in
      let path = folder.path("state.db")
      try await SQLiteStore.open(path: path, role: .guest, time: ManualTime()).close()
      guard
        try FileLock.withImmutable(
          path,
          body: {
            let error = #expect(throws: StoreError.self) {
              _ = try SQLiteStore.open(path: path, role: .daemon, time: ManualTime())
            }
            #expect(error?.kind == .unwritable && error?.message.contains(path) == true)
          })
      else { return }
      try await SQLiteStore.open(path: path, role: .daemon, time: ManualTime()).close()
    }
  }

  @Test func processesThatMakeTheFileAtOnceAgree() async throws {
    for _ in 0..<10 {
      try await Folder.use { folder in
        let path = folder.path("state.db")
        try await withThrowingTaskGroup(of: Void.self) { group in
          for index in 0..<6 {
            group.addTask {
              let store = try SQLiteStore.open(path: path, role: .guest, time: ManualTime())
              _ = try await store.register([NewTask(ref: TaskRef(source: "s", id: "\(index)"))], mark: nil)
              try await store.close()
            }
          }
          try await group.waitForAll()
        }
        let store = try SQLiteStore.open(path: path, role: .daemon, time: ManualTime())
        #expect(try await store.watched(after: 0, limit: 9).count == 6)
        try await store.close()
      }
    }
  }

  @Test func dueTimesOfAWrongClockArePulledIn() async throws {
    try await Folder.use { folder in
      let path = folder.path("state.db")
      let time = ManualTime()
      let first = try SQLiteStore.open(path: path, role: .daemon, time: time)
      let bench = Bench(store: first, time: time, openAgain: nil)
      for (id, wait) in [("near", 29), ("far", 31)] {
        try await bench.advance(bench.register(id), to: .running, hooks: [id])
        let claimed = try await bench.claim(id).deliveries[0]
        try await bench.settle(claimed, id, .retry(at: time.now + .seconds(wait * 3600)))
        try await first.setHookState(HookState(notBefore: time.now + .seconds(wait * 3600)), of: id)
      }
      try await first.close()
      let again = try SQLiteStore.open(path: path, role: .daemon, time: time)
      let due = try await again.deliveries(DeliverySelection()).map(\.nextAttempt)
      #expect(due == [time.now + .seconds(29 * 3600), time.now])
      let states = try await again.hookStates()
      #expect(states["near"]?.notBefore == time.now + .seconds(29 * 3600))
      #expect(states["far"]?.notBefore == time.now)
      try await again.close()
    }
  }
}

/// Makes a file one that nobody may write, root included.
enum FileLock {
  /// Answers whether it could be done here.
  static func withImmutable(_ path: String, body: () throws -> Void) throws -> Bool {
    if geteuid() != 0 {
      chmod(path, 0o400)
      defer { chmod(path, 0o600) }
      try body()
      return true
    }
    guard try run("chattr", "+i", path) else { return false }
    defer { _ = try? run("chattr", "-i", path) }
    try body()
    return true
  }

  /// Whether a program ran and ended well.
  static func run(_ arguments: String...) throws -> Bool {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments = arguments
    process.standardError = FileHandle.nullDevice
    try process.run()
    process.waitUntilExit()
    return process.terminationStatus == 0
  }
}
