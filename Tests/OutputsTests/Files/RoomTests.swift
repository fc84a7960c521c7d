import Foundation
import Model
import Synchronization
import TestSupport
import Testing

@testable import Outputs

@Suite struct RoomTests {
  private static let gibibyte: Int64 = 1 << 30

  private static func part() throws -> PartFile {
    let part = PartFile(FilePlace(root: NSTemporaryDirectory() + "room-" + UUID().uuidString, name: "p"))
    _ = try part.open()
    return part
  }

  private static func key(_ output: Int) -> FileKey { FileKey(row: 1, output: output) }

  @Test func someSpaceStaysFree() {
    func usable(_ total: Int64, _ free: Int64) -> Int64 { DiskSpace(total: total, free: free).usable }
    #expect(usable(100 * Self.gibibyte, 5 * Self.gibibyte) == 4 * Self.gibibyte)
    #expect(usable(10 * Self.gibibyte, 5 * Self.gibibyte) == 5 * Self.gibibyte - Self.gibibyte / 2)
    #expect(usable(100 * Self.gibibyte, Self.gibibyte / 2) == 0)
    #expect(usable(0, 0) == 0)
  }

  @Test func filesDoNotCountOnEachOthersRoom() throws {
    let disk = DiskRoom()
    let space = DiskSpace(total: 100 * Self.gibibyte, free: 11 * Self.gibibyte)
    #expect(disk.reserve(6 * Self.gibibyte, for: Self.key(0), device: 1, space: space) == nil)
    #expect(
      disk.reserve(5 * Self.gibibyte, for: Self.key(1), device: 1, space: space)
        == "it would fill the disk: 11811160064 bytes are free, of which 1073741824 stay so and 6442450944 are for "
        + "other files on their way, and 5368709120 are needed")
    #expect(disk.reserve(5 * Self.gibibyte, for: Self.key(2), device: 2, space: space) == nil)
    disk.release(Self.key(1))
    // What is written is reserved no more.
    #expect(disk.reserve(Self.gibibyte, for: Self.key(0), device: 1, space: space) == nil)
    #expect(disk.reserve(5 * Self.gibibyte, for: Self.key(1), device: 1, space: space) == nil)
    disk.release(Self.key(0))
  }

  @Test func aFileIsRefusedWhereTheDiskIsNearlyFull() throws {
    let part = try Self.part()
    let space = Mutex(DiskSpace(total: 100 * Self.gibibyte, free: 2 * Self.gibibyte))
    let room = FileRoom(for: Self.key(0), on: DiskRoom(), within: nil) { _ in space.withLock { $0 } }
    #expect(room.refusal(of: part, kept: 0, length: Self.gibibyte) == nil)
    #expect(room.refusal(of: part, kept: 0, length: Self.gibibyte + 1) != nil)
    #expect(room.refusal(of: part, kept: 1, length: Self.gibibyte + 1) == nil)
    #expect(room.refusal(of: part, kept: 0, length: nil) == nil)
    space.withLock { $0.free = Self.gibibyte + (16 << 20) - 1 }
    #expect(room.refusal(of: part, kept: 0, length: nil) != nil)
    part.remove()
  }

  @Test func theLimitHoldsForAllTogether() async throws {
    let used = Mutex<Int64>(100)
    let room = TargetRoom(limit: 1000) { used.withLock { $0 } }
    let time = ManualTime()
    await room.refresh(at: time.now)
    #expect(room.reserve(500, for: Self.key(0)) == nil)
    #expect(
      room.reserve(500, for: Self.key(1))
        == "limit is 1000B: 100 bytes are there, 500 are for other files on their way, and 500 are needed")
    room.release(Self.key(1))
    room.finish(Self.key(0), bytes: 500)
    #expect(room.reserve(401, for: Self.key(1)) == "limit is 1000B: 600 bytes are there, and 401 are needed")
    // Somebody makes room.
    used.withLock { $0 = 0 }
    await room.refresh(at: time.now)
    #expect(room.reserve(401, for: Self.key(1)) != nil)
    time.advance(by: .seconds(10))
    await room.refresh(at: time.now)
    #expect(room.reserve(1000, for: Self.key(1)) == nil)
  }

  @Test func whatIsInAFolder() throws {
    let folder = NSTemporaryDirectory() + "usage-" + UUID().uuidString
    defer { try? FileManager.default.removeItem(atPath: folder) }
    #expect(FolderUsage.bytes(below: folder) == 0)
    try FileManager.default.createDirectory(atPath: folder + "/a/b", withIntermediateDirectories: true)
    for (name, count) in [("x", 3), ("a/y", 40), ("a/b/.hidden", 500), ("a/.taskhook-1.part", 6000)] {
      try Data(count: count).write(to: URL(fileURLWithPath: folder + "/" + name))
    }
    symlink("/etc", folder + "/a/link")
    #expect(FolderUsage.bytes(below: folder) == 543)
    #expect(FolderUsage.bytes(below: folder + "/x") == nil)
  }

  @Test func aLimitCountsWhatIsThere() async throws {
    let bench = try SaveBench()
    let server = try LoopbackServer { FileAnswer.file(content(400), to: $0) }
    try bench.write(content(300), to: "old/file")
    for row in 1...3 { bench.offer([server.url()], row: Int64(row), id: "t\(row)") }
    await bench.run(bench.saver(try bench.settings(limit: 1000, connections: 1)))
    #expect(bench.settled.map(\.event.event.type) == [.saved, .saveFailed, .saveFailed])
    #expect(
      bench.settled.last?.event.event.reason == "limit is 1000B: 700 bytes are there, and 400 are needed")
    // Once there is room again, another try succeeds.
    try FileManager.default.removeItem(atPath: bench.target + "/old")
    bench.offer([server.url()], row: 2, id: "t2")
    let event = await bench.run(bench.saver(try bench.settings(limit: 1000)))
    #expect(event?.type == .saved)
  }
}
