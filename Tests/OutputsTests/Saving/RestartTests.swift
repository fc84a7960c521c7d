import Foundation
import Model
import TestSupport
import Testing

@testable import Outputs

/// What a stop or a crash leaves, and what the next start makes of it.
@Suite struct RestartTests {
  private static let folder = "d0658ae1"
  private static var part: String { "\(folder)/\(SaveBench.partName())" }

  private static func saved(_ bench: SaveBench, _ bytes: [UInt8], name: String = "0.mp4") -> SavedFile {
    SavedFile(
      url: "https://x/a", path: "\(bench.target)/\(folder)/\(name)", bytes: Int64(bytes.count),
      sha256: sha256(bytes), contentType: "video/mp4")
  }

  @Test func eachByteIsFetchedOnce() async throws {
    let bench = try SaveBench()
    let bytes = content(1_000_000)
    let server = try LoopbackServer { request in
      let first = FileAnswer.first(request) ?? 0
      let end = min(first + 300_000, bytes.count)
      let head =
        first == 0
        ? "200 OK\r\nContent-Length: \(bytes.count)"
        : "206 OK\r\nContent-Length: \(bytes.count - first)\r\nContent-Range: bytes \(first)-999999/1000000"
      return .script([
        .send("HTTP/1.1 \(head)\r\nETag: \"v1\"\r\n\r\n"), .sendBytes(Array(bytes[first..<end])),
        end < bytes.count ? .hang : .pause(.zero),
      ])
    }
    bench.offer([server.url()])
    for start in 1...3 {
      let saver = bench.saver(try bench.settings())
      await saver.start()
      let part = bench.target + "/" + Self.part
      await eventually {
        let size = try? FileManager.default.attributesOfItem(atPath: part)[.size] as? Int
        return size == start * 300_000 && bench.scripted.notes.count == start
      }
      await saver.stop()
      #expect(bench.settled.isEmpty)
    }
    let event = await bench.run(bench.saver(try bench.settings()))
    #expect(event?.type == .saved && bench.bytes("d0658ae1/0") == bytes)
    #expect(event?.files.first?.sha256 == sha256(bytes))
    #expect(server.requests.map { FileAnswer.first($0) ?? 0 } == [0, 300_000, 600_000, 900_000])
    #expect(bench.files == ["d0658ae1/0"])
  }

  /// The crash came after the store knew of the whole file, and before the file had its name.
  @Test func aWholeFileGetsItsName() async throws {
    let bench = try SaveBench()
    let bytes = content(1000)
    try bench.write(bytes, to: Self.part)
    bench.offer(["https://cdn.example/a"], files: [0: .saved(Self.saved(bench, bytes))])
    let event = await bench.run(bench.saver(try bench.settings()))
    #expect(event?.type == .saved && bench.files == ["d0658ae1/0.mp4"])
    #expect(bench.bytes("d0658ae1/0.mp4") == bytes)
    #expect(event?.files.first?.sha256 == sha256(bytes))
  }

  /// The same, and somebody else's file has got the name meanwhile.
  @Test func aWholeFileGetsAnotherName() async throws {
    let bench = try SaveBench()
    let bytes = content(1000)
    try bench.write(bytes, to: Self.part)
    try bench.write([1, 2, 3], to: "d0658ae1/0.mp4")
    bench.offer(["https://cdn.example/a"], files: [0: .saved(Self.saved(bench, bytes))])
    let event = await bench.run(bench.saver(try bench.settings()))
    #expect(event?.files.map(\.path) == [bench.target + "/d0658ae1/0-2.mp4"])
    #expect(bench.bytes("d0658ae1/0.mp4") == [1, 2, 3] && bench.bytes("d0658ae1/0-2.mp4") == bytes)
    #expect(bench.files == ["d0658ae1/0-2.mp4", "d0658ae1/0.mp4"])
  }

  /// The crash came between the two steps by which a file changes its name.
  @Test func aFileWithTwoNamesLosesOne() async throws {
    let bench = try SaveBench()
    let bytes = content(1000)
    try bench.write(bytes, to: Self.part)
    #expect(link(bench.target + "/" + Self.part, bench.target + "/d0658ae1/0.mp4") == 0)
    bench.offer(["https://cdn.example/a"], files: [0: .saved(Self.saved(bench, bytes))])
    let event = await bench.run(bench.saver(try bench.settings()))
    #expect(event?.type == .saved && bench.files == ["d0658ae1/0.mp4"])
  }

  /// The crash came after the last byte, and before the store knew.
  @Test func aWholePartIsNotAskedFor() async throws {
    let bench = try SaveBench()
    let bytes = content(1000)
    try bench.write(bytes, to: Self.part)
    let partial = PartialFile(
      path: bench.target + "/" + Self.part, validator: "\"v1\"", length: 1000, contentType: "video/mp4")
    bench.offer(["https://cdn.example/a"], files: [0: .partial(partial)])
    let event = await bench.run(bench.saver(try bench.settings()))
    #expect(event?.type == .saved && bench.bytes("d0658ae1/0.mp4") == bytes)
    #expect(event?.files.first?.sha256 == sha256(bytes) && event?.files.first?.contentType == "video/mp4")
  }

  @Test func whatIsSavedStays() async throws {
    let bench = try SaveBench()
    let bytes = content(1000)
    try bench.write(bytes, to: "d0658ae1/0.mp4")
    // Also where `save_to` was another.
    let elsewhere = bench.folder + "/before/1.mp4"
    try bench.write(bytes, to: elsewhere)
    var other = Self.saved(bench, bytes)
    other.path = elsewhere
    bench.offer(
      ["https://cdn.example/a", "https://cdn.example/b"],
      files: [0: .saved(Self.saved(bench, bytes)), 1: .saved(other)])
    let event = await bench.run(bench.saver(try bench.settings()))
    #expect(event?.type == .saved && event?.files == [Self.saved(bench, bytes), other])
  }

  @Test(arguments: [nil, 999, 0])
  func whatIsSaidToBeSavedAndIsNotIsFetched(there: Int?) async throws {
    let bench = try SaveBench()
    let bytes = content(1000)
    let server = try LoopbackServer { FileAnswer.file(bytes, to: $0) }
    if let there { try bench.write(Array(bytes.prefix(there)), to: "d0658ae1/0.mp4") }
    bench.offer([server.url()], files: [0: .saved(Self.saved(bench, bytes))])
    let event = await bench.run(bench.saver(try bench.settings()))
    // What somebody has made of the copy is left alone.
    let name = there == nil ? "d0658ae1/0.mp4" : "d0658ae1/0-2.mp4"
    #expect(event?.files.map(\.path) == [bench.target + "/" + name] && bench.bytes(name) == bytes)
  }

  @Test func bytesThatNobodyKnowsOfAreNotTrusted() async throws {
    let bench = try SaveBench()
    let bytes = content(1000)
    let server = try LoopbackServer { FileAnswer.file(bytes, to: $0) }
    try bench.write(content(400, seed: 9), to: Self.part)
    bench.offer([server.url()])
    let event = await bench.run(bench.saver(try bench.settings()))
    #expect(event?.type == .saved && bench.bytes("d0658ae1/0.mp4") == bytes)
    #expect(server.requests.map { FileAnswer.first($0) } == [nil])
  }

  @Test func aPartOfAnotherPlaceIsNotOpened() async throws {
    let bench = try SaveBench()
    let bytes = content(1000)
    let server = try LoopbackServer { FileAnswer.file(bytes, to: $0) }
    let elsewhere = bench.folder + "/elsewhere"
    try bench.write(bytes, to: elsewhere)
    let partial = PartialFile(path: elsewhere, validator: "\"v1\"", length: 1000)
    bench.offer([server.url()], files: [0: .partial(partial)])
    let event = await bench.run(bench.saver(try bench.settings()))
    #expect(event?.type == .saved && server.requests.count == 1 && bench.bytes(elsewhere) == bytes)
  }

  @Test func aPartThatAnotherProcessWritesIsLeftAlone() async throws {
    let bench = try SaveBench()
    let bytes = content(1000)
    let server = try LoopbackServer { FileAnswer.file(bytes, to: $0) }
    try bench.write([1], to: Self.part)
    let other = open(bench.target + "/" + Self.part, O_RDWR)
    #expect(flock(other, LOCK_EX) == 0)
    bench.offer([server.url()])
    let saver = bench.saver(try bench.settings())
    await saver.start()
    await eventually { bench.time.sleepers > 0 }
    #expect(server.requests.isEmpty && bench.bytes(Self.part) == [1])
    close(other)
    await bench.finish(saver)
    #expect(bench.settled.first?.event.event.type == .saved && bench.bytes("d0658ae1/0.mp4") == bytes)
  }

  @Test func aStopDoesNotWaitForAServer() async throws {
    let bench = try SaveBench()
    let server = try LoopbackServer { _ in .script([.hang]) }
    bench.offer([server.url()], row: 1, id: "a")
    bench.offer([server.url()], row: 2, id: "b")
    let saver = bench.saver(try bench.settings(connections: 1))
    await saver.start()
    await eventually { server.requests.count == 1 }
    await saver.stop()
    #expect(bench.settled.isEmpty && bench.scripted.settledSaves.isEmpty)
  }
}
