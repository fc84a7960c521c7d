import Foundation
import Model
import TestSupport
import Testing

@testable import Outputs

/// Which name a copy gets, and that it is no other's.
@Suite struct PlaceTests {
  private static func server() throws -> LoopbackServer {
    try LoopbackServer { FileAnswer.file(Array($0.target.utf8), to: $0) }
  }

  @Test func anotherFilesNameIsNotTaken() async throws {
    let bench = try SaveBench()
    let server = try Self.server()
    try bench.write([1], to: "d0658ae1/0.mp4")
    try bench.write([2], to: "d0658ae1/0-2.mp4/inside")
    bench.offer([server.url("/a")])
    await bench.run(bench.saver(try bench.settings()))
    #expect(bench.files == ["d0658ae1/0-2.mp4/inside", "d0658ae1/0-3.mp4", "d0658ae1/0.mp4"])
    #expect(bench.bytes("d0658ae1/0.mp4") == [1] && bench.bytes("d0658ae1/0-3.mp4") == Array("/a".utf8))
  }

  /// A copy may have been moved away; its name stays its own.
  @Test func anotherTasksNameIsNotTaken() async throws {
    let bench = try SaveBench()
    let server = try Self.server()
    bench.scripted.hold(
      copyAt: bench.target + "/d0658ae1/0.mp4", of: 0, task: TaskRef(source: "kling", id: "d0658ae1"),
      bytes: 1)
    bench.offer([server.url("/a")])
    await bench.run(bench.saver(try bench.settings()))
    #expect(bench.files == ["d0658ae1/0-2.mp4"])
  }

  @Test func manyTasksWithOneName() async throws {
    let bench = try SaveBench()
    let server = try Self.server()
    for row in 1...40 { bench.offer([server.url("/\(row)")], row: Int64(row), id: "t\(row)") }
    await bench.run(bench.saver(try bench.settings(name: "video{{extension}}", connections: 8)))
    #expect(Set(bench.files) == Set(["video.mp4"] + (2...40).map { "video-\($0).mp4" }))
    let told = bench.settled.flatMap(\.event.event.files)
    #expect(Set(told.map(\.path)).count == 40)
    for file in told {
      #expect(bench.bytes(file.path).map { sha256($0) } == file.sha256)
    }
  }

  @Test func outputsOfOneNameAreNumberedInOrder() async throws {
    let bench = try SaveBench()
    let gate = Gate()
    // The first comes last.
    let server = try LoopbackServer { request in
      if request.target == "/0" { gate.pass() }
      return FileAnswer.file(Array(request.target.utf8), to: request)
    }
    bench.offer((0..<3).map { server.url("/\($0)") })
    let saver = bench.saver(try bench.settings(name: "{{id}}{{extension}}"))
    await saver.start()
    await eventually { bench.files.filter { !$0.contains("/.") && !$0.hasPrefix(".") }.count == 2 }
    gate.open()
    await bench.finish(saver)
    #expect(
      bench.settled.first?.event.event.files.map(\.path)
        == ["d0658ae1.mp4", "d0658ae1-2.mp4", "d0658ae1-3.mp4"].map { bench.target + "/" + $0 })
    #expect(bench.bytes("d0658ae1.mp4") == Array("/0".utf8))
  }

  @Test func aSymbolicLinkIsNotFollowed() async throws {
    let bench = try SaveBench()
    let server = try Self.server()
    let outside = bench.folder + "/outside"
    try bench.write([1], to: outside + "/keep")
    try bench.write([1], to: "x")
    try FileManager.default.createSymbolicLink(
      atPath: bench.target + "/d0658ae1", withDestinationPath: outside)
    bench.offer([server.url("/a")])
    let event = await bench.run(bench.saver(try bench.settings()))
    #expect(event?.type == .saveFailed)
    #expect(
      event?.reason
        == "cannot open the folder \"\(bench.target)/d0658ae1\": a part of its path is no folder, or a symbolic link"
    )
    #expect(try FileManager.default.contentsOfDirectory(atPath: outside) == ["keep"])
    #expect(server.requests.isEmpty)
  }

  @Test func aSymbolicLinkInPlaceOfTheFileStays() async throws {
    let bench = try SaveBench()
    let server = try Self.server()
    let outside = bench.folder + "/outside"
    try bench.write([1], to: "d0658ae1/x")
    for name in ["0.mp4", SaveBench.partName(1)] {
      try FileManager.default.createSymbolicLink(
        atPath: "\(bench.target)/d0658ae1/\(name)", withDestinationPath: outside)
    }
    bench.offer([server.url("/a"), server.url("/b")])
    let event = await bench.run(bench.saver(try bench.settings()))
    #expect(event?.files.map(\.path) == [bench.target + "/d0658ae1/0-2.mp4"])
    #expect(event?.type == .saveFailed)
    #expect(!FileManager.default.fileExists(atPath: outside))
  }

  /// The folder itself is the config's word, and may be a link.
  @Test func theTargetMayBeALink() async throws {
    let bench = try SaveBench()
    let server = try Self.server()
    let real = bench.folder + "/real"
    try FileManager.default.createDirectory(atPath: real, withIntermediateDirectories: true)
    try FileManager.default.createSymbolicLink(atPath: bench.target, withDestinationPath: real)
    bench.offer([server.url("/a")])
    let event = await bench.run(bench.saver(try bench.settings()))
    #expect(event?.type == .saved && bench.bytes(real + "/d0658ae1/0.mp4") == Array("/a".utf8))
  }

  @Test func aFolderThatCannotBeMadeIsAReason() async throws {
    let bench = try SaveBench()
    try bench.write([1], to: bench.target)
    bench.offer(["https://cdn.example/a"])
    let event = await bench.run(bench.saver(try bench.settings()))
    #expect(event?.type == .saveFailed && event?.reason?.hasPrefix("cannot open the folder") == true)
  }
}
